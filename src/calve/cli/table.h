// calve table: what the tables' metadata says, read without DuckDB.

#pragma once

#include "calve/cli/command.h"

namespace calve::cli {

Command table_command();

}  // namespace calve::cli
