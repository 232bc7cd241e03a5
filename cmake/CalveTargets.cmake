# A folder's build file is a list:
#
#   calve_library(iceberg
#     SOURCES schema.cc snapshot.cc
#     FOLDERS base                      # folders of ours that this one may include, and does
#     LIBRARIES nlohmann_json::nlohmann_json)
#   calve_test(iceberg schema_test.cc snapshot_test.cc)
#   calve_bench(iceberg manifest_bench.cc)
#   calve_fuzz(iceberg manifest_fuzz.cc)
#
# calve_library makes calve::<folder>; calve_test one binary per folder, calve_<folder>_test, that
# ctest runs as <folder>; each bench and each fuzzer is a binary of its own, named by its stem.
# `./dev lint` reads FOLDERS and holds the includes against it.

function(calve_library folder)
  cmake_parse_arguments(arg "" "" "SOURCES;FOLDERS;LIBRARIES" ${ARGN})
  if(arg_SOURCES)
    add_library(calve_${folder} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
  else()
    add_library(calve_${folder} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(calve::${folder} ALIAS calve_${folder})
  target_link_libraries(calve_${folder} ${scope} calve::options)
  foreach(other IN LISTS arg_FOLDERS)
    target_link_libraries(calve_${folder} ${scope} calve::${other})
  endforeach()
  target_link_libraries(calve_${folder} ${scope} ${arg_LIBRARIES})
endfunction()

function(calve_test folder)
  if(NOT CALVE_DEVELOPER)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "FOLDERS;LIBRARIES" ${ARGN})
  add_executable(calve_${folder}_test ${arg_UNPARSED_ARGUMENTS})
  list(TRANSFORM arg_FOLDERS PREPEND calve::)
  target_link_libraries(calve_${folder}_test PRIVATE calve::${folder} ${arg_FOLDERS} ${arg_LIBRARIES}
    GTest::gmock GTest::gtest_main)
  target_compile_definitions(calve_${folder}_test PRIVATE CALVE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${folder} COMMAND calve_${folder}_test)
endfunction()

function(calve_bench folder source)
  if(NOT CALVE_DEVELOPER)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "FOLDERS;LIBRARIES" ${ARGN})
  cmake_path(GET source STEM stem)
  add_executable(${stem} EXCLUDE_FROM_ALL ${source})
  list(TRANSFORM arg_FOLDERS PREPEND calve::)
  target_link_libraries(${stem} PRIVATE calve::${folder} ${arg_FOLDERS} ${arg_LIBRARIES} benchmark::benchmark_main)
  target_compile_definitions(${stem} PRIVATE CALVE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endfunction()

# A fuzzer defines LLVMFuzzerTestOneInput and checks a property. Under the fuzz preset it is linked
# with libFuzzer; in every other developer build it replays its corpus, <stem>_corpus/, as a test,
# so that a fuzzer that no longer compiles or holds is seen at once.
function(calve_fuzz folder source)
  if(NOT CALVE_DEVELOPER)
    return()
  endif()
  cmake_path(GET source STEM stem)
  if(CALVE_LIBFUZZER)
    add_executable(${stem} ${source})
    target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${stem} ${source} "${PROJECT_SOURCE_DIR}/cmake/replay_corpus.cc")
    add_test(NAME ${stem} COMMAND ${stem} "${CMAKE_CURRENT_SOURCE_DIR}/${stem}_corpus")
  endif()
  target_link_libraries(${stem} PRIVATE calve::${folder})
endfunction()
