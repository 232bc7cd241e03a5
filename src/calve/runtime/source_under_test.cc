#include "calve/runtime/source_under_test.h"

#include <algorithm>
#include <utility>

namespace calve::runtime {
namespace {

using source::ReadOutcome;

std::vector<PartitionId> ids(const std::vector<int>& partitions) {
  return {partitions.begin(), partitions.end()};
}

}  // namespace

class SourceUnderTest::Reader final : public source::PartitionReader {
 public:
  Reader(SourceUnderTest& source, PartitionId partition, Offset position)
      : source_(source), partition_(partition), position_(position) {}

  PartitionId partition() const override { return partition_; }
  Offset position() const override { return position_; }

  Result<ReadOutcome> read(batch::RecordBatch& into, const source::ReadLimits& limits) override {
    const std::lock_guard lock(source_.mutex_);
    if (const auto error = source_.read_errors_.extract(partition_)) return std::unexpected(error.mapped());
    const Log& log = source_.logs_.at(partition_);
    const auto end = static_cast<std::int64_t>(log.size());
    if (position_.value() >= end) return ReadOutcome::kNothing;
    into.reset(partition_, position_);
    for (; position_.value() < end && into.records.size() < limits.records_max;
         position_ = position_.plus(1)) {
      const auto& payload = log[static_cast<std::size_t>(position_.value())];
      if (payload) into.append(position_, timestamp_from_micros(position_.value()), *payload);
    }
    into.seal(position_);
    source_.read_to_[partition_] = position_;
    return ReadOutcome::kBatch;
  }

  void set_waker(source::Waker*) override {}
  Milliseconds retry_after() const override { return Milliseconds(1); }

 private:
  SourceUnderTest& source_;
  const PartitionId partition_;
  Offset position_;
};

SourceUnderTest::SourceUnderTest(int partitions) {
  for (int partition = 0; partition < partitions; ++partition)
    logs_[PartitionId(partition)] = {};
}

void SourceUnderTest::append(int partition, std::string_view payload, int count) {
  const std::lock_guard lock(mutex_);
  Log& log = logs_.at(PartitionId(partition));
  log.insert(log.end(), static_cast<std::size_t>(count), std::string(payload));
}

void SourceUnderTest::append_control(int partition, int count) {
  const std::lock_guard lock(mutex_);
  Log& log = logs_.at(PartitionId(partition));
  log.insert(log.end(), static_cast<std::size_t>(count), std::nullopt);
}

void SourceUnderTest::assign(std::vector<int> partitions) {
  const std::lock_guard lock(mutex_);
  events_.push_back(source::Assigned{ids(partitions)});
  changed_.notify_all();
}

void SourceUnderTest::revoke(std::vector<int> partitions) {
  const std::lock_guard lock(mutex_);
  events_.push_back(source::Revoked{ids(partitions)});
  changed_.notify_all();
}

void SourceUnderTest::fail_read(int partition, Error error) {
  const std::lock_guard lock(mutex_);
  read_errors_.insert_or_assign(PartitionId(partition), std::move(error));
}

void SourceUnderTest::fail_open(Error error) {
  const std::lock_guard lock(mutex_);
  open_error_ = std::move(error);
}

void SourceUnderTest::fail_polls(Error error) {
  const std::lock_guard lock(mutex_);
  poll_error_ = std::move(error);
  changed_.notify_all();
}

void SourceUnderTest::set_health(source::Health health) {
  const std::lock_guard lock(mutex_);
  health_ = std::move(health);
}

void SourceUnderTest::make_anew() {
  const std::lock_guard lock(mutex_);
  is_made_anew_ = true;
}

int SourceUnderTest::polls() const {
  const std::lock_guard lock(mutex_);
  return polls_;
}
bool SourceUnderTest::is_read() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::all_of(read_to_, [&](const auto& read) {
    return std::cmp_equal(read.second.value(), logs_.at(read.first).size());
  });
}
std::vector<source::Start> SourceUnderTest::opened() const {
  const std::lock_guard lock(mutex_);
  return opened_;
}
std::vector<PartitionId> SourceUnderTest::released() const {
  const std::lock_guard lock(mutex_);
  return released_;
}
std::map<PartitionId, Offset> SourceUnderTest::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_;
}

Result<std::vector<source::Event>> SourceUnderTest::poll(Milliseconds wait_max, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  ++polls_;
  changed_.wait_for(lock, stop, wait_max, [&] { return !events_.empty() || poll_error_; });
  if (poll_error_) return std::unexpected(*poll_error_);
  return std::exchange(events_, {});
}

Result<std::vector<std::unique_ptr<source::PartitionReader>>> SourceUnderTest::open(
    const std::vector<source::Start>& starts) {
  const std::lock_guard lock(mutex_);
  if (auto error = std::exchange(open_error_, std::nullopt)) return std::unexpected(*std::move(error));
  std::vector<std::unique_ptr<source::PartitionReader>> readers;
  for (const source::Start& start : starts) {
    const Offset position = start.offset.value_or(Offset(0));
    opened_.push_back(start);
    read_to_[start.partition] = position;
    readers.push_back(std::make_unique<Reader>(*this, start.partition, position));
  }
  return readers;
}

Result<void> SourceUnderTest::release(const std::vector<PartitionId>& partitions) {
  const std::lock_guard lock(mutex_);
  released_.insert(released_.end(), partitions.begin(), partitions.end());
  return {};
}

Result<std::map<PartitionId, Offset>> SourceUnderTest::end_offsets() {
  const std::lock_guard lock(mutex_);
  std::map<PartitionId, Offset> ends;
  for (const auto& [partition, log] : logs_)
    ends[partition] = Offset(static_cast<std::int64_t>(log.size()));
  return ends;
}

std::optional<Offset> SourceUnderTest::known_end(PartitionId partition) const {
  const std::lock_guard lock(mutex_);
  return Offset(static_cast<std::int64_t>(logs_.at(partition).size()));
}

Result<void> SourceUnderTest::check_identity() {
  const std::lock_guard lock(mutex_);
  if (is_made_anew_) return fail(ErrorKind::kSourceGap, "the topic was made anew");
  return {};
}

void SourceUnderTest::acknowledge(const std::map<PartitionId, Offset>& committed) {
  const std::lock_guard lock(mutex_);
  acknowledged_ = committed;
}

source::Health SourceUnderTest::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

}  // namespace calve::runtime
