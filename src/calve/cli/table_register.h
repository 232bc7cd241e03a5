// calve table register: moves a pipeline's tables from a Hadoop warehouse to another catalog.
//
//   1. the table in the warehouse is closed by a last version that says where it went: whoever still
//      writes to it there loses against it, and is told
//   2. the other catalog takes over the version before, and its files where they lie
//
// Nothing is copied, and the position is in the metadata: the next `calve run` goes on from it. To be
// interrupted between the two does no harm: called again, it goes on. If the other catalog refuses, the
// table in the warehouse is opened again.

#pragma once

#include <string>

#include "calve/cli/command.h"

namespace calve::cli {

// `from` is the warehouse, as ICEBERG_WAREHOUSE would name it. The rejects table is moved if there is one.
// kConfig if the settings name a Hadoop catalog as the target; kAlreadyExists if it has other tables of
// these names.
Result<void> register_tables(const Invocation& invocation, const std::string& from);

}  // namespace calve::cli
