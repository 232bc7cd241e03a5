#include "calve/runtime/worker.h"

#include <algorithm>
#include <span>
#include <utility>

namespace calve::runtime {
namespace {

// Small enough that a batch's columns stay in the core's cache between the stages, and that a seal
// never waits long for the batch under way.
constexpr source::ReadLimits kReadLimits{
    .records_max = 2'048, .bytes_max = std::size_t{1} << 20, .wait_max = Milliseconds(100)};

}  // namespace

Worker::Worker(const Setup& setup)
    : contract_(setup.contract),
      store_(setup.store),
      clock_(setup.clock),
      metrics_(setup.metrics),
      health_(setup.health),
      topic_(setup.topic),
      open_writers_bytes_max_(setup.open_writers_bytes_max),
      decoder_(setup.contract),
      event_time_field_(setup.contract.event_time_field()) {}

Result<std::unique_ptr<Worker>> Worker::start(const Setup& setup) {
  std::unique_ptr<Worker> worker(new Worker(setup));
  worker->orders_writer_ =
      CALVE_TRY(worker->make_writer(setup.orders, setup.contract.table_schema(), commit::Target::kOrders));
  worker->rejects_writer_ =
      CALVE_TRY(worker->make_writer(setup.rejects, contract::rejects_schema(), commit::Target::kRejects));
  worker->thread_ = std::jthread([self = worker.get()](const std::stop_token& stop) { self->run(stop); });
  return worker;
}

Result<datafile::PartitionedWriter> Worker::make_writer(const iceberg::TableMetadata& table,
                                                        const iceberg::Schema& schema,
                                                        commit::Target target) {
  const auto files = CALVE_TRY(datafile::writer_options(table.properties));
  return datafile::PartitionedWriter::make(
      store_, schema, iceberg::default_spec(table),
      {.files = files, .open_writers_bytes_max = open_writers_bytes_max_}, [this, target] {
        return epoch_->next_data_file(target, batch_.partition, partitions_.at(batch_.partition).range.from);
      });
}

Worker::~Worker() {
  thread_.request_stop();
  readers_.wake();
}

void Worker::post(Command command) {
  {
    const std::lock_guard lock(commands_mutex_);
    commands_.push_back(std::move(command));
  }
  posted_.notify_one();
  readers_.wake();
}

void Worker::add(std::vector<NewReader> readers, commit::Epoch& epoch) {
  post(Add{std::move(readers), &epoch});
}

std::future<Result<EpochPart>> Worker::seal(commit::Epoch& next, std::vector<PartitionId> leaving) {
  Seal command{&next, std::move(leaving), {}};
  auto part = command.part.get_future();
  post(std::move(command));
  return part;
}

std::future<void> Worker::abandon() {
  Abandon command;
  auto done = command.done.get_future();
  post(std::move(command));
  return done;
}

std::map<PartitionId, Offset> Worker::positions() const {
  const std::lock_guard lock(positions_mutex_);
  return positions_;
}

void Worker::run(const std::stop_token& stop) {
  while (auto command = next_command(stop)) {
    if (!std::holds_alternative<Nothing>(*command)) {
      obey(std::move(*command));
      continue;
    }
    if (const auto stepped = step(stop); !stepped) {
      error_ = stepped.error();
      has_failed_ = true;
    }
  }
}

std::optional<Worker::Command> Worker::next_command(const std::stop_token& stop) {
  std::unique_lock lock(commands_mutex_);
  const bool is_idle = error_.has_value() || readers_.empty();
  if (is_idle) posted_.wait(lock, stop, [&] { return !commands_.empty(); });
  if (stop.stop_requested()) return std::nullopt;
  if (commands_.empty()) return Nothing{};
  Command command = std::move(commands_.front());
  commands_.pop_front();
  return command;
}

void Worker::obey(Command command) {
  if (auto* add = std::get_if<Add>(&command)) {
    epoch_ = add->epoch;
    for (NewReader& added : add->readers) {
      const PartitionId partition = added.reader->partition();
      const Offset start = added.reader->position();
      partitions_[partition] = {.range = {.partition = partition, .from = start, .to = start},
                                .known_rejects = added.known_rejects};
      readers_.add(std::move(added.reader));
      set_position(partition, start);
    }
    return;
  }
  if (auto* seal = std::get_if<Seal>(&command)) {
    Result<EpochPart> part = error_ ? Result<EpochPart>(std::unexpected(*error_)) : finish_part();
    for (const PartitionId partition : seal->leaving) {
      readers_.remove(partition);
      partitions_.erase(partition);
    }
    if (!part) {
      error_ = part.error();
      has_failed_ = true;
    }
    epoch_ = seal->next;
    seal->part.set_value(std::move(part));
    return;
  }
  auto& abandon = std::get<Abandon>(command);
  drop_everything();
  abandon.done.set_value();
}

// One batch through the stages.
Result<void> Worker::step(const std::stop_token& stop) {
  const auto outcome = CALVE_TRY(readers_.read(batch_, kReadLimits, stop));
  if (outcome == source::ReadOutcome::kNothing) return {};

  const contract::Decoded& decoded = decoder_.decode(batch_, clock_.now());
  PartitionState& state = partitions_.at(batch_.partition);
  CALVE_TRY(orders_writer_->append(decoded.rows));
  CALVE_TRY(write_rejects(decoded, state));
  account(decoded, state);
  return {};
}

Result<void> Worker::write_rejects(const contract::Decoded& decoded, const PartitionState& state) {
  // Rejects that an epoch before a crash has committed already are read again, and not written again.
  const auto first_new = std::ranges::find_if(decoded.rejects, [&](const contract::Reject& reject) {
    return !state.known_rejects || reject.offset >= *state.known_rejects;
  });
  const std::span fresh(first_new, decoded.rejects.end());
  if (fresh.empty()) return {};
  contract::write_reject_columns(fresh,
                                 {.topic = topic_,
                                  .partition = batch_.partition,
                                  .rejected_at = clock_.now(),
                                  .contract_version = contract_.version()},
                                 reject_rows_);
  return rejects_writer_->append(reject_rows_);
}

void Worker::account(const contract::Decoded& decoded, PartitionState& state) {
  commit::LedgerRange& range = state.range;
  range.to = batch_.to;
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
  for (const auto& record : batch_.records)
    part_.source_times.add(record.timestamp);
  if (!batch_.records.empty()) {
    const Timestamp oldest =
        std::ranges::min(batch_.records, {}, &batch::RecordBatch::Record::timestamp).timestamp;
    part_.oldest_source_timestamp = std::min(part_.oldest_source_timestamp.value_or(oldest), oldest);
    health_.saw_input(clock_.steady_now());
  }

  const auto bytes = static_cast<std::int64_t>(batch_.payload_bytes());
  epoch_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  metrics_.count_read(static_cast<std::int64_t>(batch_.records.size()), bytes);
  for (const contract::Reject& reject : decoded.rejects)
    metrics_.count_rejects(reject.code, 1);
  set_position(batch_.partition, batch_.to);
}

void Worker::set_position(PartitionId partition, Offset position) {
  const std::lock_guard lock(positions_mutex_);
  positions_[partition] = position;
}

Result<EpochPart> Worker::finish_part() {
  part_.orders_files = CALVE_TRY(orders_writer_->flush());
  part_.rejects_files = CALVE_TRY(rejects_writer_->flush());
  for (auto& [partition, state] : partitions_) {
    if (state.range.to == state.range.from) continue;
    part_.ranges.push_back(state.range);
    state.range = {.partition = partition, .from = state.range.to, .to = state.range.to};
  }
  epoch_bytes_ = 0;
  return std::exchange(part_, {});
}

void Worker::drop_everything() {
  orders_writer_->abandon();
  rejects_writer_->abandon();
  for (const auto& [partition, state] : partitions_)
    readers_.remove(partition);
  partitions_.clear();
  part_ = {};
  epoch_ = nullptr;
  epoch_bytes_ = 0;
  error_.reset();
  has_failed_ = false;
  const std::lock_guard lock(positions_mutex_);
  positions_.clear();
}

}  // namespace calve::runtime
