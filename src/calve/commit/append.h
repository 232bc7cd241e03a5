// Deciding what a commit is, apart from doing it: files and ranges onto one version of a table give the
// objects to write and the change to ask the catalog for. Pure.

#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/commit/journal.h"
#include "calve/commit/ledger.h"
#include "calve/commit/position.h"
#include "calve/iceberg/data_file.h"
#include "calve/iceberg/manifest.h"
#include "calve/iceberg/table_update.h"

namespace calve::commit {

// What Iceberg's own writers use for manifests and lists; readers of every engine take it.
inline constexpr auto kManifestCodec = iceberg::AvroCodec::kDeflate;

// In the summary of a snapshot that did not carry all manifests of its parent: how many it left out.
// Iceberg's own key.
inline constexpr const char* kManifestsReplacedKey = "manifests-replaced";

struct JoinedEpoch {
  Uuid epoch;
  iceberg::SequenceNumber opened_at;
};

// One epoch's share of one table.
struct Append {
  Uuid epoch;
  EpochFiles files;                           // whose names and snapshot id are used
  std::vector<JoinedEpoch> joined;            // of other writers, whose data files come along
  std::vector<iceberg::DataFile> data_files;  // may be empty: the offsets advance all the same
  Ledger ledger;
  // Partitions of which the writer found no position in the table: it must still have none.
  std::set<PartitionId> begun;
  // Raises the table's fence along with the snapshot.
  std::optional<iceberg::SequenceNumber> fence;
};

// Whether the append continues this version of the table: each range's `from` is the recorded next
// offset of its partition, and the fence is not above the epoch. kFenced if not: the epoch can never be
// committed, nor any other that its writer has read since; take the position anew from the table.
Result<void> check_continues(const iceberg::TableMetadata& table, const Append& append);

// The epoch's manifests, one for each partition spec among its files; empty if it has no files. They do
// not depend on the version of the table that they are committed onto.
struct BuiltManifest {
  std::string path;
  std::string bytes;
  iceberg::Manifest manifest;
};
Result<std::vector<BuiltManifest>> build_manifests(const iceberg::TableMetadata& table, const Append& append);

// Some of the table's manifests, written anew as one.
struct MergedManifest {
  std::set<std::string> replaced;  // their paths
  BuiltManifest built;
};

// The epoch's snapshot on this version of the table, in the attempt's own manifest list.
struct BuiltSnapshot {
  std::vector<iceberg::ManifestFile> manifests;  // what the list holds
  std::string list_path;
  std::string list_bytes;
  iceberg::TableChange change;
};
struct SnapshotInputs {
  const iceberg::TableMetadata& table;
  const Append& append;
  const std::vector<BuiltManifest>& added;
  const std::vector<iceberg::ManifestFile>& carried;  // the current snapshot's list
  const MergedManifest* merged = nullptr;             // takes the place of some that are carried
  std::span<const SnapshotId> expired = {};           // go in the same change
  int attempt = 0;
  Timestamp now;
};
Result<BuiltSnapshot> build_snapshot(const SnapshotInputs& inputs);

}  // namespace calve::commit
