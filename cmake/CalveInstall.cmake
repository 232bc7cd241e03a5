# `cmake --install` lays a tree that runs from any folder of any machine with the same C library:
#
#   bin/calve
#   lib/        the libraries it needs that a plain system lacks (Arrow, fmt, re2, ...)
#   lib/duckdb/ what `calve sql` loads, where ./dev setup has laid it
#   share/calve/contracts/
#
# The C and C++ runtimes, OpenSSL, curl and zlib stay the system's: its package manager keeps them patched.
#
# The build tree has the same shape, with links for the libraries, and the program finds them by
# $ORIGIN in both: what is installed, and what lies in an image, is byte for byte what was built.

set_target_properties(calve PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/../lib")

set(bundled_by_path ${arrow_library} ${parquet_library})
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
foreach(library IN LISTS bundled_by_path)
  cmake_path(GET library FILENAME name)
  file(CREATE_LINK "${library}" "${PROJECT_BINARY_DIR}/lib/${name}" SYMBOLIC)
endforeach()

install(TARGETS calve RUNTIME_DEPENDENCY_SET calve_libraries)
install(RUNTIME_DEPENDENCY_SET calve_libraries
  PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|pthread|resolv|gcc_s|stdc\\+\\+)\\.so" "^lib(ssl|crypto|curl|z)\\.so"
  POST_EXCLUDE_REGEXES "^/(usr/)?lib/.*/lib(brotli|nghttp2|idn2|rtmp|ssh2|psl|gssapi|ldap|lber)[^/]*$")
install(FILES "${PROJECT_SOURCE_DIR}/contracts/orders.created.v1.schema.json" DESTINATION share/calve/contracts)
install(DIRECTORY "${CALVE_DEPS}/duckdb/" DESTINATION lib/duckdb OPTIONAL
  PATTERN .version EXCLUDE)
