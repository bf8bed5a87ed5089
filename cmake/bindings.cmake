# The package's WebAssembly module (one for each WebAssembly build) from bindings/embind/, and natively the program
# that prints the engine's lists as JSON from bindings/describe/.
if(EMSCRIPTEN)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/bindings/embind/*.cpp")
  if(sources)
    add_executable(module ${sources})
    set_target_properties(module PROPERTIES OUTPUT_NAME trainyard.${TRAINYARD_VARIANT} SUFFIX .mjs
      LINK_DEPENDS "${CMAKE_SOURCE_DIR}/bindings/embind/no_finalizers.js")
    target_link_libraries(module PRIVATE trainyard trainyard_warnings)
    target_compile_options(module PRIVATE -Oz)
    trainyard_unity(module 16 ${sources})
    trainyard_precompile(module cold)
    target_link_options(module PRIVATE
      # -fno-rtti: the linker's choice of Embind's own library, which names its types as our files do.
      -O3 -fno-rtti -lembind -sMODULARIZE -sEXPORT_ES6 -sENVIRONMENT=web,worker,node -sDYNAMIC_EXECUTION=0 -sEMBIND_AOT
      -sFILESYSTEM=0 -sSTACK_SIZE=1mb -sMALLOC=dlmalloc -Wl,--wrap=strtod
      # Memory grows while models and data are described. The page makes the shared memory itself, as large as the
      # device allows (4, 2, 1 or 0.5 GiB), and hands it in.
      -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4gb -Wno-pthreads-mem-growth
      -sINCOMING_MODULE_JS_API=instantiateWasm,wasmMemory,print,printErr -sEXPORTED_RUNTIME_METHODS=wasmMemory
      "--js-library=${CMAKE_SOURCE_DIR}/bindings/embind/no_finalizers.js"
      # Which object brought which bytes: scripts/size.mjs reads it.
      "-Wl,--Map=${CMAKE_BINARY_DIR}/trainyard.${TRAINYARD_VARIANT}.map")
    if(TRAINYARD_THREADS)
      # Workers are made ready before the factory is done: the engine may then start threads and block.
      target_link_options(module PRIVATE -sIMPORTED_MEMORY -sPTHREAD_POOL_SIZE_STRICT=2
        "-sPTHREAD_POOL_SIZE=Module[\"poolSize\"]")
    endif()
    file(READ "${CMAKE_SOURCE_DIR}/package.json" package)
    string(JSON version GET "${package}" version)
    target_compile_definitions(module PRIVATE TRAINYARD_VERSION="${version}"
      # Without RTTI a type that was never bound has no name in Embind's complaints.
      EMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0)
  endif()
else()
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/bindings/describe/*.cpp")
  if(sources)
    add_executable(describe EXCLUDE_FROM_ALL ${sources})
    target_link_libraries(describe PRIVATE trainyard trainyard_warnings)
    trainyard_precompile(describe kernels)
  endif()
endif()
