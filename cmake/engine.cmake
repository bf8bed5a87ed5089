# The engine: one static library a folder of src/, each linked to those below it, and `trainyard` for all of them.
# A new .cpp file is picked up by the next build without an edit here.
include(cmake/folders.cmake)

set(below "")
foreach(folder IN LISTS TRAINYARD_FOLDERS)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${folder}/*.cpp")
  if(sources)
    set(library trainyard_${folder})
    add_library(${library} STATIC ${sources})
    target_include_directories(${library} PUBLIC "${CMAKE_SOURCE_DIR}/src")
    target_include_directories(${library} SYSTEM PUBLIC "${TRAINYARD_HEADERS}")
    target_link_libraries(${library} PUBLIC ${below} trainyard_flags PRIVATE trainyard_warnings)
    # What is compiled alike shares a precompiled header.
    set(flavour kernels)
    set(headers <xsimd/xsimd.hpp>)
    # Hot loops are written with vectors by hand (simd/loop.hpp): what the compiler adds to them, unrolled copies and
    # vectors of what is left over, is size alone. Inlining, which they need, -Os does and -Oz does not. The products and
    # what is built of them (src/kernels) keep -O3.
    if(EMSCRIPTEN AND folder IN_LIST TRAINYARD_HOT_FOLDERS AND NOT folder STREQUAL "kernels")
      target_compile_options(${library} PRIVATE -Os -fno-unroll-loops -fno-vectorize -fno-slp-vectorize)
      set(flavour hot)
    endif()
    if(EMSCRIPTEN AND NOT folder IN_LIST TRAINYARD_HOT_FOLDERS)
      target_compile_options(${library} PRIVATE -Oz)
      set(flavour cold)
      set(headers "")
    endif()
    trainyard_unity(${library} 16 ${sources})
    trainyard_precompile(${library} ${flavour} HEADERS ${headers} LINK trainyard_flags trainyard_warnings)
    if(TRAINYARD_ARCH STREQUAL "dispatch" AND folder IN_LIST TRAINYARD_DISPATCHED_FOLDERS)
      trainyard_levels(${folder} ${sources})
    endif()
    list(PREPEND below ${library})
  endif()
endforeach()

# The graph names four ops that it inserts itself (graph/inserted_ops.hpp), so the two libraries are searched in turn.
if(TARGET trainyard_graph AND TARGET trainyard_ops)
  target_link_libraries(trainyard_graph PUBLIC trainyard_ops)
endif()

add_library(trainyard INTERFACE)
target_link_libraries(trainyard INTERFACE ${below})
if(TRAINYARD_ARCH STREQUAL "dispatch")
  trainyard_link_levels(trainyard)
endif()
