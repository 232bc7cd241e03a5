// The journal of an epoch: a small object beside the table's metadata that names every file the epoch
// may leave behind, written before the first of them and removed when none needs it any more.
//
//   <table>/metadata/calve-journal-<epoch>.json
//
//   {"pipeline":"orders", "epoch":"<uuid>", "writer":"<uuid>", "from":{"0":1000},
//    "tables":[{"location":"s3://...", "snapshot-id":1, "opened-at":17, "data-files":64}, ...]}
//
// Names follow from the epoch's id and a number, so that counts name them all (EpochFiles below):
// nothing is ever listed, guessed or deleted by age.
//
// docs/formats/journal.md describes it for other readers.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/uuid.h"
#include "calve/iceberg/snapshot.h"
#include "calve/storage/object_store.h"

namespace calve::commit {

// How often a commit builds a manifest list anew on another's commit.
inline constexpr int kCommitAttemptsMax = 32;

// What an epoch may write into one table.
struct EpochFiles {
  std::string location;               // the table's
  SnapshotId snapshot_id;             // of the snapshot that the epoch will commit
  iceberg::SequenceNumber opened_at;  // the table's last sequence number when the epoch was opened
  std::int32_t data_files = 0;        // how many data file names are taken

  bool operator==(const EpochFiles&) const = default;
};

std::string data_file_path(const EpochFiles& files, const Uuid& epoch, std::int32_t number);
std::string manifest_path(const EpochFiles& files, const Uuid& epoch);
// The manifest that an attempt merges others into.
std::string merged_manifest_path(const EpochFiles& files, const Uuid& epoch, int attempt);
std::string manifest_list_path(const EpochFiles& files, const Uuid& epoch, int attempt);
// All of them: whatever the epoch may leave in that table is among these.
std::vector<std::string> epoch_paths(const EpochFiles& files, const Uuid& epoch);

struct Journal {
  std::string pipeline;
  Uuid epoch;
  Uuid writer;  // the process that wrote it
  // Where the epoch began in the partitions that it had events of when it was opened.
  std::map<PartitionId, Offset> from;
  std::vector<EpochFiles> tables;  // the orders table first, then rejects

  bool operator==(const Journal&) const = default;
};

std::string serialize_journal(const Journal& journal);
// kInvalidData, naming the path, if the text is no journal.
Result<Journal> parse_journal(std::string_view text, const std::string& path);

// Journals lie with the table that holds the position: `location` is the orders table's.
std::string journal_path(const std::string& location, const Uuid& epoch);

struct OpenJournal {
  std::string path;
  Journal journal;
};
// Those that are there now, of any pipeline and writer.
Result<std::vector<OpenJournal>> read_journals(storage::ObjectStore& store, const std::string& location);

}  // namespace calve::commit
