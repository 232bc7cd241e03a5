# Flags live on one INTERFACE target, calve::options, that every target of ours links.

option(CALVE_DEVELOPER "Warnings are errors; tests, fuzzers and benchmarks are built" OFF)
option(CALVE_LIBFUZZER "Link the fuzzers against libFuzzer instead of replaying their corpus" OFF)
set(CALVE_SANITIZE "" CACHE STRING "Value for -fsanitize=, empty for none")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Dev: fast enough to stream with, assertions on, line tables for stack traces.
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

add_library(calve_options INTERFACE)
add_library(calve::options ALIAS calve_options)
target_include_directories(calve_options INTERFACE "${PROJECT_SOURCE_DIR}/src")
# simdjson's On-Demand front end compiles as its slow fallback without carry-less multiplication,
# which every x86-64 machine since 2010 has; Arrow and simdjson dispatch the rest at run time.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(calve_options INTERFACE -march=x86-64-v2 -mpclmul)
endif()
find_program(MOLD mold)
if(MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CALVE_SANITIZE)
  target_link_options(calve_options INTERFACE -fuse-ld=mold)
endif()
if(CALVE_DEVELOPER)
  target_compile_options(calve_options INTERFACE
    -Wall -Wextra -Wno-missing-field-initializers -Wnon-virtual-dtor -Woverloaded-virtual $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local> -Wimplicit-fallthrough -Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 reports these inside inlined library code (std::variant, fmt, std::string).
    target_compile_options(calve_options INTERFACE
      -Wno-maybe-uninitialized -Wno-restrict -Wno-dangling-pointer -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
  endif()
endif()
if(CALVE_SANITIZE)
  target_compile_options(calve_options INTERFACE -fsanitize=${CALVE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(calve_options INTERFACE -fsanitize=${CALVE_SANITIZE})
  if(CALVE_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # These three take more of a compilation than all the rest together (11.4 s against 4.8 s for one file);
    # a null pointer's use ends the program by itself.
    target_compile_options(calve_options INTERFACE -fno-sanitize=null,alignment,vptr)
  endif()
endif()
