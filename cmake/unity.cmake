# Compiling several files as one makes the many builds of `npm test` less than half as long. The strict128 build,
# which clang-tidy reads, goes without.
option(TRAINYARD_UNITY "compile files that define no name twice as one" OFF)

# trainyard_unity(TARGET MOST SOURCES…): at most MOST files become one.
function(trainyard_unity target most)
  if(NOT TRAINYARD_UNITY)
    return()
  endif()
  find_program(NODE node REQUIRED)
  execute_process(COMMAND "${NODE}" "${CMAKE_SOURCE_DIR}/scripts/groups.mjs" ${most} ${ARGN}
    OUTPUT_VARIABLE groups COMMAND_ERROR_IS_FATAL ANY)
  foreach(source group IN ZIP_LISTS ARGN groups)
    set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${group}")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # What an included file keeps for itself is not seen by another: there is but one.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()
