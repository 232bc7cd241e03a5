// The journal of an expiry: an object beside the table's metadata that names the files which expired
// snapshots leave behind, written before the commit that takes the snapshots out, and removed when the files
// are gone.
//
//   <table>/metadata/calve-expired-<milliseconds since 1970, 13 digits>-<uuid>.json
//
//   {"snapshots":[..ids..], "manifest-lists":[..paths..], "manifests":[..], "data-files":[..]}
//
// Whether that commit happened is not in it: the table itself tells, by not having the snapshots any more.
// docs/formats/journal.md describes it for other readers.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/base/uuid.h"
#include "calve/commit/expired_files.h"
#include "calve/storage/object_store.h"

namespace calve::commit {

struct ExpiryJournal {
  std::vector<SnapshotId> snapshots;
  ExpiredFiles files;

  bool operator==(const ExpiryJournal&) const = default;
};

std::string serialize_expiry_journal(const ExpiryJournal& journal);
// kInvalidData, naming the path, if the text is no journal.
Result<ExpiryJournal> parse_expiry_journal(std::string_view text, const std::string& path);

// `location` is the table's.
std::string expiry_journal_path(const std::string& location, Timestamp expired_at, const Uuid& id);
// Nothing if the path is none of those.
std::optional<Timestamp> expired_at(const std::string& path);

// Those that are there now, the longest expired first.
Result<std::vector<std::string>> list_expiry_journals(storage::ObjectStore& store,
                                                      const std::string& location);

}  // namespace calve::commit
