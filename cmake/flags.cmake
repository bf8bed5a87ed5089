# Every flag that any target of Trainyard is compiled or linked with.
# Determinism rests on them: products and sums are never contracted behind our back, and -ffast-math is never given
# (scripts/checks/flags.mjs fails the build's tests if it is).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# One binary for all of x86-64 needs GNU's linker and ELF; elsewhere the compiler's own choice of this machine.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(arch dispatch)
else()
  set(arch native)
endif()
set(TRAINYARD_ARCH ${arch} CACHE STRING
  "native builds: dispatch (cmake/dispatch.cmake), sse4.2 (128-bit lanes without FMA) or what -march is given")
set(TRAINYARD_SANITIZE "" CACHE STRING "native builds: what -fsanitize is given")
option(TRAINYARD_RELAXED "WebAssembly builds: relaxed SIMD" OFF)
option(TRAINYARD_THREADS "WebAssembly builds: threads on shared memory" OFF)

add_library(trainyard_flags INTERFACE)
target_compile_options(trainyard_flags INTERFACE -ffp-contract=off)

if(EMSCRIPTEN)
  set(variant -msimd128 -fwasm-exceptions)
  set(TRAINYARD_VARIANT simd128)
  if(TRAINYARD_RELAXED)
    list(APPEND variant -mrelaxed-simd)
    set(TRAINYARD_VARIANT relaxed)
  endif()
  if(TRAINYARD_THREADS)
    list(APPEND variant -pthread)
    string(APPEND TRAINYARD_VARIANT -threads)
  endif()
  # Nothing asks an object for its class: -fno-rtti leaves the names of all classes out.
  target_compile_options(trainyard_flags INTERFACE ${variant} -fno-rtti)
  target_link_options(trainyard_flags INTERFACE ${variant})
else()
  if(TRAINYARD_ARCH MATCHES "^(sse4.2|dispatch)$")
    target_compile_options(trainyard_flags INTERFACE -msse4.2)
    if(TRAINYARD_ARCH STREQUAL "dispatch")
      target_compile_definitions(trainyard_flags INTERFACE TRAINYARD_DISPATCH)
    endif()
  elseif(TRAINYARD_ARCH)
    target_compile_options(trainyard_flags INTERFACE -march=${TRAINYARD_ARCH})
  endif()
  if(TRAINYARD_SANITIZE)
    target_compile_options(trainyard_flags INTERFACE -fsanitize=${TRAINYARD_SANITIZE} -fno-sanitize-recover=all
      -fno-omit-frame-pointer)
    target_link_options(trainyard_flags INTERFACE -fsanitize=${TRAINYARD_SANITIZE})
  endif()
  find_package(Threads REQUIRED)
  target_link_libraries(trainyard_flags INTERFACE Threads::Threads)
endif()

# Ours only: other people's code (GoogleTest) is compiled without these.
add_library(trainyard_warnings INTERFACE)
# In C++ g++'s -Wconversion leaves changes of sign out, clang's does not: both get g++'s.
target_compile_options(trainyard_warnings INTERFACE -Wall -Wextra -Wconversion -Wno-sign-conversion -Werror)

# g++ 12 sees overlapping, endless copies in std::string's operator+ that are not there (GCC bug 105651) and takes the
# AVX-512 headers' "undefined" operands for mistakes (GCC bug 105593; a pragma around the include does not reach into a
# precompiled header). clang, which compiles the sanitized builds, looks for both.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(trainyard_warnings INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds
    -Wno-uninitialized -Wno-maybe-uninitialized)
endif()
# clang counts what g++'s own headers use of theirs that is deprecated (std::stable_sort's buffer).
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND NOT EMSCRIPTEN)
  target_compile_options(trainyard_warnings INTERFACE -Wno-deprecated-declarations)
endif()
