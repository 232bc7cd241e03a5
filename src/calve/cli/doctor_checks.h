// The checks of `calve doctor`, each on what it is about. None changes a table, a position or a
// consumer group; the one that writes (check_one_winner) removes what it wrote.

#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/catalog/catalog.h"
#include "calve/cli/finding.h"
#include "calve/config/settings.h"
#include "calve/iceberg/schema.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/source/source.h"
#include "calve/storage/object_store.h"

namespace calve::cli {

// Whether the store answers and lets us look.
Finding check_warehouse(storage::ObjectStore& store, const std::string& warehouse);

// Races 32 writers for one object of the warehouse. kConfig if the store lets more than one win.
Finding check_one_winner(storage::ObjectStore& store, const std::string& warehouse);

// What `calve run` would do to the table before its first event, without doing it. A table that does not
// exist yet passes: run makes it.
struct TableQuestion {
  const catalog::TableIdentifier& identifier;
  const iceberg::Schema& wanted;
};
Finding check_table(const Result<catalog::LoadedTable>& table, const TableQuestion& question);

// Epochs whose writer has not closed them: one that runs now, or one that was killed.
Finding check_journals(storage::ObjectStore& store, const iceberg::TableMetadata& orders);

// The source as it was found. Waits at most kAssignmentWaitMax until it knows its partitions.
inline constexpr Milliseconds kAssignmentWaitMax{10'000};
struct SourceState {
  std::map<PartitionId, Offset> ends;
};
Result<SourceState> look_at(source::Source& source, const std::stop_token& stop);
Finding check_source(const std::string& topic, const Result<SourceState>& state);

// Whether reading can go on where the table's position is: the same log, and offsets that it still
// holds. Opens a reader at each position and lets it go. After look_at().
Finding check_position(source::Source& source, const SourceState& state, const iceberg::TableMetadata& orders,
                       const std::string& pipeline);

}  // namespace calve::cli
