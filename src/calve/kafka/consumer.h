// Reads one topic: who owns which partition is Kafka's matter, where to begin is the caller's.
//
// Auto commit, auto offset store and auto.offset.reset are off. A wanted offset that the topic does
// not have is kSourceGap, never a silent jump.
//
// A topic that was deleted and created again under its name is another log: topic() tells its new id at
// connect(), and poll() ends with kSourceGap when the id changes under it. Between that change and the
// poll() that sees it, at most metadata_interval, records of the new topic may be read as the old one's:
// whoever makes something of them for good asks check_topic() first.
// Brokers before Kafka 2.8 give no id: there it shows only as a position beyond the end.

#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/batch/record_batch.h"
#include "calve/kafka/client_config.h"
#include "calve/kafka/topic.h"

namespace calve::kafka {

enum class Membership {
  kGroup,  // shares the partitions with the other members, by the cooperative protocol
  kAlone,  // reads every partition and joins nothing
};

struct ConsumerOptions {
  std::string topic;
  std::string group;  // also in kAlone: commit() needs it
  Membership membership = Membership::kGroup;
  // Fetched and not yet read, all partitions together; a partition's share can be passed by one fetch
  // (fetch.message.max.bytes). Partitions that are added later have the same share on top.
  std::size_t fetch_queue_bytes_max = std::size_t{64} << 20;
  Milliseconds connect_wait_max{10'000};
  Milliseconds metadata_interval{10'000};  // how soon an added partition or a deleted topic is seen
};

struct PartitionStart {
  PartitionId partition;
  std::optional<Offset> offset;  // none: the low watermark
};

struct GroupEvent {
  enum class Kind { kAssigned, kRevoked };
  Kind kind;
  std::vector<PartitionId> partitions;

  bool operator==(const GroupEvent&) const = default;
};

struct Connection {
  bool reachable = true;
  std::string reason;  // the last trouble; empty once a broker has answered again
};

// One partition's records as they were fetched. One thread at a time. Must be destroyed before its
// Consumer.
class PartitionQueue {
 public:
  enum class Outcome { kBatch, kNothing };

  virtual ~PartitionQueue() = default;
  virtual PartitionId partition() const = 0;
  virtual Offset position() const = 0;

  // Resets `into`, fills it up to about the limits, seals it; never waits for a broker, except for the
  // watermarks that a kSourceGap names. A batch without records moves over control and aborted ones.
  // After an error every further call gives the same.
  virtual Result<Outcome> read(batch::RecordBatch& into, std::size_t records_max, std::size_t bytes_max) = 0;

  // `wake` is called from one of librdkafka's threads when the queue stops being empty; it must not
  // block or call back. An empty function ends that.
  virtual void on_data(std::function<void()> wake) = 0;
};

// One thread, except where said otherwise.
class Consumer {
 public:
  // kUnreachable if no broker answers in time, kAccessDenied, kNotFound, kConfig.
  static Result<std::unique_ptr<Consumer>> connect(const ClientConfig& config, ConsumerOptions options,
                                                   const std::stop_token& stop);
  // Leaves the group; bounded by kCloseWaitMax.
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  static constexpr Milliseconds kCloseWaitMax{5'000};

  // As it was when connecting.
  const TopicFacts& topic() const;

  // Must be called at least every max.poll.interval.ms. While no broker answers it may come back up to a
  // second later than wait_max. kAccessDenied, kNotFound (the topic is gone), kSourceGap (it is another
  // one) and kConfig end the consumer; transport trouble does not, see connection().
  Result<std::vector<GroupEvent>> poll(Milliseconds wait_max, const std::stop_token& stop);

  // For assigned partitions, at first or again, after the PartitionQueue of before was destroyed.
  // kSourceGap if a start lies outside the watermarks; then nothing was assigned.
  Result<std::vector<std::unique_ptr<PartitionQueue>>> assign(const std::vector<PartitionStart>& starts);
  // For revoked partitions: ends this member's part of the rebalance.
  Result<void> unassign(const std::vector<PartitionId>& partitions);

  // kSourceGap if the topic is not the one of connect() any more, which proves nothing of what was read
  // before; if it is, all of that was its. No answer within a second is no error.
  Result<void> check_topic();

  Result<std::map<PartitionId, Watermarks>> watermarks();
  // As last seen by a fetch. From any thread.
  std::optional<Offset> known_high(PartitionId partition) const;

  // The group's offsets, for lag tools. Best effort, does not wait.
  void commit(const std::map<PartitionId, Offset>& next);

  // From any thread.
  Connection connection() const;

 private:
  class State;
  explicit Consumer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace calve::kafka
