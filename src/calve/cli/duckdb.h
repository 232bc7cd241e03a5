// DuckDB as a library: an in-memory database that sees the pipeline's tables.

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calve/base/result.h"

namespace calve::cli {

struct QueryColumn {
  std::string name;
  bool is_number = false;  // shown flush right
};

struct QueryResult {
  std::vector<QueryColumn> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // no value: null
};

// One thread.
class DuckDb {
 public:
  // `folder` holds libduckdb.so and the extensions avro, iceberg and httpfs. kConfig, with the next step,
  // if they are not there.
  static Result<DuckDb> open(const std::filesystem::path& folder);
  DuckDb(DuckDb&&) noexcept;
  DuckDb& operator=(DuckDb&&) noexcept;
  ~DuckDb();

  // kUsage, with DuckDB's own words, for a query that it refuses. Values come as DuckDB's text.
  Result<QueryResult> query(const std::string& sql);

 private:
  struct Impl;
  explicit DuckDb(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// "'it''s'"
std::string sql_quote(const std::string& text);

}  // namespace calve::cli
