# Precompiled headers halve the time of the many builds that `npm test` makes. The strict128 build, which
# clang-tidy reads, goes without them; building that preset shows which file forgets an include
# (scripts/checks/includes.mjs, which one of ours).
option(TRAINYARD_PRECOMPILE "precompile the headers that most files include" OFF)

set(standard_headers
  <algorithm> <array> <cmath> <cstdint> <cstring> <functional> <limits> <map> <memory> <numeric> <optional> <span>
  <string> <string_view> <utility> <vector> <nlohmann/json.hpp>)

# trainyard_precompile(TARGET FLAVOUR HEADERS… FLAGS FLAGS…): targets of one flavour are compiled with the same flags
# and share one precompiled header.
function(trainyard_precompile target flavour)
  if(NOT TRAINYARD_PRECOMPILE)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 2 with "" "" "HEADERS;LINK")
  set(owner precompiled_${flavour})
  if(NOT TARGET ${owner})
    set(source "${CMAKE_BINARY_DIR}/${owner}.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "")
    add_library(${owner} OBJECT "${source}")
    target_link_libraries(${owner} PRIVATE ${with_LINK})
    target_include_directories(${owner} SYSTEM PRIVATE "${TRAINYARD_HEADERS}")
    get_target_property(options ${target} COMPILE_OPTIONS)
    if(options)
      target_compile_options(${owner} PRIVATE ${options})
    endif()
    target_precompile_headers(${owner} PRIVATE ${standard_headers} ${with_HEADERS})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()
