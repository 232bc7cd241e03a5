// The pipeline's tables as DuckDB views: orders and rejects, also by their full names.

#pragma once

#include "calve/base/result.h"
#include "calve/cli/command.h"
#include "calve/cli/duckdb.h"

namespace calve::cli {

// A database in which the views stand for the current snapshots. kNotFound if there is no table yet.
Result<DuckDb> open_tables(const Invocation& invocation);

// Prints a result in the invocation's format to its data stream.
void print_result(const Invocation& invocation, const QueryResult& result);

// Runs a query for people (each value as text) or, for json and ndjson, as one JSON object a row.
Result<void> print_query(const Invocation& invocation, DuckDb& duckdb, const std::string& query);

}  // namespace calve::cli
