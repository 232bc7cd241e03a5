#include "calve/cli/verification.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "calve/cli/ledger_audit.h"
#include "calve/cli/table_audit.h"
#include "calve/commit/position.h"
#include "calve/commit/table_setup.h"
#include "calve/contract/decoder.h"

namespace calve::cli {
namespace {

constexpr Milliseconds kPollWait{200};
constexpr Milliseconds kAssignmentWaitMax{30'000};
constexpr Milliseconds kSourceSilenceMax{30'000};  // without a batch, below the position

std::unexpected<Error> stopped() {
  return fail(ErrorKind::kCancelled, "Stopped before every offset was accounted for; start it again");
}

// A row says its partition and offset, and not whose: of two logs the same offset may be in the table once
// each.
Result<void> check_one_pipeline(const iceberg::TableMetadata& orders, const iceberg::TableMetadata& rejects) {
  std::set<std::string> pipelines;
  for (const auto* table : {&orders, &rejects})
    for (std::string& pipeline : commit::pipelines_of(*table))
      pipelines.insert(std::move(pipeline));
  if (pipelines.size() <= 1) return {};
  return fail(ErrorKind::kUnsupported,
              fmt::format("The tables hold rows of {} pipelines, which cannot be told apart by partition and "
                          "offset alone; give each pipeline tables of its own to have it verified: {}",
                          pipelines.size(), fmt::join(pipelines, ", ")));
}

// Until the source knows each partition, and with it that they can be opened. Gives their ends.
Result<std::map<PartitionId, Offset>> meet_source(source::Source& source, const commit::Position& position,
                                                  const std::stop_token& stop) {
  if (position.source && !batch::may_be_same_log(*position.source, source.identity())) {
    return fail(
        ErrorKind::kConfig,
        fmt::format("The source is not the log that the table was filled from; check the topic's name, the "
                    "broker's address or the file log's folder: table {} {}, source {} {}",
                    position.source->topic, position.source->topic_id, source.identity().topic,
                    source.identity().topic_id));
  }
  auto ends = CALVE_TRY(source.end_offsets());
  for (const auto& [partition, next] : position.next) {
    const auto end = ends.find(partition);
    if (end == ends.end() || end->second < next) {
      return fail(
          ErrorKind::kSourceGap,
          fmt::format("The source ends before the table's position, so it cannot prove the table; was it cut "
                      "off or created anew? Partition {}, position {}, end of the source {}",
                      partition, next, end == ends.end() ? Offset(0) : end->second));
    }
  }
  std::size_t assigned = 0;
  const auto deadline = system_clock().steady_now() + kAssignmentWaitMax;
  while (assigned < ends.size()) {
    if (stop.stop_requested()) return stopped();
    if (system_clock().steady_now() > deadline) {
      return fail(ErrorKind::kUnreachable,
                  fmt::format("The source does not give its partitions; check that the broker runs: {} of {}",
                              assigned, ends.size()));
    }
    for (const source::Event& event : CALVE_TRY(source.poll(kPollWait, stop))) {
      if (const auto* news = std::get_if<source::Assigned>(&event)) assigned += news->partitions.size();
    }
  }
  return ends;
}

// Says of each record of a batch how it was judged, front to back.
class Judge {
 public:
  explicit Judge(const contract::Contract* contract) {
    if (contract != nullptr) decoder_.emplace(*contract);
  }

  void take(const batch::RecordBatch& batch) {
    if (!decoder_) return;
    rejects_ = &decoder_->decode(batch, Timestamp()).rejects;
    next_ = 0;
  }
  Verdict verdict(Offset offset) {
    if (!decoder_) return Verdict::kNotJudged;
    if (next_ == rejects_->size() || (*rejects_)[next_].offset != offset) return Verdict::kValid;
    ++next_;
    return Verdict::kRejected;
  }

 private:
  std::optional<contract::Decoder> decoder_;
  const std::vector<contract::Reject>* rejects_ = nullptr;
  std::size_t next_ = 0;
};

// Takes each batch until the reader has come to `end`.
template <class Take>
Result<void> read_to(source::PartitionReader& reader, Offset end, const Take& take,
                     VerificationProgress& progress, const std::stop_token& stop) {
  batch::RecordBatch batch;
  auto last_batch = system_clock().steady_now();
  while (reader.position() < end) {
    if (stop.stop_requested()) return stopped();
    const auto outcome = CALVE_TRY(reader.read(batch, {}));
    const auto now = system_clock().steady_now();
    if (outcome == source::ReadOutcome::kNothing) {
      if (now - last_batch > kSourceSilenceMax) {
        return fail(ErrorKind::kUnreachable,
                    fmt::format("The source gives nothing more, though it has not reached the end that it "
                                "named; check that the broker runs: partition {}, at {}, end {}",
                                reader.partition(), reader.position(), end));
      }
      std::this_thread::sleep_for(std::min(reader.retry_after(), kPollWait));
      continue;
    }
    last_batch = now;
    take(batch);
    progress.records += static_cast<std::int64_t>(batch.records.size());
  }
  return {};
}

}  // namespace

PartitionAccount Verification::total() const {
  PartitionAccount total;
  for (const auto& [partition, account] : partitions) {
    total.records += account.records;
    total.valid += account.valid;
    total.rejected += account.rejected;
    total.before_source += account.before_source;
    total.rejects_ahead += account.rejects_ahead;
    for (std::size_t kind = 0; kind < account.faults.size(); ++kind)
      total.faults[kind] += account.faults[kind];
  }
  return total;
}

bool Verification::is_exact() const {
  return complaints.empty() && total().fault_count() == 0;
}

Result<Verification> verify_tables(const VerificationInputs& inputs, VerificationProgress& progress,
                                   const std::stop_token& stop) {
  Verification verification;
  Complaints& complaints = verification.complaints;
  // Orders first: rejects are committed before their orders, so that those of this position are there.
  const auto orders = CALVE_TRY(inputs.catalog.load(inputs.orders)).metadata;
  const auto rejects = CALVE_TRY(inputs.catalog.load(inputs.rejects)).metadata;
  CALVE_TRY(check_one_pipeline(orders, rejects));
  if (inputs.contract != nullptr) {
    CALVE_TRY(commit::schema_updates(inputs.orders, orders, inputs.contract->table_schema()));
  }
  const commit::Position position = CALVE_TRY(commit::read_position(orders, inputs.pipeline));
  const commit::Position rejects_position = CALVE_TRY(commit::read_position(rejects, inputs.pipeline));

  RowsByPartition rows;
  {
    const TableFiles orders_files = CALVE_TRY(read_table_files(inputs.store, orders, complaints));
    const TableFiles rejects_files = CALVE_TRY(read_table_files(inputs.store, rejects, complaints));
    if (!position.source && !orders_files.live.empty()) {
      return fail(
          ErrorKind::kConfig,
          fmt::format("The table has rows, and no position of this pipeline; check CALVE_PIPELINE: {}",
                      inputs.pipeline));
    }
    progress.files = static_cast<std::int64_t>(orders_files.live.size() + rejects_files.live.size());
    CALVE_TRY(collect_rows(inputs.store, orders, orders_files, &TableRows::orders, rows, complaints));
    CALVE_TRY(collect_rows(inputs.store, rejects, rejects_files, &TableRows::rejects, rows, complaints));
    CALVE_TRY(check_files(inputs.store, orders_files, complaints));
    CALVE_TRY(check_files(inputs.store, rejects_files, complaints));
  }
  CALVE_TRY(check_ledger_chain(orders, inputs.pipeline, complaints));
  CALVE_TRY(check_ledger_chain(rejects, inputs.pipeline, complaints));
  CALVE_TRY(check_ledger_counts(orders, inputs.pipeline, rows, complaints));

  const auto ends = CALVE_TRY(meet_source(inputs.source, position, stop));
  std::set<PartitionId> partitions;
  for (const auto& [partition, of_it] : rows)
    partitions.insert(partition);
  for (const auto& [partition, end] : ends)
    partitions.insert(partition);
  Judge judge(inputs.contract);
  for (const PartitionId partition : partitions) {
    auto node = rows.extract(partition);
    const bool has_rows = !node.empty();
    Accountant accountant(has_rows ? std::move(node.mapped()) : TableRows{});
    const auto next = commit::next_offset(position, partition);
    if (const auto end = ends.find(partition); end != ends.end()) {
      const auto readers = CALVE_TRY(inputs.source.open({{.partition = partition}}));
      source::PartitionReader& reader = *readers.front();
      if (next) accountant.begin(reader.position());
      const auto take = [&](const batch::RecordBatch& batch) {
        const auto waiting = std::ranges::lower_bound(batch.records, next.value_or(Offset(0)), {},
                                                      &batch::RecordBatch::Record::offset);
        if (waiting != batch.records.begin()) judge.take(batch);
        for (auto record = batch.records.begin(); record != waiting; ++record)
          accountant.record(record->offset, judge.verdict(record->offset));
        verification.not_read_yet += std::ranges::lower_bound(waiting, batch.records.end(), end->second, {},
                                                              &batch::RecordBatch::Record::offset) -
                                     waiting;
      };
      CALVE_TRY(read_to(reader, end->second, take, progress, stop));
    }
    if (!next && !has_rows) continue;  // all of it waits
    verification.partitions[partition] =
        accountant.finish({.orders = next.value_or(Offset(0)),
                           .rejects = commit::next_offset(rejects_position, partition).value_or(Offset(0))});
  }
  if (inputs.strays == Strays::kSearch) {
    for (const auto* identifier : {&inputs.orders, &inputs.rejects}) {
      CALVE_TRY(check_strays({.store = inputs.store,
                              .catalog = inputs.catalog,
                              .identifier = *identifier,
                              .orders_location = orders.location},
                             complaints));
    }
  }
  return verification;
}

}  // namespace calve::cli
