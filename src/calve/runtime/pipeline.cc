#include "calve/runtime/pipeline.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "calve/base/crash_point.h"
#include "calve/base/log.h"
#include "calve/base/retry.h"

namespace calve::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds kPollMax = 20ms;    // how late a seal may be
constexpr Milliseconds kCleanUpSoon = 2s;  // while others' journals are open
constexpr Milliseconds kCleanUpLater = 60s;
constexpr int kRewindsInARowMax = 20;  // by another writer, without a commit of ours between
const RetryPolicy kRewindPauses{.first_delay = 200ms, .delay_max = 10s};

bool has_events(const EpochPart& part) {
  return std::ranges::any_of(part.ranges, [](const auto& range) { return range.valid + range.rejected > 0; });
}

void merge(EpochPart& into, EpochPart&& part) {
  const auto move_all = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  move_all(into.ranges, part.ranges);
  move_all(into.orders_files, part.orders_files);
  move_all(into.rejects_files, part.rejects_files);
  if (!into.oldest_source_timestamp ||
      (part.oldest_source_timestamp && *part.oldest_source_timestamp < *into.oldest_source_timestamp)) {
    into.oldest_source_timestamp = part.oldest_source_timestamp;
  }
  part.event_times.for_each([&](Timestamp time, std::int64_t count) { into.event_times.add(time, count); });
  part.source_times.for_each([&](Timestamp time, std::int64_t count) { into.source_times.add(time, count); });
}

// Stops that a new try cannot cure.
bool is_curable(ErrorKind kind) {
  return is_retryable(kind) || kind == ErrorKind::kFenced;
}

// Asks `over` to stop after the limit, unless it is destroyed before.
std::jthread stop_after(Milliseconds limit, std::stop_source& over) {
  return std::jthread([limit, &over](const std::stop_token& done) {
    if (sleep_unless_stopped(limit, done)) over.request_stop();
  });
}

// A stop with an answering store: what is left can be deleted at once. Otherwise its journal stays open.
bool is_orderly(ErrorKind kind) {
  return !is_retryable(kind) && kind != ErrorKind::kUnknownOutcome && kind != ErrorKind::kCancelled;
}

int worker_count(const Options& options, std::size_t partitions) {
  const int wanted =
      options.workers > 0 ? options.workers : static_cast<int>(std::thread::hardware_concurrency());
  return std::max(1, std::min(wanted, static_cast<int>(partitions)));
}

commit::TableCommitter::Options table_options(Health& health) {
  commit::TableCommitter::Options options;
  options.retry.on_repeat = [&health](const Error& error) { health.met_obstacle(error.message); };
  return options;
}

}  // namespace

Pipeline::Pipeline(const Parts& parts, Options options)
    : parts_(parts),
      options_(std::move(options)),
      topic_(parts.source.identity().topic),
      committer_(parts.catalog, parts.store, parts.clock,
                 {.pipeline = options_.pipeline,
                  .source = parts.source.identity(),
                  .orders = options_.orders,
                  .rejects = options_.rejects,
                  .table = table_options(parts.health)}),
      reject_limit_({.share_max = options_.rejects_share_max, .judged_from = options_.rejects_judged_from}) {}

Pipeline::~Pipeline() = default;

Result<Summary> Pipeline::run(const std::stop_token& stop) {
  CALVE_TRY(start());
  const Result<void> done = stream(stop);
  for (const auto& worker : workers_)
    worker->abandon().wait();
  if (!done) {
    if (is_orderly(done.error().kind)) give_up(*epoch_);
    return std::unexpected(done.error());
  }
  CALVE_TRY(committer_.give_up(*epoch_));
  clean_up_last(stop);
  return summary_;
}

Result<void> Pipeline::stream(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    CALVE_TRY(handle_events(stop));
    if (options_.until == Until::kSourceEnd && CALVE_TRY(is_at_end())) break;
    if (!is_commit_due()) continue;
    CALVE_TRY(commit_epoch({}, stop));
    clean_up(stop);
  }
  return commit_last();
}

Result<void> Pipeline::start() {
  CALVE_TRY(committer_.resume());
  epoch_ = committer_.open_epoch();
  ends_ = CALVE_TRY(parts_.source.end_offsets());
  CALVE_TRY(check_partitions());
  const int workers = worker_count(options_, ends_.size());
  for (int i = 0; i < workers; ++i) {
    auto worker = CALVE_TRY(
        Worker::start({.writer = {.contract = parts_.contract,
                                  .store = parts_.store,
                                  .clock = parts_.clock,
                                  .topic = topic_,
                                  .orders = committer_.orders().table(),
                                  .rejects = committer_.rejects().table(),
                                  .open_writers_bytes_max = options_.open_writers_bytes_max / workers},
                       .metrics = parts_.metrics,
                       .health = parts_.health}));
    workers_.push_back(std::move(worker));
  }
  last_seal_ = parts_.clock.steady_now();
  next_clean_up_ = last_seal_;
  return {};
}

// A partition that is gone is never assigned: without this look nobody would miss it.
Result<void> Pipeline::check_partitions() const {
  for (const auto& [partition, next] : committer_.position().next) {
    if (ends_.contains(partition)) continue;
    return fail(ErrorKind::kSourceGap,
                fmt::format("The source no longer has a partition that the table has a position of. Put it "
                            "back, or set CALVE_PIPELINE and ICEBERG_TABLE to new names to read the source "
                            "from its start: {}, partition {}, next offset {}",
                            topic_, partition, next));
  }
  return {};
}

Result<void> Pipeline::handle_events(const std::stop_token& stop) {
  auto events = parts_.source.poll(kPollMax, stop);
  if (!events) return std::unexpected(events.error());
  source::Health health = parts_.source.health();
  parts_.health.set_source_problem(health.reachable ? "" : std::move(health.reason));
  for (const source::Event& event : *events) {
    if (const auto* assigned = std::get_if<source::Assigned>(&event)) {
      const auto taken = take_on(assigned->partitions);
      if (taken) continue;
      // A broker that is only just back, or the store, may not have answered in time.
      if (!is_retryable(taken.error().kind)) return taken;
      CALVE_TRY(rewind(taken.error(), stop));
    } else {
      CALVE_TRY(let_go(std::get<source::Revoked>(event).partitions, stop));
    }
  }
  return {};
}

Result<void> Pipeline::take_on(const std::vector<PartitionId>& partitions) {
  // Another process may have committed these since we last looked.
  CALVE_TRY(committer_.resume());
  std::vector<source::Start> starts;
  for (const PartitionId partition : partitions) {
    owned_.insert(partition);
    waiting_from_.erase(partition);
    starts.push_back({.partition = partition,
                      .offset = commit::next_offset(committer_.position(), partition),
                      .on_gap = options_.on_gap});
  }
  auto readers = CALVE_TRY(parts_.source.open(starts));
  std::vector<std::vector<Worker::NewReader>> dealt(workers_.size());
  for (auto& reader : readers) {
    const PartitionId partition = reader->partition();
    // The ledger says of a skipped gap what it says of control records: passed, and no event.
    const auto recorded = commit::next_offset(committer_.position(), partition);
    if (recorded && *recorded < reader->position()) waiting_from_[partition] = *recorded;
    log::info("partition {} is read from offset {}", partition, reader->position());
    dealt[static_cast<std::size_t>(partition.value()) % workers_.size()].push_back(
        {.reader = std::move(reader), .known_rejects = committer_.known_rejects(partition)});
  }
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (!dealt[i].empty()) workers_[i]->add(std::move(dealt[i]), *epoch_);
  }
  return {};
}

Result<void> Pipeline::let_go(const std::vector<PartitionId>& partitions, const std::stop_token& stop) {
  for (const PartitionId partition : partitions)
    owned_.erase(partition);
  // What was read of them is committed first; if somebody else was faster, the table says so.
  CALVE_TRY(commit_epoch(partitions, stop));
  return parts_.source.release(partitions);
}

bool Pipeline::is_commit_due() const {
  if (parts_.clock.steady_now() - last_seal_ >= options_.commit_interval) return true;
  std::int64_t bytes = 0;
  for (const auto& worker : workers_) {
    if (worker->has_failed()) return true;
    bytes += worker->epoch_bytes();
  }
  return bytes >= options_.epoch_bytes_max;
}

Result<EpochPart> Pipeline::seal(const std::vector<PartitionId>& leaving,
                                 std::unique_ptr<commit::Epoch>& sealed) {
  auto next = committer_.open_epoch();
  std::vector<std::future<Result<EpochPart>>> parts;
  for (const auto& worker : workers_)
    parts.push_back(worker->seal(*next, leaving));
  sealed = std::exchange(epoch_, std::move(next));
  last_seal_ = parts_.clock.steady_now();

  EpochPart whole;
  std::optional<Error> first_error;
  for (auto& pending : parts) {
    Result<EpochPart> part = pending.get();
    if (part) {
      merge(whole, std::move(*part));
    } else if (!first_error) {
      first_error = part.error();
    }
  }
  if (first_error) return std::unexpected(*first_error);
  return whole;
}

Result<void> Pipeline::commit_epoch(const std::vector<PartitionId>& leaving, const std::stop_token& stop) {
  std::unique_ptr<commit::Epoch> sealed;
  auto part = seal(leaving, sealed);
  const Result<void> done = part ? commit(*sealed, *part, stop) : Result<void>(std::unexpected(part.error()));
  if (done) return {};
  // A gap that a worker met is skipped where its partition is opened again.
  const bool is_gap_to_skip =
      !part && part.error().kind == ErrorKind::kSourceGap && options_.on_gap == source::OnGap::kSkip;
  if (!part || is_curable(done.error().kind)) give_up(*sealed);
  if (!is_gap_to_skip && !is_curable(done.error().kind)) return done;
  return rewind(done.error(), stop);
}

Result<void> Pipeline::commit_last() {
  // Under its own limit: the stop that ends the stream must not end this commit too.
  std::stop_source too_late;
  const std::jthread timer = stop_after(options_.shutdown_timeout, too_late);
  std::unique_ptr<commit::Epoch> sealed;
  auto part = seal({}, sealed);
  const Result<void> done =
      part ? commit(*sealed, *part, too_late.get_token()) : Result<void>(std::unexpected(part.error()));
  if (done) return done;
  if (!part || is_curable(done.error().kind)) give_up(*sealed);
  if (!is_curable(done.error().kind)) return done;
  if (done.error().kind == ErrorKind::kFenced) return {};  // whoever moved the table on reads from there
  return fail(done.error().kind,
              fmt::format("Stopped without the last commit; the next start reads its events again: {}",
                          done.error().message));
}

Result<void> Pipeline::commit(commit::Epoch& sealed, EpochPart& part, const std::stop_token& stop) {
  for (commit::LedgerRange& range : part.ranges) {
    if (const auto waiting = waiting_from_.find(range.partition); waiting != waiting_from_.end()) {
      range.from = waiting->second;
    }
  }
  if (!has_events(part)) {
    // Control records alone: an idle stream commits nothing. The next event takes their range along.
    for (const commit::LedgerRange& range : part.ranges)
      waiting_from_.try_emplace(range.partition, range.from);
    return committer_.give_up(sealed);
  }
  if (const auto may_commit = check_may_commit(part); !may_commit) {
    give_up(sealed);
    return may_commit;
  }

  const auto begun = parts_.clock.steady_now();
  const commit::EpochContents contents{.ranges = part.ranges,
                                       .orders_files = part.orders_files,
                                       .rejects_files = part.rejects_files,
                                       .oldest_source_timestamp = part.oldest_source_timestamp};
  while (true) {
    const auto committed = committer_.commit(sealed, contents, stop);
    if (committed) break;
    // Nothing may be given up, deleted or acknowledged while it is not known what happened.
    if (committed.error().kind != ErrorKind::kUnknownOutcome || stop.stop_requested()) return committed;
    log::error("asking again: {}", committed.error().message);
    parts_.health.set_problem(committed.error().message);
  }
  for (const commit::LedgerRange& range : part.ranges)
    waiting_from_.erase(range.partition);
  reject_limit_.committed(part.ranges);
  parts_.metrics.observe_commit(std::chrono::duration<double>(parts_.clock.steady_now() - begun).count());
  report(part);
  parts_.source.acknowledge(committer_.position().next);
  pass(CrashPoint::kAfterGroupOffsets);
  return {};
}

Result<void> Pipeline::check_may_commit(const EpochPart& part) {
  CALVE_TRY(reject_limit_.check(part.ranges));
  // A topic that was made anew in the meantime may hold other events at the same offsets.
  return parts_.source.check_identity();
}

void Pipeline::report(const EpochPart& part) {
  const Timestamp now = parts_.clock.now();
  std::int64_t valid = 0;
  std::int64_t rejected = 0;
  for (const commit::LedgerRange& range : part.ranges) {
    valid += range.valid;
    rejected += range.rejected;
    if (const auto end = parts_.source.known_end(range.partition)) {
      parts_.metrics.set_lag(range.partition, std::max<std::int64_t>(0, end->value() - range.to.value()));
    }
  }
  std::int64_t bytes = 0;
  for (const auto* files : {&part.orders_files, &part.rejects_files}) {
    for (const iceberg::DataFile& file : *files)
      bytes += file.file_size_in_bytes;
  }
  parts_.metrics.count_committed(valid, rejected);
  parts_.metrics.count_files(static_cast<std::int64_t>(part.orders_files.size() + part.rejects_files.size()),
                             bytes);
  parts_.metrics.observe_freshness(part.event_times, part.source_times, now);
  parts_.metrics.set_commit_stats(committer_.orders().stats(), committer_.rejects().stats());
  parts_.health.committed();
  summary_.valid += valid;
  summary_.rejected += rejected;
  ++summary_.commits;
  rewinds_in_a_row_ = 0;
}

Result<void> Pipeline::rewind(const Error& why, const std::stop_token& stop) {
  parts_.health.set_problem(why.message);
  if (why.kind == ErrorKind::kFenced) {
    ++summary_.fenced;
    parts_.metrics.count_fenced();
    if (++rewinds_in_a_row_ > kRewindsInARowMax) {
      return fail(
          ErrorKind::kFenced,
          fmt::format(
              "Another process keeps committing the same partitions: {} epochs in a row were given up. "
              "Stop the other one, or give both the same KAFKA_GROUP_ID so that they share the "
              "partitions. {}",
              kRewindsInARowMax, why.message));
    }
  }
  log::warn("reading again from the table's position: {}", why.message);
  for (int attempt = 1;; ++attempt) {
    for (const auto& worker : workers_)
      worker->abandon().wait();
    give_up(*epoch_);
    waiting_from_.clear();
    const auto again = read_again();
    if (again) {
      if (why.kind == ErrorKind::kFenced) parts_.health.committed();
      return {};
    }
    if (!is_retryable(again.error().kind)) return again;
    parts_.health.set_problem(again.error().message);
    if (!sleep_unless_stopped(retry_delay(kRewindPauses, attempt), stop)) {
      return fail(ErrorKind::kCancelled,
                  fmt::format("Stopped while the table could not be reached; what was committed "
                              "is safe: {}",
                              again.error().message));
    }
  }
}

Result<void> Pipeline::read_again() {
  CALVE_TRY(committer_.resume());
  epoch_ = committer_.open_epoch();
  last_seal_ = parts_.clock.steady_now();
  if (owned_.empty()) return {};
  return take_on({owned_.begin(), owned_.end()});
}

Result<bool> Pipeline::is_at_end() {
  std::map<PartitionId, Offset> positions;
  for (const auto& worker : workers_)
    positions.merge(worker->positions());
  // Of a group, each process ends at the end of its own share.
  if (owned_.empty()) return ends_.empty();
  return std::ranges::all_of(ends_, [&](const auto& end) {
    if (!owned_.contains(end.first)) return true;
    const auto position = positions.find(end.first);
    return position != positions.end() && position->second >= end.second;
  });
}

// Best effort: the epoch's journal stays open until its files are deleted.
void Pipeline::give_up(commit::Epoch& epoch) {
  if (const auto given_up = committer_.give_up(epoch); !given_up) {
    log::warn("files of a given-up epoch remain, named by its journal: {}", given_up.error().message);
  }
}

void Pipeline::clean_up_last(const std::stop_token& stop) {
  if (stop.stop_requested()) return;
  // On the table of now: what was opened before the last commit is old enough to be fenced off.
  epoch_ = committer_.open_epoch();
  std::stop_source over;
  const std::stop_callback on_stop(stop, [&] { over.request_stop(); });
  const std::jthread timer = stop_after(options_.shutdown_timeout, over);
  next_clean_up_ = parts_.clock.steady_now();
  clean_up(over.get_token());
}

void Pipeline::clean_up(const std::stop_token& stop) {
  committer_.sweep();
  const auto now = parts_.clock.steady_now();
  if (now < next_clean_up_) return;
  const auto left = committer_.clean_up(*epoch_, stop);
  if (!left)
    log::warn("cleaning up after a writer that is gone will be tried again: {}", left.error().message);
  next_clean_up_ = now + (left && *left == 0 ? kCleanUpLater : kCleanUpSoon);
}

}  // namespace calve::runtime
