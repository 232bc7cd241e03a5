#include "calve/runtime/worker.h"

#include <utility>

namespace calve::runtime {
namespace {

// Small enough that a batch's columns stay in the core's cache between the stages, and that a seal
// never waits long for the batch under way.
constexpr source::ReadLimits kReadLimits{
    .records_max = 2'048, .bytes_max = std::size_t{1} << 20, .wait_max = Milliseconds(100)};

}  // namespace

Worker::Worker(const Setup& setup, std::unique_ptr<EpochWriter> writer)
    : clock_(setup.writer.clock),
      metrics_(setup.metrics),
      health_(setup.health),
      writer_(std::move(writer)) {}

Result<std::unique_ptr<Worker>> Worker::start(const Setup& setup) {
  auto writer = CALVE_TRY(EpochWriter::make(setup.writer));
  std::unique_ptr<Worker> worker(new Worker(setup, std::move(writer)));
  worker->thread_ = std::jthread([self = worker.get()](const std::stop_token& stop) { self->run(stop); });
  return worker;
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
    writer_->open(*add->epoch);
    for (NewReader& added : add->readers) {
      const PartitionId partition = added.reader->partition();
      const Offset start = added.reader->position();
      writer_->add(partition, start, added.known_rejects);
      partitions_.insert(partition);
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
      writer_->remove(partition);
    }
    if (!part) {
      error_ = part.error();
      has_failed_ = true;
    }
    writer_->open(*seal->next);
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

  const contract::Decoded* decoded = CALVE_TRY(writer_->append(batch_));
  count(*decoded);
  set_position(batch_.partition, batch_.to);
  return {};
}

void Worker::count(const contract::Decoded& decoded) {
  if (!batch_.records.empty()) health_.saw_input(clock_.steady_now());
  const auto bytes = static_cast<std::int64_t>(batch_.payload_bytes());
  epoch_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  metrics_.count_read(static_cast<std::int64_t>(batch_.records.size()), bytes);
  for (const contract::Reject& reject : decoded.rejects)
    metrics_.count_rejects(reject.code, 1);
}

void Worker::set_position(PartitionId partition, Offset position) {
  const std::lock_guard lock(positions_mutex_);
  positions_[partition] = position;
}

Result<EpochPart> Worker::finish_part() {
  auto part = CALVE_TRY(writer_->finish());
  epoch_bytes_ = 0;
  return part;
}

void Worker::drop_everything() {
  writer_->abandon();
  for (const PartitionId partition : partitions_)
    readers_.remove(partition);
  partitions_.clear();
  epoch_bytes_ = 0;
  error_.reset();
  has_failed_ = false;
  const std::lock_guard lock(positions_mutex_);
  positions_.clear();
}

}  // namespace calve::runtime
