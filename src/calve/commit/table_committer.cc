#include "calve/commit/table_committer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "calve/base/crash_point.h"
#include "calve/base/log.h"
#include "calve/commit/expired_files.h"
#include "calve/commit/expiry.h"
#include "calve/commit/expiry_journal.h"
#include "calve/commit/fate.h"
#include "calve/commit/manifest_merge.h"

namespace calve::commit {
namespace {

using catalog::Applied;
using catalog::Lost;
using catalog::NotApplied;
using catalog::SwapOutcome;
using catalog::Unknown;
using iceberg::TableMetadata;

template <class... Handlers>
struct Overload : Handlers... {
  using Handlers::operator()...;
};

class Stopwatch {
 public:
  Stopwatch(const Clock& clock, double& seconds)
      : clock_(clock), seconds_(seconds), start_(clock.steady_now()) {}
  ~Stopwatch() { seconds_ += std::chrono::duration<double>(clock_.steady_now() - start_).count(); }

 private:
  const Clock& clock_;
  double& seconds_;
  std::chrono::steady_clock::time_point start_;
};

// What a round of a compare-and-swap leaves to do.
enum class Round { kDone, kAgain };

}  // namespace

// The objects of an append that one attempt leaves to the next.
struct TableCommitter::Written {
  std::vector<BuiltManifest> manifests;
  // Of this or an earlier attempt, as long as everything that it replaces is still in the table.
  std::optional<MergedManifest> merged;
  // Named by a journal, as long as nothing came in between that keeps them.
  std::vector<SnapshotId> expired;
};

TableCommitter::TableCommitter(catalog::Catalog& catalog, storage::ObjectStore& store, const Clock& clock,
                               catalog::TableIdentifier table, const Options& options)
    : catalog_(catalog),
      store_(store),
      clock_(clock),
      identifier_(std::move(table)),
      options_(options),
      sweep_(store) {}

Result<void> TableCommitter::refresh() {
  auto loaded = CALVE_TRY(catalog_.load(identifier_));
  if (loaded.metadata.format_version < 2) {
    return fail(
        ErrorKind::kUnsupported,
        fmt::format("The table has format version 1, which keeps no sequence numbers. Upgrade it with "
                    "another engine (format-version = 2): {}",
                    catalog::to_string(identifier_)));
  }
  if (loaded_ && loaded_->metadata.table_uuid != loaded.metadata.table_uuid) {
    return fail(
        ErrorKind::kFenced,
        fmt::format("The table was dropped and made anew while this process was writing to it; start again "
                    "to go on from the new table's position: {}",
                    catalog::to_string(identifier_)));
  }
  loaded_ = std::move(loaded);
  return {};
}

Result<const std::vector<iceberg::ManifestFile>*> TableCommitter::current_manifests() {
  if (manifests_of_ == table().current_snapshot_id) return &manifests_;
  const iceberg::Snapshot* current = iceberg::current_snapshot(table());
  manifests_.clear();
  if (current != nullptr) {
    manifests_ = CALVE_TRY(iceberg::read_manifest_list(CALVE_TRY(store_.read(current->manifest_list))));
  }
  manifests_of_ = table().current_snapshot_id;
  return &manifests_;
}

Result<void> TableCommitter::write_manifests(const Append& append, Written& written) {
  const Stopwatch stopwatch(clock_, stats_.manifest_seconds);
  written.manifests = CALVE_TRY(build_manifests(table(), append));
  for (const BuiltManifest& manifest : written.manifests) {
    CALVE_TRY(store_.write(manifest.path, manifest.bytes));
  }
  pass(CrashPoint::kAfterManifest);
  return {};
}

// Best effort: a table that cannot be merged can be committed to all the same.
void TableCommitter::merge_manifests(const Append& append, int number, Written& written) {
  const Stopwatch stopwatch(clock_, stats_.manifest_seconds);
  if (written.merged) {
    std::set<std::string> gone = written.merged->replaced;
    for (const iceberg::ManifestFile& manifest : manifests_)
      gone.erase(manifest.manifest_path);
    if (gone.empty()) return;
    written.merged.reset();
  }
  const auto chosen = choose_merge(manifests_, merge_policy(table()));
  if (chosen.empty()) return;
  auto merged = write_merged(append, number, chosen);
  if (merged) {
    written.merged = std::move(*merged);
  } else {
    log::warn("manifests are not merged this time: {}", merged.error().message);
  }
}

Result<MergedManifest> TableCommitter::write_merged(const Append& append, int number,
                                                    const std::vector<iceberg::ManifestFile>& chosen) {
  MergedManifest merged{.built = {.path = merged_manifest_path(append.files, append.epoch, number)}};
  std::vector<MergeInput> inputs;
  for (const iceberg::ManifestFile& file : chosen) {
    const std::string& path = file.manifest_path;
    auto bytes = written_manifests_.take(path);
    if (!bytes) bytes = CALVE_TRY(store_.read(path));
    auto manifest = CALVE_TRY(iceberg::read_manifest(*bytes));
    inputs.push_back({.file = file, .manifest = std::move(manifest)});
    merged.replaced.insert(path);
  }
  merged.built.manifest = CALVE_TRY(commit::merge_manifests(table(), std::move(inputs)));
  merged.built.bytes = CALVE_TRY(iceberg::write_manifest(merged.built.manifest, kManifestCodec));
  CALVE_TRY(store_.write(merged.built.path, merged.built.bytes));
  pass(CrashPoint::kAfterManifest);
  return merged;
}

// Best effort, as merging is.
void TableCommitter::expire_snapshots(Written& written) {
  const ExpiryPolicy policy = expiry_policy(table());
  std::vector<SnapshotId> expired;
  if (policy.expiring == Expiring::kByItself) expired = expired_snapshots(table(), policy, clock_.now());
  const std::set<SnapshotId> outlived(expired.begin(), expired.end());
  const auto has_outlived = [&](SnapshotId id) { return outlived.contains(id); };
  if (!written.expired.empty() && std::ranges::all_of(written.expired, has_outlived)) return;

  written.expired.clear();
  if (expired.size() < kExpiryBatchMin) return;
  const auto journaled = journal_expired(expired);
  if (journaled) {
    written.expired = std::move(expired);
  } else {
    log::warn("snapshots are not expired this time: {}", journaled.error().message);
  }
}

Result<void> TableCommitter::journal_expired(const std::vector<SnapshotId>& expired) {
  ExpiryJournal journal{.snapshots = expired};
  journal.files = CALVE_TRY(find_expired_files(store_, table(), expired));
  std::string path = expiry_journal_path(table().location, clock_.now(), random_uuid());
  CALVE_TRY(store_.write(path, serialize_expiry_journal(journal)));
  sweep_.add(std::move(path));
  return {};
}

Result<ExpirySweep::Step> TableCommitter::sweep() {
  return sweep_.step(table(), clock_.now(), [&]() -> Result<const TableMetadata*> {
    CALVE_TRY(refresh());
    return &table();
  });
}

Result<SwapOutcome> TableCommitter::attempt(const Append& append, Written& written, int number) {
  const auto* carried = CALVE_TRY(current_manifests());
  merge_manifests(append, number, written);
  expire_snapshots(written);
  BuiltSnapshot built;
  {
    const Stopwatch stopwatch(clock_, stats_.manifest_list_seconds);
    built = CALVE_TRY(build_snapshot({.table = table(),
                                      .append = append,
                                      .added = written.manifests,
                                      .carried = *carried,
                                      .merged = written.merged ? &*written.merged : nullptr,
                                      .expired = written.expired,
                                      .attempt = number,
                                      .now = clock_.now()}));
    CALVE_TRY(store_.write(built.list_path, built.list_bytes));
    pass(CrashPoint::kAfterManifestList);
  }
  const Stopwatch stopwatch(clock_, stats_.swap_seconds);
  SwapOutcome outcome = catalog_.swap(identifier_, *loaded_, built.change);
  if (std::holds_alternative<Applied>(outcome)) {
    manifests_ = std::move(built.manifests);
    manifests_of_ = append.files.snapshot_id;
    for (BuiltManifest& manifest : written.manifests)
      written_manifests_.put(manifest.path, std::move(manifest.bytes));
    stats_.expired_snapshots += std::ssize(written.expired);
    if (written.merged) {
      ++stats_.merged_manifests;
      written_manifests_.put(written.merged->built.path, std::move(written.merged->built.bytes));
    }
  }
  return outcome;
}

Result<void> TableCommitter::commit(const Append& append, const std::stop_token& stop) {
  const Result<void> committed = commit_once(append, stop);
  unsettled_.reset();
  if (!committed && committed.error().kind != ErrorKind::kFenced) unsettled_ = append.files.snapshot_id;
  if (!committed) return committed;
  const std::string recorded = position_property_name(append.ledger.pipeline);
  if (table().properties.contains(recorded)) return {};
  return fail(ErrorKind::kUnsupported,
              fmt::format("The catalog dropped the table property {}, without which the position does not "
                          "outlive the table's snapshots. What was read is committed and nothing is lost; go "
                          "on with a catalog that keeps the properties it is given: {}",
                          recorded, catalog::to_string(identifier_)));
}

Result<void> TableCommitter::commit_once(const Append& append, const std::stop_token& stop) {
  const SnapshotId id = append.files.snapshot_id;
  const bool is_repeated = unsettled_ == id;
  Written written;
  bool is_written = false;
  bool may_have_happened = false;  // some swap went out and was never answered
  Error last{ErrorKind::kCancelled, "a stop was requested before the commit was tried"};

  const auto deadline = clock_.steady_now() + options_.retry.total_max;
  for (int number = 0; number < options_.retry.attempts_max; ++number) {
    if (number > 0) {
      if (clock_.steady_now() >= deadline) break;
      if (options_.retry.on_repeat) options_.retry.on_repeat(last);
      if (!sleep_unless_stopped(retry_delay(options_.retry, number), stop)) break;
    }
    if (number > 0 || is_repeated) {
      // Whatever the last answer was: look at the table before anything is sent again.
      if (const auto refreshed = refresh(); !refreshed) {
        last = refreshed.error();
        if (is_retryable(last.kind)) continue;
        break;
      }
    }
    const auto is_held = holds(append.files, append.epoch, append.ledger.pipeline);
    if (!is_held) {
      last = is_held.error();
      if (is_retryable(last.kind)) continue;
      break;
    }
    if (*is_held) {
      if (may_have_happened) log::info("commit {} confirmed after an unknown outcome", id);
      ++stats_.commits;
      return discard_lost_attempts(append.files, append.epoch);
    }
    // Fenced is certain even after an unknown outcome: the swap that went out asked for the head that
    // the table has left, so it can no longer be applied.
    CALVE_TRY(check_continues(table(), append));
    if (!is_written) {
      const auto done = write_manifests(append, written);
      if (!done) {
        last = done.error();
        if (is_retryable(last.kind)) continue;
        break;
      }
      is_written = true;
    }
    auto outcome = attempt(append, written, number);
    if (!outcome) {
      last = outcome.error();
      if (is_retryable(last.kind)) continue;
      break;
    }
    const Round round = std::visit(Overload{[&](Applied& applied) {
                                              loaded_ = std::move(applied.table);
                                              return Round::kDone;
                                            },
                                            [&](Lost& lost) {
                                              ++stats_.conflicts;
                                              last = {ErrorKind::kUnavailable, std::move(lost.why.message)};
                                              return Round::kAgain;
                                            },
                                            [&](NotApplied& not_applied) {
                                              ++stats_.retries;
                                              last = std::move(not_applied.why);
                                              return Round::kAgain;
                                            },
                                            [&](Unknown& unknown) {
                                              ++stats_.unknown_outcomes;
                                              may_have_happened = true;
                                              last = std::move(unknown.why);
                                              return Round::kAgain;
                                            }},
                                   *outcome);
    if (round == Round::kDone) {
      ++stats_.commits;
      if (is_repeated) return discard_lost_attempts(append.files, append.epoch);
      return number == 0 ? Result<void>{} : discard_lost_attempts(append.files, append.epoch, number + 1);
    }
    if (!is_retryable(last.kind) && last.kind != ErrorKind::kUnknownOutcome) break;
  }
  if (may_have_happened) {
    return fail(
        ErrorKind::kUnknownOutcome,
        fmt::format("It is not known whether snapshot {} was committed. Nothing was deleted; the next start "
                    "finds out from the table: {}",
                    id, last.message));
  }
  return std::unexpected(last);
}

Result<bool> TableCommitter::holds(const EpochFiles& files, const Uuid& epoch, const std::string& pipeline) {
  switch (CALVE_TRY(fate_of(table(), files, epoch, pipeline))) {
    case Fate::kCommitted:
      return true;
    case Fate::kNeverCommitted:
      return false;
    case Fate::kUnclear:
      return is_referenced(store_, table(), files, epoch);
  }
  std::unreachable();
}

Result<void> TableCommitter::discard(const EpochFiles& files, const Uuid& epoch) {
  for (const std::string& path : epoch_paths(files, epoch))
    CALVE_TRY(store_.remove(path));
  return {};
}

// The manifests that a committed snapshot brought in are in its list. If that snapshot was expired since,
// they may be in any list that there is.
Result<std::set<std::string>> TableCommitter::manifests_since(SnapshotId committed) {
  std::set<std::string> paths;
  const auto add_all = [&](const std::vector<iceberg::ManifestFile>& manifests) {
    for (const iceberg::ManifestFile& manifest : manifests)
      paths.insert(manifest.manifest_path);
  };
  if (manifests_of_ == committed) {
    add_all(manifests_);
    return paths;
  }
  const bool is_expired = iceberg::find_snapshot(table(), committed) == nullptr;
  for (const iceberg::Snapshot& snapshot : table().snapshots) {
    if (!is_expired && snapshot.id != committed) continue;
    add_all(CALVE_TRY(iceberg::read_manifest_list(CALVE_TRY(store_.read(snapshot.manifest_list)))));
  }
  return paths;
}

Result<void> TableCommitter::discard_lost_attempts(const EpochFiles& files, const Uuid& epoch, int attempts) {
  const std::set<std::string> manifests = CALVE_TRY(manifests_since(files.snapshot_id));
  const iceberg::Snapshot* committed = iceberg::find_snapshot(table(), files.snapshot_id);
  // Long after the commit its own manifest may have been merged into another.
  const std::string own = manifest_path(files, epoch);
  if (!manifests.contains(own)) CALVE_TRY(store_.remove(own));
  for (int number = 0; number < attempts; ++number) {
    const std::string list = manifest_list_path(files, epoch, number);
    if (committed == nullptr || committed->manifest_list != list) CALVE_TRY(store_.remove(list));
    const std::string merged = merged_manifest_path(files, epoch, number);
    if (!manifests.contains(merged)) CALVE_TRY(store_.remove(merged));
  }
  return {};
}

}  // namespace calve::commit
