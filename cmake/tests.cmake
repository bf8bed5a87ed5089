# Google Test, in three programs: what every program pays for, the headers of JSON above all, is then paid for thrice.
# Each folder of tests/ is a test of its own for ctest (tests/support/main.cpp), in the program that holds it:
# kernel_tests, the numeric loops; parallel_tests, what ThreadSanitizer watches; engine_tests, all others. The first two
# are labels as well.
set(folders_kernel simd kernels)
set(folders_parallel parallel)
include(CTest)

add_library(googletest STATIC "${TRAINYARD_GOOGLETEST}/src/gtest-all.cc")
target_include_directories(googletest SYSTEM PUBLIC "${TRAINYARD_GOOGLETEST}/include" PRIVATE "${TRAINYARD_GOOGLETEST}")
target_link_libraries(googletest PUBLIC trainyard_flags)
# Optimizing it takes longer than its part of all the runs.
target_compile_options(googletest PRIVATE -O0)

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/support/*.cpp")
add_library(test_support STATIC ${sources})
target_include_directories(test_support PUBLIC "${CMAKE_SOURCE_DIR}/tests")
target_link_libraries(test_support PUBLIC googletest PRIVATE trainyard_warnings)
target_compile_options(test_support PRIVATE -O0)

find_program(NODE node REQUIRED)
if(EMSCRIPTEN)
  # Relaxed SIMD is still behind a flag in Node 20; later ones refuse the flag.
  set(CMAKE_CROSSCOMPILING_EMULATOR "${NODE}")
  execute_process(COMMAND "${NODE}" --experimental-wasm-relaxed-simd -e 0 RESULT_VARIABLE refused OUTPUT_QUIET ERROR_QUIET)
  if(refused EQUAL 0)
    list(APPEND CMAKE_CROSSCOMPILING_EMULATOR --experimental-wasm-relaxed-simd)
  endif()
endif()

# trainyard_test_program(PROGRAM MOST FOLDERS…): compiles at most MOST files as one.
function(trainyard_test_program program most)
  set(sources "")
  foreach(folder IN LISTS ARGN)
    file(GLOB_RECURSE more CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/${folder}/*.cpp")
    list(APPEND sources ${more})
  endforeach()
  add_executable(${program} ${sources})
  target_compile_definitions(${program} PRIVATE TRAINYARD_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  # The loops alone, compiled as they are for this machine's best level; the other programs hold all levels.
  set(engine trainyard)
  set(flavour kernels)
  if(TRAINYARD_ARCH STREQUAL "dispatch" AND program STREQUAL "kernel_tests")
    trainyard_best_level(level)
    if(level)
      set(engine trainyard_kernels_${level} trainyard_core)
      set(flavour ${level})
    endif()
  endif()
  target_link_libraries(${program} PRIVATE ${engine} test_support trainyard_warnings)
  trainyard_unity(${program} ${most} ${sources})
  # Tests are compiled often and run briefly. Those of loops that live in headers are compiled as the engine is.
  if(program STREQUAL "engine_tests")
    target_compile_options(${program} PRIVATE -O0)
    trainyard_precompile(${program} tests HEADERS <gtest/gtest.h> LINK googletest trainyard_flags trainyard_warnings)
  else()
    trainyard_precompile(${program} ${flavour})
  endif()
  if(EMSCRIPTEN)
    # package.json makes .js an ES module; Emscripten's glue for programs is CommonJS.
    set_target_properties(${program} PROPERTIES SUFFIX .cjs)
    # -O1: Binaryen's passes over the whole engine, half a minute a program, are left to the modules, which the tests
    # of the package run.
    target_link_options(${program} PRIVATE -O1 --minify=0 -sNODERAWFS -sALLOW_MEMORY_GROWTH -sEXIT_RUNTIME -sSTACK_SIZE=1mb
      -sENVIRONMENT=node,worker $<$<BOOL:${TRAINYARD_THREADS}>:-sPROXY_TO_PTHREAD> -Wno-pthreads-mem-growth)
  endif()
  foreach(folder IN LISTS ARGN)
    set(TRAINYARD_PROGRAM_${folder} ${program} PARENT_SCOPE)
    add_test(NAME ${folder} COMMAND ${program} --folder=${folder})
    # A program whose tests were all lost (a renamed folder, a filter) must not pass.
    set_tests_properties(${folder} PROPERTIES FAIL_REGULAR_EXPRESSION "Running 0 tests")
    string(REPLACE _tests "" label ${program})
    set_tests_properties(${folder} PROPERTIES LABELS ${label})
  endforeach()
endfunction()

file(GLOB_RECURSE tests CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/tests" "${CMAKE_SOURCE_DIR}/tests/*.cpp")
list(TRANSFORM tests REPLACE "/.*" "")
list(REMOVE_DUPLICATES tests)
list(REMOVE_ITEM tests support ${folders_kernel} ${folders_parallel})
trainyard_test_program(kernel_tests 3 ${folders_kernel})
trainyard_test_program(parallel_tests 3 ${folders_parallel})
trainyard_test_program(engine_tests 20 ${tests})
# The longest begins first.
set_tests_properties(ops PROPERTIES COST 100)

# The ops also with lesser instruction sets than this machine's best. (All of them with sse4.2: the preset asan.)
if(TRAINYARD_ARCH STREQUAL "dispatch")
  trainyard_best_level(best)
  set(tests_avx2 ops optimizers parallel)
  set(tests_sse4.2 optimizers parallel)
  foreach(level IN ITEMS sse4.2 avx2)
    if(level STREQUAL best OR NOT best)
      break()
    endif()
    foreach(folder IN LISTS tests_${level})
      add_test(NAME ${folder}-${level} COMMAND ${TRAINYARD_PROGRAM_${folder}} --folder=${folder})
      set_tests_properties(${folder}-${level} PROPERTIES FAIL_REGULAR_EXPRESSION "Running 0 tests"
        ENVIRONMENT TRAINYARD_SIMD=${level})
    endforeach()
  endforeach()
endif()

add_test(NAME flags COMMAND "${NODE}" "${CMAKE_SOURCE_DIR}/scripts/checks/flags.mjs" "${CMAKE_BINARY_DIR}/compile_commands.json")
set_property(TEST flags APPEND PROPERTY LABELS kernel)
