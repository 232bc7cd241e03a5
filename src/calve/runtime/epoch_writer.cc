#include "calve/runtime/epoch_writer.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace calve::runtime {

EpochWriter::EpochWriter(const Setup& setup)
    : contract_(setup.contract),
      clock_(setup.clock),
      topic_(setup.topic),
      decoder_(setup.contract),
      event_time_field_(setup.contract.event_time_field()) {}

Result<std::unique_ptr<EpochWriter>> EpochWriter::make(const Setup& setup) {
  std::unique_ptr<EpochWriter> writer(new EpochWriter(setup));
  writer->orders_writer_ = CALVE_TRY(
      writer->make_writer(setup, setup.orders, setup.contract.table_schema(), commit::Target::kOrders));
  writer->rejects_writer_ = CALVE_TRY(
      writer->make_writer(setup, setup.rejects, contract::rejects_schema(), commit::Target::kRejects));
  return writer;
}

Result<datafile::PartitionedWriter> EpochWriter::make_writer(const Setup& setup,
                                                             const iceberg::TableMetadata& table,
                                                             const iceberg::Schema& schema,
                                                             commit::Target target) {
  const auto files = CALVE_TRY(datafile::writer_options(table.properties));
  return datafile::PartitionedWriter::make(
      setup.store, schema, iceberg::default_spec(table),
      {.files = files, .open_writers_bytes_max = setup.open_writers_bytes_max}, [this, target] {
        return epoch_->next_data_file(target, partition_, partitions_.at(partition_).range.from);
      });
}

void EpochWriter::add(PartitionId partition, Offset start, std::optional<Offset> known_rejects) {
  partitions_[partition] = {.range = {.partition = partition, .from = start, .to = start},
                            .known_rejects = known_rejects};
}

Result<const contract::Decoded*> EpochWriter::append(const batch::RecordBatch& batch) {
  partition_ = batch.partition;
  PartitionState& state = partitions_.at(batch.partition);
  const contract::Decoded& decoded = decoder_.decode(batch, clock_.now());
  CALVE_TRY(orders_writer_->append(decoded.rows));
  CALVE_TRY(write_rejects(decoded, state));
  account(batch, decoded, state);
  return &decoded;
}

Result<void> EpochWriter::write_rejects(const contract::Decoded& decoded, const PartitionState& state) {
  // Rejects that an epoch before a crash has committed already are read again, and not written again.
  const auto first_new = std::ranges::find_if(decoded.rejects, [&](const contract::Reject& reject) {
    return !state.known_rejects || reject.offset >= *state.known_rejects;
  });
  const std::span fresh(first_new, decoded.rejects.end());
  if (fresh.empty()) return {};
  contract::write_reject_columns(fresh,
                                 {.topic = topic_,
                                  .partition = partition_,
                                  .rejected_at = clock_.now(),
                                  .contract_version = contract_.version()},
                                 reject_rows_);
  return rejects_writer_->append(reject_rows_);
}

void EpochWriter::account(const batch::RecordBatch& batch, const contract::Decoded& decoded,
                          PartitionState& state) {
  commit::LedgerRange& range = state.range;
  range.to = batch.to;
  range.valid += static_cast<std::int64_t>(decoded.rows.row_count);
  range.rejected += static_cast<std::int64_t>(decoded.rejects.size());
  if (decoded.min_event_time) {
    range.event_time_min =
        std::min(range.event_time_min.value_or(*decoded.min_event_time), *decoded.min_event_time);
    range.event_time_max =
        std::max(range.event_time_max.value_or(*decoded.max_event_time), *decoded.max_event_time);
  }
  if (event_time_field_) {
    const batch::Column* column = decoded.rows.find(*event_time_field_);
    for (const std::int64_t micros : std::get<std::vector<std::int64_t>>(column->values)) {
      part_.event_times.add(timestamp_from_micros(micros));
    }
  }
  if (batch.records.empty()) return;
  for (const auto& record : batch.records)
    part_.source_times.add(record.timestamp);
  const Timestamp oldest =
      std::ranges::min(batch.records, {}, &batch::RecordBatch::Record::timestamp).timestamp;
  part_.oldest_source_timestamp = std::min(part_.oldest_source_timestamp.value_or(oldest), oldest);
}

Result<EpochPart> EpochWriter::finish() {
  part_.orders_files = CALVE_TRY(orders_writer_->flush());
  part_.rejects_files = CALVE_TRY(rejects_writer_->flush());
  for (auto& [partition, state] : partitions_) {
    if (state.range.to == state.range.from) continue;
    part_.ranges.push_back(state.range);
    if (state.range.rejected > 0) {
      part_.rejects_from[partition] =
          std::max(state.range.from, state.known_rejects.value_or(state.range.from));
    }
    state.range = {.partition = partition, .from = state.range.to, .to = state.range.to};
  }
  return std::exchange(part_, {});
}

void EpochWriter::abandon() {
  orders_writer_->abandon();
  rejects_writer_->abandon();
  partitions_.clear();
  part_ = {};
  epoch_ = nullptr;
}

}  // namespace calve::runtime
