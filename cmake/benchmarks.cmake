# Programs of benchmarks/, built on demand: `profile` prints what each call of a training plan costs, `native_engine` is
# the native build as an engine of the benchmark.
if(TARGET trainyard_train)
  if(NOT EMSCRIPTEN)
    add_executable(native_engine EXCLUDE_FROM_ALL benchmarks/native/native.cpp)
    target_link_libraries(native_engine PRIVATE trainyard trainyard_warnings)
  endif()
  add_executable(profile EXCLUDE_FROM_ALL benchmarks/profile/profile.cpp)
  target_link_libraries(profile PRIVATE trainyard trainyard_warnings)
  if(EMSCRIPTEN)
    # package.json makes .js an ES module; Emscripten's glue for programs is CommonJS.
    set_target_properties(profile PROPERTIES SUFFIX .cjs)
    target_link_options(profile PRIVATE -O3 -sNODERAWFS -sALLOW_MEMORY_GROWTH -sEXIT_RUNTIME -sSTACK_SIZE=1mb
      -sENVIRONMENT=node,worker $<$<BOOL:${TRAINYARD_THREADS}>:-sPROXY_TO_PTHREAD> -Wno-pthreads-mem-growth)
  endif()
endif()

# `ladder` checks every kernel against plain loops and times it (benchmarks/kernels.mjs).
add_executable(ladder EXCLUDE_FROM_ALL benchmarks/kernels/ladder.cpp benchmarks/kernels/attention.cpp
  benchmarks/kernels/main.cpp)
target_link_libraries(ladder PRIVATE trainyard_kernels trainyard_core trainyard_warnings)
if(EMSCRIPTEN)
  set_target_properties(ladder PROPERTIES SUFFIX .mjs)
  target_link_options(ladder PRIVATE -O3 --no-entry -sMODULARIZE -sEXPORT_ES6 -sENVIRONMENT=web,worker,node
    -sALLOW_MEMORY_GROWTH -sSTACK_SIZE=1mb -sEXPORTED_RUNTIME_METHODS=UTF8ToString -Wno-pthreads-mem-growth)
endif()
