// What a writer task sealed at a checkpoint, as bytes that travel to the committer and lie in checkpoints
// and savepoints, perhaps for long: later versions read what earlier ones wrote.
//
//   part         ::= "CLVP" version:u8 text(header) text(orders) text(rejects)      version 1
//   committable  ::= "CLVC" version:u8 count:u32 text(part)*                        version 1
//   text         ::= length:u32 byte*                                               integers little endian
//   header       ::= JSON {"journal": "<the journal's own JSON>", "ranges": [...], "rejects-from": {"0": ..},
//                          "oldest-source-timestamp-us": ..}
//   orders, rejects ::= an Iceberg manifest (Avro) of the data files; empty if there is none

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/commit/journal.h"
#include "calve/commit/ledger.h"
#include "calve/iceberg/data_file.h"
#include "calve/iceberg/table_metadata.h"

namespace calve::runtime {

struct SealedPart {
  commit::Journal journal;                  // open, and naming every file below
  std::vector<commit::LedgerRange> ranges;  // at least one
  std::vector<iceberg::DataFile> orders_files;
  std::vector<iceberg::DataFile> rejects_files;
  std::map<PartitionId, Offset> rejects_from;  // commit::EpochContents's
  std::optional<Timestamp> oldest_source_timestamp;

  bool operator==(const SealedPart&) const = default;
};

// The tables are those that the files were written for.
Result<std::string> serialize_part(const SealedPart& part, const iceberg::TableMetadata& orders,
                                   const iceberg::TableMetadata& rejects);
// kInvalidData for what is no part; kUnsupported for a version of later programs.
Result<SealedPart> parse_part(std::string_view bytes);

// The parts of one checkpoint, as one: each as serialize_part() gave it.
std::string combine_parts(const std::vector<std::string_view>& parts);
// Errors as parse_part's.
Result<std::vector<SealedPart>> parse_committable(std::string_view bytes);

}  // namespace calve::runtime
