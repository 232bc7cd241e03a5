# Where each dependency comes from; ARCHITECTURE.md says why it was chosen.
#
# Debian's packages by find_package or pkg-config. What Debian lacks or has too old is laid by
# `./dev setup` under CALVE_DEPS: Arrow C++ (out of the pyarrow wheel), simdjson, librdkafka.

if(DEFINED ENV{CALVE_CACHE})
  set(calve_cache "$ENV{CALVE_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(calve_cache "$ENV{XDG_CACHE_HOME}/calve")
else()
  set(calve_cache "$ENV{HOME}/.cache/calve")
endif()
set(CALVE_DEPS "${calve_cache}/deps" CACHE PATH "Where ./dev setup laid the dependencies that Debian lacks")

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(yaml_cpp REQUIRED IMPORTED_TARGET yaml-cpp)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
# Its module file names what the library was built with, which changes the layout of its types.
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)

# --- Arrow and Parquet -------------------------------------------------------------------------
find_package(Parquet CONFIG QUIET)
if(Parquet_FOUND)
  find_package(Arrow CONFIG REQUIRED)
  add_library(calve_parquet INTERFACE)
  target_link_libraries(calve_parquet INTERFACE Parquet::parquet_shared Arrow::arrow_shared)
else()
  set(pyarrow_dir "${CALVE_DEPS}/arrow/pyarrow")
  file(GLOB arrow_library "${pyarrow_dir}/libarrow.so.[0-9][0-9]*[0-9]")
  file(GLOB parquet_library "${pyarrow_dir}/libparquet.so.[0-9][0-9]*[0-9]")
  if(NOT arrow_library OR NOT parquet_library)
    message(FATAL_ERROR "Arrow C++ was not found in ${pyarrow_dir}. Run ./dev setup first.")
  endif()
  add_library(calve_parquet INTERFACE)
  target_include_directories(calve_parquet SYSTEM INTERFACE "${pyarrow_dir}/include")
  target_link_libraries(calve_parquet INTERFACE "${parquet_library}" "${arrow_library}")
  # The wheel's libparquet holds an OpenSSL of its own and shows it to everybody: half of libcrypto's own calls
  # would end there, and TLS in a crash. What stands before the objects is searched first.
  target_link_options(calve_parquet INTERFACE "LINKER:--push-state,--no-as-needed" "${OPENSSL_SSL_LIBRARY}"
    "${OPENSSL_CRYPTO_LIBRARY}" "LINKER:--pop-state")
endif()
add_library(calve::parquet ALIAS calve_parquet)

# --- simdjson ----------------------------------------------------------------------------------
set(simdjson_dir "${CALVE_DEPS}/simdjson")
if(NOT EXISTS "${simdjson_dir}/simdjson.cpp")
  message(FATAL_ERROR "simdjson was not found in ${simdjson_dir}. Run ./dev setup first.")
endif()
add_library(calve_simdjson STATIC "${simdjson_dir}/simdjson.cpp")
add_library(calve::simdjson ALIAS calve_simdjson)
target_include_directories(calve_simdjson SYSTEM PUBLIC "${simdjson_dir}")
target_compile_options(calve_simdjson PRIVATE -O3 -march=x86-64-v2 -mpclmul -w)
# The decoder is written without exceptions; leaving them in costs inlining.
# libparquet exports a simdjson of its own, of whichever version: by its usual name, the loader would take
# that one for ours.
target_compile_definitions(calve_simdjson PUBLIC SIMDJSON_EXCEPTIONS=0 simdjson=calve_simdjson)

# --- librdkafka ----------------------------------------------------------------------------------
set(librdkafka_dir "${CALVE_DEPS}/librdkafka")
if(NOT EXISTS "${librdkafka_dir}/lib/librdkafka.a")
  message(FATAL_ERROR "librdkafka was not found in ${librdkafka_dir}. Run ./dev setup first.")
endif()
add_library(calve_rdkafka INTERFACE)
add_library(calve::rdkafka ALIAS calve_rdkafka)
target_include_directories(calve_rdkafka SYSTEM INTERFACE "${librdkafka_dir}/include")
target_link_libraries(calve_rdkafka INTERFACE "${librdkafka_dir}/lib/librdkafka.a"
  CURL::libcurl OpenSSL::SSL OpenSSL::Crypto PkgConfig::zstd ZLIB::ZLIB Threads::Threads ${CMAKE_DL_LIBS} m)

if(CALVE_DEVELOPER)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
endif()
