# With TRAINYARD_ARCH=dispatch one native binary runs on every x86-64 processor with SSE4.2, for which all of it is
# compiled, and holds the hot loops for AVX2 with FMA and for AVX-512 too. simd/dispatch.hpp chooses. What is no op
# and no optimizer's update (the gradient's norm, sums of gradients, conversions of data) runs as SSE4.2.
#
# Both copies of an inline function that two objects hold have one name, and a linker keeps whichever comes first: the
# one with instructions that the processor may lack. So all objects of a level become one, in which only what
# simd/dispatch.hpp asks for keeps a name that others see.
set(TRAINYARD_LEVELS avx2 avx512)
set(TRAINYARD_FLAGS_avx2 -mavx2 -mfma)
set(TRAINYARD_FLAGS_avx512 -mavx512f -mavx512cd -mavx512dq -mavx512bw -mfma)
set(TRAINYARD_DISPATCHED_FOLDERS kernels ops optimizers)

# trainyard_levels(FOLDER SOURCES…): a library of the folder for every level above the first. What chooses a level is
# not part of any.
function(trainyard_levels folder)
  set(sources ${ARGN})
  list(FILTER sources EXCLUDE REGEX "/(instructions|optimizer)\\.cpp$")
  foreach(level IN LISTS TRAINYARD_LEVELS)
    set(library trainyard_${folder}_${level})
    add_library(${library} STATIC ${sources})
    target_include_directories(${library} PUBLIC "${CMAKE_SOURCE_DIR}/src")
    target_include_directories(${library} SYSTEM PUBLIC "${TRAINYARD_HEADERS}")
    target_link_libraries(${library} PUBLIC trainyard_flags PRIVATE trainyard_warnings)
    # A "unique" name stays one in the whole process, whatever becomes of the others.
    target_compile_options(${library} PUBLIC ${TRAINYARD_FLAGS_${level}}
      PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
    trainyard_unity(${library} 16 ${sources})
    trainyard_precompile(${library} ${level} HEADERS <xsimd/xsimd.hpp> LINK trainyard_flags trainyard_warnings)
  endforeach()
endfunction()

# trainyard_best_level(OUT): the best level above the first that this machine runs; "" where there is none.
function(trainyard_best_level out)
  include(CheckCXXSourceRuns)
  check_cxx_source_runs("int main() { return !__builtin_cpu_supports(\"avx512bw\"); }" TRAINYARD_RUNS_avx512)
  check_cxx_source_runs("int main() { return !__builtin_cpu_supports(\"avx2\") || !__builtin_cpu_supports(\"fma\"); }"
    TRAINYARD_RUNS_avx2)
  set(best "")
  foreach(level IN LISTS TRAINYARD_LEVELS)
    if(TRAINYARD_RUNS_${level})
      set(best ${level})
    endif()
  endforeach()
  set(${out} "${best}" PARENT_SCOPE)
endfunction()

# trainyard_link_levels(TARGET): programs that link TARGET hold all levels.
function(trainyard_link_levels target)
  set(all "")
  foreach(level IN LISTS TRAINYARD_LEVELS)
    list(TRANSFORM TRAINYARD_DISPATCHED_FOLDERS REPLACE "(.+)" "trainyard_\\1_${level}" OUTPUT_VARIABLE libraries)
    list(TRANSFORM libraries REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE files)
    set(merged "${CMAKE_BINARY_DIR}/${level}.o")
    add_custom_command(OUTPUT "${merged}"
      COMMAND "${CMAKE_LINKER}" -r --force-group-allocation -o "${merged}.all" --whole-archive ${files}
      COMMAND "${CMAKE_OBJCOPY}" --wildcard "--keep-global-symbol=*compiled_for*" "${merged}.all" "${merged}"
      DEPENDS ${libraries} VERBATIM)
    target_sources(${target} INTERFACE "${merged}")
    list(APPEND all "${merged}")
  endforeach()
  # Made once, before the programs, each of which would else make them at the same time as the others.
  add_custom_target(trainyard_level_objects DEPENDS ${all})
  add_dependencies(${target} trainyard_level_objects)
endfunction()
