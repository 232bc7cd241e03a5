// The few functions of DuckDB's C API that `calve sql` calls, as DuckDB documents them
// (https://duckdb.org/docs/stable/clients/c/api). The library is loaded when it is first asked, so that
// no other command maps its seventy megabytes.

#pragma once

#include <cstdint>

namespace calve::cli::duckdb_api {

using Index = std::uint64_t;
enum State : int { kSuccess = 0, kError = 1 };

struct Result {
  Index deprecated_column_count;
  Index deprecated_row_count;
  Index deprecated_rows_changed;
  void* deprecated_columns;
  char* deprecated_error_message;
  void* internal_data;
};

// duckdb_type, the numbers that are numbers.
enum Type : int {
  kTinyint = 2,
  kSmallint = 3,
  kInteger = 4,
  kBigint = 5,
  kUtinyint = 6,
  kUsmallint = 7,
  kUinteger = 8,
  kUbigint = 9,
  kFloat = 10,
  kDouble = 11,
  kHugeint = 16,
  kDecimal = 19,
  kUhugeint = 32,
};

struct Functions {
  State (*open_ext)(const char* path, void** database, void* config, char** error);
  void (*close)(void** database);
  State (*connect)(void* database, void** connection);
  void (*disconnect)(void** connection);
  State (*create_config)(void** config);
  State (*set_config)(void* config, const char* name, const char* option);
  void (*destroy_config)(void** config);
  State (*query)(void* connection, const char* query, Result* result);
  void (*destroy_result)(Result* result);
  const char* (*result_error)(Result* result);
  Index (*column_count)(Result* result);
  Index (*row_count)(Result* result);
  const char* (*column_name)(Result* result, Index column);
  Type (*column_type)(Result* result, Index column);
  bool (*value_is_null)(Result* result, Index column, Index row);
  char* (*value_varchar)(Result* result, Index column, Index row);
  void (*free)(void* pointer);
};

}  // namespace calve::cli::duckdb_api
