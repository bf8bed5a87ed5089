# Google Test: one program for each folder of tests/ that holds *_test.cpp; tests/support/ is linked to all of them.
# Labels choose what a run needs: `kernel` for the numeric loops, `parallel` for what ThreadSanitizer watches.
set(label_kernel simd kernels)
set(label_parallel parallel executors)
include(CTest)

add_library(googletest STATIC "${TRAINYARD_GOOGLETEST}/src/gtest-all.cc" "${TRAINYARD_GOOGLETEST}/src/gtest_main.cc")
target_include_directories(googletest SYSTEM PUBLIC "${TRAINYARD_GOOGLETEST}/include" PRIVATE "${TRAINYARD_GOOGLETEST}")
target_link_libraries(googletest PUBLIC trainyard_flags)
# Optimizing it takes longer than its part of all the runs.
target_compile_options(googletest PRIVATE -O0)

find_program(NODE node REQUIRED)
if(EMSCRIPTEN)
  # Relaxed SIMD is still behind a flag in Node 20; later ones refuse the flag.
  set(CMAKE_CROSSCOMPILING_EMULATOR "${NODE}")
  execute_process(COMMAND "${NODE}" --experimental-wasm-relaxed-simd -e 0 RESULT_VARIABLE refused OUTPUT_QUIET ERROR_QUIET)
  if(refused EQUAL 0)
    list(APPEND CMAKE_CROSSCOMPILING_EMULATOR --experimental-wasm-relaxed-simd)
  endif()
endif()

# Links a test program: the engine, GoogleTest, warnings, and where golden files are.
function(trainyard_test_program name)
  target_compile_definitions(${name} PUBLIC TRAINYARD_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}/tests")
  target_include_directories(${name} SYSTEM PUBLIC "${TRAINYARD_HEADERS}")
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(${name} PUBLIC trainyard googletest PRIVATE trainyard_warnings)
  # Tests are compiled often and run briefly. Those of loops that live in headers are compiled as the engine is.
  set(flavour tests)
  if(name MATCHES "^test_(simd|kernels)$")
    set(flavour kernel_tests)
  else()
    target_compile_options(${name} PRIVATE -O0)
  endif()
  trainyard_precompile(${name} ${flavour} HEADERS <gtest/gtest.h> LINK googletest trainyard_flags trainyard_warnings)
endfunction()

file(GLOB_RECURSE support CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/support/*.cpp")
set(support_library "")
if(support)
  add_library(support_for_tests STATIC ${support})
  trainyard_test_program(support_for_tests)
  set(support_library support_for_tests)
endif()

# One target a label: what has to be built to run only those.
foreach(label IN ITEMS kernel parallel)
  add_custom_target(${label}_tests)
endforeach()
file(GLOB_RECURSE tests CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/tests" "${CMAKE_SOURCE_DIR}/tests/*_test.cpp")
set(folders "")
foreach(test IN LISTS tests)
  string(REGEX REPLACE "/.*" "" folder "${test}")
  list(APPEND folders "${folder}")
endforeach()
list(REMOVE_DUPLICATES folders)

foreach(folder IN LISTS folders)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/${folder}/*.cpp")
  set(program test_${folder})
  add_executable(${program} ${sources})
  trainyard_unity(${program} ${sources})
  trainyard_test_program(${program})
  target_link_libraries(${program} PRIVATE ${support_library})
  if(EMSCRIPTEN)
    # package.json makes .js an ES module; Emscripten's glue for programs is CommonJS.
    set_target_properties(${program} PROPERTIES SUFFIX .cjs)
    # -O1: Binaryen's passes over the whole engine, half a minute a program, are left to the modules, which the tests
    # of the package run.
    target_link_options(${program} PRIVATE -O1 --minify=0 -sNODERAWFS -sALLOW_MEMORY_GROWTH -sEXIT_RUNTIME -sSTACK_SIZE=1mb
      -sENVIRONMENT=node,worker $<$<BOOL:${TRAINYARD_THREADS}>:-sPROXY_TO_PTHREAD> -Wno-pthreads-mem-growth)
  endif()
  add_test(NAME ${folder} COMMAND ${program})
  # A program whose tests were all lost (a renamed folder, a filter) must not pass.
  set_tests_properties(${folder} PROPERTIES FAIL_REGULAR_EXPRESSION "Running 0 tests")
  foreach(label IN ITEMS kernel parallel)
    if(folder IN_LIST label_${label})
      set_property(TEST ${folder} APPEND PROPERTY LABELS ${label})
      add_dependencies(${label}_tests ${program})
    endif()
  endforeach()
endforeach()

add_test(NAME flags COMMAND "${NODE}" "${CMAKE_SOURCE_DIR}/scripts/checks/flags.mjs" "${CMAKE_BINARY_DIR}/compile_commands.json")
set_property(TEST flags APPEND PROPERTY LABELS kernel)
