#include "calve/cli/verification.h"

#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "calve/cli/ledger_audit.h"
#include "calve/cli/table_audit.h"
#include "calve/commit/position.h"
#include "calve/contract/decoder.h"

namespace calve::cli {
namespace {

constexpr Milliseconds kPollWait{200};
constexpr Milliseconds kAssignmentWaitMax{30'000};
constexpr Milliseconds kSourceSilenceMax{30'000};  // without a batch, below the position

std::unexpected<Error> stopped() {
  return fail(ErrorKind::kCancelled, "Stopped before every offset was accounted for; start it again");
}

// Until the source knows each partition of the position, and with it that they can be opened.
Result<void> meet_source(source::Source& source, const commit::Position& position,
                         const std::stop_token& stop) {
  if (!position.source) return {};
  if (!batch::may_be_same_log(*position.source, source.identity())) {
    return fail(
        ErrorKind::kConfig,
        fmt::format("The source is not the log that the table was filled from; check the topic's name, the "
                    "broker's address or the file log's folder: table {} {}, source {} {}",
                    position.source->topic, position.source->topic_id, source.identity().topic,
                    source.identity().topic_id));
  }
  const auto ends = CALVE_TRY(source.end_offsets());
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
  return {};
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

Result<void> account_records(source::PartitionReader& reader, Offset position, Judge& judge,
                             Accountant& accountant, VerificationProgress& progress,
                             const std::stop_token& stop) {
  accountant.begin(reader.position());
  batch::RecordBatch batch;
  auto last_batch = system_clock().steady_now();
  while (reader.position() < position) {
    if (stop.stop_requested()) return stopped();
    const auto outcome = CALVE_TRY(reader.read(batch, {}));
    const auto now = system_clock().steady_now();
    if (outcome == source::ReadOutcome::kNothing) {
      if (now - last_batch > kSourceSilenceMax) {
        return fail(
            ErrorKind::kUnreachable,
            fmt::format(
                "The source gives nothing more, though it has not reached the table's position; check "
                "that the broker runs: partition {}, at {}, position {}",
                reader.partition(), reader.position(), position));
      }
      std::this_thread::sleep_for(std::min(reader.retry_after(), kPollWait));
      continue;
    }
    last_batch = now;
    judge.take(batch);
    for (const batch::RecordBatch::Record& record : batch.records) {
      if (record.offset >= position) break;
      accountant.record(record.offset, judge.verdict(record.offset));
    }
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

  CALVE_TRY(meet_source(inputs.source, position, stop));
  for (const auto& [partition, next] : position.next)
    rows.try_emplace(partition);
  Judge judge(inputs.contract);
  while (!rows.empty()) {
    auto node = rows.extract(rows.begin());
    const PartitionId partition = node.key();
    Accountant accountant(std::move(node.mapped()));
    const auto next = commit::next_offset(position, partition);
    if (next) {
      const auto readers = CALVE_TRY(inputs.source.open({{.partition = partition}}));
      CALVE_TRY(account_records(*readers.front(), *next, judge, accountant, progress, stop));
    }
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
