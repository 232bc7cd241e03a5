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

// A value of a VARCHAR vector: up to kInlinedMax bytes lie in it, more behind `pointer`.
struct String {
  static constexpr std::uint32_t kInlinedMax = 12;

  std::uint32_t length;
  union {
    char inlined[kInlinedMax];
    struct {
      char prefix[4];
      const char* pointer;
    } __attribute__((packed)) far;
  };
};
static_assert(sizeof(String) == 16);

// duckdb_statement_type, as far as it matters here.
enum StatementType : int { kSelect = 1, kExplain = 4 };

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
  void (*interrupt)(void* connection);  // from any thread

  State (*create_config)(void** config);
  State (*set_config)(void* config, const char* name, const char* option);
  void (*destroy_config)(void** config);

  State (*query)(void* connection, const char* query, Result* result);
  State (*prepare)(void* connection, const char* query, void** statement);
  const char* (*prepare_error)(void* statement);
  StatementType (*prepared_statement_type)(void* statement);
  Index (*prepared_statement_column_count)(void* statement);
  const char* (*prepared_statement_column_name)(void* statement, Index column);  // to be freed
  Type (*prepared_statement_column_type)(void* statement, Index column);
  State (*execute_prepared_streaming)(void* statement, Result* result);
  void (*destroy_prepare)(void** statement);

  const char* (*result_error)(Result* result);
  void* (*fetch_chunk)(Result result);  // null at the end, and after an error
  void (*destroy_result)(Result* result);

  Index (*data_chunk_get_size)(void* chunk);
  void* (*data_chunk_get_vector)(void* chunk, Index column);
  void (*destroy_data_chunk)(void** chunk);
  void* (*vector_get_data)(void* vector);
  std::uint64_t* (*vector_get_validity)(void* vector);  // a bit for each row that is not null; null: all

  void (*free)(void* pointer);
};

}  // namespace calve::cli::duckdb_api
