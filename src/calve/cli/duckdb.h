// DuckDB as a library: an in-memory database, and its answers as text or JSON.
//
//   DuckDb duckdb = CALVE_TRY(DuckDb::open(folder));
//   const Statement statement = CALVE_TRY(duckdb.prepare("SELECT 1 AS one"));
//   QueryRows rows = CALVE_TRY(duckdb.text_rows(statement, stop));
//   while (CALVE_TRY(rows.next())) use(rows.values());

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"

namespace calve::cli {

enum class ColumnKind {
  kExactNumber,  // its text is a JSON number: integers and decimals
  kFloat,        // may be infinite, or no number
  kOther,
};

struct QueryColumn {
  std::string name;
  ColumnKind kind = ColumnKind::kOther;

  bool operator==(const QueryColumn&) const = default;
};

enum class StatementKind {
  kSelect,   // anything that gives rows: SELECT, VALUES, FROM, DESCRIBE, SHOW, SUMMARIZE
  kExplain,  // gives a plan
  kOther,    // COPY, CREATE, SET, ...
};

struct Statement {
  std::string text;
  StatementKind kind;
  std::vector<QueryColumn> columns;  // of a kSelect
};

// An answer, row by row, in the memory of a few thousand rows. One thread; destroyed before its DuckDb.
class QueryRows {
 public:
  QueryRows(QueryRows&&) noexcept;
  ~QueryRows();

  // Whether there is another row; errors as DuckDb's. After false or an error no call may follow.
  Result<bool> next();
  // Of this row; nullopt is NULL. Views until the next next().
  const std::vector<std::optional<std::string_view>>& values() const;

 private:
  friend class DuckDb;
  struct Impl;
  explicit QueryRows(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// One thread. Errors carry DuckDB's own words: kUsage for a statement that it refuses, kUnreachable,
// kAccessDenied and kIo for what it could not read, kCancelled after a stop.
class DuckDb {
 public:
  // `folder` holds libduckdb.so and the extensions avro, iceberg and httpfs. kConfig, with the next step,
  // if they are not there.
  static Result<DuckDb> open(const std::filesystem::path& folder);
  DuckDb(DuckDb&&) noexcept;
  ~DuckDb();

  Result<void> execute(const std::string& statement);

  // Checks one statement without running it.
  Result<Statement> prepare(const std::string& statement);

  // Each value of a kSelect as DuckDB's text, nested ones too.
  Result<QueryRows> text_rows(const Statement& select, const std::stop_token& stop);
  // Each value of a kSelect as JSON; decimals keep their digits. NULL is nullopt.
  Result<QueryRows> json_rows(const Statement& select, const std::stop_token& stop);
  // Of a kExplain: the plan is the last value of each row.
  Result<QueryRows> explain(const Statement& statement, const std::stop_token& stop);

 private:
  struct Impl;
  explicit DuckDb(std::unique_ptr<Impl> impl);
  Result<QueryRows> rows(const std::string& text_query, const std::stop_token& stop);

  std::unique_ptr<Impl> impl_;
};

// 'it''s'
std::string sql_quote(std::string_view text);
// "a ""quoted"" name"
std::string sql_quote_name(std::string_view name);

}  // namespace calve::cli
