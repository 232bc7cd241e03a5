// The pipeline's tables as DuckDB views: orders and rejects, also by their full names. In `rejects` a payload
// is text: itself where it is UTF-8, else DuckDB's escaped bytes. By its full name it is the bytes.

#pragma once

#include "calve/base/result.h"
#include "calve/cli/command.h"
#include "calve/cli/duckdb.h"

namespace calve::cli {

// A database in which the views stand for the current snapshots, as of now. kNotFound if there is no
// table yet.
Result<DuckDb> open_tables(const Invocation& invocation);

}  // namespace calve::cli
