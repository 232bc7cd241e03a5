#include "calve/runtime/part_committer.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "calve/base/log.h"

namespace calve::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds kCleanUpInterval = 60s;

template <class T>
void move_to(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

template <class Pick>
std::optional<Timestamp> pick(const std::optional<Timestamp>& a, const std::optional<Timestamp>& b, Pick of) {
  return a && b ? of(*a, *b) : (a ? a : b);
}

// One range a partition, ascending. A writer has two parts here, one following the other, if the checkpoint
// before was aborted after it had sealed for that.
std::vector<commit::LedgerRange> ranges_of(const std::vector<SealedPart>& parts) {
  std::vector<commit::LedgerRange> all;
  for (const SealedPart& part : parts)
    all.insert(all.end(), part.ranges.begin(), part.ranges.end());
  std::ranges::sort(all, {},
                    [](const commit::LedgerRange& range) { return std::pair(range.partition, range.from); });
  std::vector<commit::LedgerRange> joined;
  for (const commit::LedgerRange& next : all) {
    if (joined.empty() || joined.back().partition != next.partition || joined.back().to != next.from) {
      joined.push_back(next);
      continue;
    }
    commit::LedgerRange& range = joined.back();
    range.to = next.to;
    range.valid += next.valid;
    range.rejected += next.rejected;
    range.event_time_min =
        pick(range.event_time_min, next.event_time_min, [](auto a, auto b) { return std::min(a, b); });
    range.event_time_max =
        pick(range.event_time_max, next.event_time_max, [](auto a, auto b) { return std::max(a, b); });
  }
  return joined;
}

// The first part's epoch names the snapshot; the others join it.
commit::EpochContents contents_of(std::vector<SealedPart>& parts) {
  commit::EpochContents contents{.ranges = ranges_of(parts)};
  for (SealedPart& part : parts) {
    move_to(contents.orders_files, part.orders_files);
    move_to(contents.rejects_files, part.rejects_files);
    contents.rejects_from.merge(part.rejects_from);
    if (part.oldest_source_timestamp) {
      contents.oldest_source_timestamp =
          std::min(contents.oldest_source_timestamp.value_or(*part.oldest_source_timestamp),
                   *part.oldest_source_timestamp);
    }
    if (&part != &parts.front()) contents.joined.push_back(part.journal);
  }
  return contents;
}

std::int64_t bytes_of(const commit::EpochContents& contents) {
  std::int64_t bytes = 0;
  for (const auto* files : {&contents.orders_files, &contents.rejects_files}) {
    for (const iceberg::DataFile& file : *files)
      bytes += file.file_size_in_bytes;
  }
  return bytes;
}

}  // namespace

PartCommitter::PartCommitter(const TaskParts& parts, TaskOptions options)
    : parts_(parts),
      options_(std::move(options)),
      committer_(parts.catalog, parts.store, parts.clock,
                 {.pipeline = options_.pipeline,
                  .source = options_.source,
                  .orders = options_.orders,
                  .rejects = options_.rejects}),
      reject_limit_(options_.reject_limit),
      next_clean_up_(parts.clock.steady_now()) {}

Result<std::unique_ptr<PartCommitter>> PartCommitter::open(const TaskParts& parts, TaskOptions options) {
  std::unique_ptr<PartCommitter> committer(new PartCommitter(parts, std::move(options)));
  CALVE_TRY(committer->committer_.resume());
  return committer;
}

Result<PartCommitter::Coverage> PartCommitter::coverage(const std::vector<SealedPart>& parts) {
  std::size_t covered = 0;
  const std::vector<commit::LedgerRange> ranges = ranges_of(parts);
  const commit::LedgerRange* ahead = nullptr;  // of the table's position
  for (const commit::LedgerRange& range : ranges) {
    const auto recorded = next_offset(committer_.position(), range.partition);
    if (recorded && *recorded >= range.to) ++covered;
    if (recorded && *recorded < range.from) ahead = &range;
  }
  if (covered == ranges.size()) return Coverage::kCovered;
  if (ahead != nullptr) {
    return fail(
        ErrorKind::kFenced,
        fmt::format("The job is ahead of the table, which was rolled back or lost a commit: partition {} "
                    "was read from offset {}, the table goes on from {}. Cancel the job and start it "
                    "without a savepoint: it goes on from the table's position",
                    ahead->partition, ahead->from, *next_offset(committer_.position(), ahead->partition)));
  }
  return Coverage::kNext;
}

Result<PartCommitter::Done> PartCommitter::commit(std::string_view committable, const std::stop_token& stop) {
  std::vector<SealedPart> parts = CALVE_TRY(parse_committable(committable));
  if (parts.empty()) return fail(ErrorKind::kInvalidData, "A committable without parts");
  // As of our last commit; if the parts do not follow it, somebody else's are there too.
  const auto known = coverage(parts);
  if (!known || *known == Coverage::kCovered) CALVE_TRY(committer_.resume());
  if (CALVE_TRY(coverage(parts)) == Coverage::kCovered) {
    // Whose files are in the table is not told from here: clean-up finds out and closes the journals.
    return Done{.outcome = Outcome::kAlreadyThere};
  }

  commit::Epoch epoch(parts_.store, parts.front().journal);
  commit::EpochContents contents = contents_of(parts);
  CALVE_TRY(reject_limit_.check(contents.ranges));
  const auto committed = committer_.commit(epoch, contents, stop);
  if (!committed && committed.error().kind == ErrorKind::kFenced) {
    return fail(
        ErrorKind::kFenced,
        fmt::format("Another job or process writes the same partitions into the table; stop one of them "
                    "(what was committed is whole, nothing is lost or doubled). {}",
                    committed.error().message));
  }
  CALVE_TRY(committed);
  reject_limit_.committed(contents.ranges);
  clean_up(parts, stop);
  committer_.sweep();

  Done done{.snapshot_id = epoch.files(commit::Target::kOrders).snapshot_id,
            .files = static_cast<std::int64_t>(contents.orders_files.size() + contents.rejects_files.size()),
            .bytes = bytes_of(contents)};
  for (const commit::LedgerRange& range : contents.ranges) {
    done.valid += range.valid;
    done.rejected += range.rejected;
  }
  if (contents.oldest_source_timestamp) {
    done.freshness = std::chrono::floor<Milliseconds>(parts_.clock.now() - *contents.oldest_source_timestamp);
  }
  return done;
}

// Which epochs the job's writers fill now is not known here, but how old they can be is: each was opened
// after its writer sealed for this checkpoint, which began when the one before was complete. So
// none is older than the oldest epoch of the commit before this.
void PartCommitter::clean_up(const std::vector<SealedPart>& committed, const std::stop_token& stop) {
  OpenedAt oldest;
  for (std::size_t target = 0; target < oldest.size(); ++target) {
    oldest[target] =
        std::ranges::min(committed, {},
                         [&](const SealedPart& part) { return part.journal.tables[target].opened_at; })
            .journal.tables[target]
            .opened_at;
  }
  const auto bound = std::exchange(oldest_before_, oldest);
  const auto now = parts_.clock.steady_now();
  if (!bound || now < next_clean_up_) return;
  next_clean_up_ = now + kCleanUpInterval;
  if (const auto left = committer_.clean_up({.opened_at = *bound}, stop); !left) {
    log::warn("cleaning up after a writer that is gone will be tried again: {}", left.error().message);
  }
}

}  // namespace calve::runtime
