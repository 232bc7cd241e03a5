// A query's answer in the invocation's format.
//
//   text    an aligned table of at most kTextRowsMax rows, and their count to `err`
//   csv     RFC 4180 with a heading; NULL is nothing between the commas, an empty string is ""
//   json    one array of one object a row; ndjson: one object a line
//
// All but text are written as the rows come, in bounded memory.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "calve/base/result.h"
#include "calve/cli/command.h"
#include "calve/cli/duckdb.h"

namespace calve::cli {

// A table is laid out when its widths are known; what does not fit is counted.
inline constexpr std::size_t kTextRowsMax = 10'000;

// What print_query can give.
inline const std::vector<OutputFormat> kQueryOutputs = {OutputFormat::kText, OutputFormat::kJson,
                                                        OutputFormat::kCsv, OutputFormat::kNdjson};

// Runs one statement. A plan is printed as it is; what gives no rows prints nothing.
Result<void> print_query(const Invocation& invocation, DuckDb& duckdb, const std::string& query);

}  // namespace calve::cli
