# xsimd (13 or newer), nlohmann/json and GoogleTest's sources: from the toolchain prefix, or the environment, or the
# system. Where one is missing scripts/setup.sh fetches it into the prefix.
#
# Out: TRAINYARD_HEADERS, a folder that holds xsimd/ and nlohmann/ and nothing else: a system's whole include folder
# would shadow the headers that belong to Emscripten. TRAINYARD_GOOGLETEST, the folder of GoogleTest's sources.
set(TRAINYARD_TOOLCHAIN "$ENV{TRAINYARD_TOOLCHAIN}" CACHE PATH "toolchain prefix made by scripts/setup.sh")
if(NOT TRAINYARD_TOOLCHAIN)
  set(TRAINYARD_TOOLCHAIN "${CMAKE_SOURCE_DIR}/.toolchain")
endif()

# First folder of the list that holds `file`; "" if none does.
function(trainyard_find out file)
  set(${out} "" PARENT_SCOPE)
  foreach(folder IN LISTS ARGN)
    if(folder AND EXISTS "${folder}/${file}")
      set(${out} "${folder}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

function(trainyard_find_xsimd out)
  set(config xsimd/config/xsimd_config.hpp)
  set(${out} "" PARENT_SCOPE)
  foreach(folder IN ITEMS "$ENV{XSIMD_INCLUDE}" "${TRAINYARD_TOOLCHAIN}/include" /usr/local/include /usr/include)
    trainyard_find(found ${config} "${folder}")
    if(found)
      file(STRINGS "${found}/${config}" line REGEX "define XSIMD_VERSION_MAJOR")
      string(REGEX MATCH "[0-9]+" major "${line}")
      if(major GREATER_EQUAL 13)
        set(${out} "${found}" PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()
endfunction()

macro(trainyard_find_headers)
  trainyard_find_xsimd(xsimd)
  trainyard_find(nlohmann nlohmann/json.hpp "${TRAINYARD_TOOLCHAIN}/include" /usr/local/include /usr/include)
  trainyard_find(TRAINYARD_GOOGLETEST src/gtest-all.cc "${TRAINYARD_TOOLCHAIN}/googletest" /usr/src/googletest/googletest)
endmacro()

trainyard_find_headers()
if(NOT (xsimd AND nlohmann AND TRAINYARD_GOOGLETEST))
  message(STATUS "xsimd, nlohmann/json or GoogleTest missing: scripts/setup.sh headers")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env "TRAINYARD_TOOLCHAIN=${TRAINYARD_TOOLCHAIN}" "${CMAKE_SOURCE_DIR}/scripts/setup.sh" headers
    RESULT_VARIABLE failed)
  trainyard_find_headers()
endif()
if(NOT (xsimd AND nlohmann AND TRAINYARD_GOOGLETEST))
  message(FATAL_ERROR "Headers are missing; what to do is said above. Found: xsimd '${xsimd}', nlohmann/json '${nlohmann}', GoogleTest '${TRAINYARD_GOOGLETEST}'.")
endif()

set(TRAINYARD_HEADERS "${CMAKE_BINARY_DIR}/headers")
file(MAKE_DIRECTORY "${TRAINYARD_HEADERS}")
file(CREATE_LINK "${xsimd}/xsimd" "${TRAINYARD_HEADERS}/xsimd" SYMBOLIC)
file(CREATE_LINK "${nlohmann}/nlohmann" "${TRAINYARD_HEADERS}/nlohmann" SYMBOLIC)
message(STATUS "xsimd: ${xsimd}; nlohmann/json: ${nlohmann}; GoogleTest: ${TRAINYARD_GOOGLETEST}")
