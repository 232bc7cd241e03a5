// A topic in memory that a test writes, assigns and spoils while a pipeline reads it.

#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "calve/source/source.h"

namespace calve::runtime {

// The test's side is safe from any thread. Readers refer to the source, as those of any source do.
class SourceUnderTest final : public source::Source {
 public:
  explicit SourceUnderTest(int partitions);

  // --- The test's side -------------------------------------------------------------------------------

  // Records with the payload, at the partition's next offsets.
  void append(int partition, std::string_view payload, int count = 1);
  // Offsets that carry no record.
  void append_control(int partition, int count = 1);
  // The next poll() says so.
  void assign(std::vector<int> partitions);
  void revoke(std::vector<int> partitions);
  // The next read of the partition answers this, once.
  void fail_read(int partition, Error error);
  // The next open() answers this, once.
  void fail_open(Error error);
  // Every poll() answers this from now on.
  void fail_polls(Error error);
  void set_health(source::Health health);
  // The topic is made anew: its identity is no longer what readers were opened for.
  void make_anew();

  int polls() const;
  // Every open reader stands at the end of its partition.
  bool is_read() const;
  // What the pipeline said, in the order of its calls.
  std::vector<source::Start> opened() const;
  std::vector<PartitionId> released() const;
  std::map<PartitionId, Offset> acknowledged() const;

  // --- The pipeline's side -----------------------------------------------------------------------------

  const batch::LogIdentity& identity() const override { return identity_; }
  Result<std::vector<source::Event>> poll(Milliseconds wait_max, const std::stop_token& stop) override;
  Result<std::vector<std::unique_ptr<source::PartitionReader>>> open(
      const std::vector<source::Start>& starts) override;
  Result<void> release(const std::vector<PartitionId>& partitions) override;
  Result<std::map<PartitionId, Offset>> end_offsets() override;
  std::optional<Offset> known_end(PartitionId partition) const override;
  Result<void> check_identity() override;
  void acknowledge(const std::map<PartitionId, Offset>& committed) override;
  source::Health health() const override;

 private:
  class Reader;

  // By offset; nothing is a control record.
  using Log = std::vector<std::optional<std::string>>;

  const batch::LogIdentity identity_{.cluster = "c", .topic = "orders.created.v1", .topic_id = "t"};
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<PartitionId, Log> logs_;
  std::map<PartitionId, Offset> read_to_;  // by the readers opened last
  std::map<PartitionId, Error> read_errors_;
  std::optional<Error> open_error_;
  std::optional<Error> poll_error_;
  std::vector<source::Event> events_;
  source::Health health_;
  bool is_made_anew_ = false;
  int polls_ = 0;
  std::vector<source::Start> opened_;
  std::vector<PartitionId> released_;
  std::map<PartitionId, Offset> acknowledged_;
};

}  // namespace calve::runtime
