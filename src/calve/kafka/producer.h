// Sends messages to Kafka, each exactly once per call, in the order of the calls per partition.
//
// Idempotent (enable.idempotence, acks=all), lz4 unless the user says otherwise, partitioned by the
// key's murmur2 hash as Kafka's Java clients do. One thread calls, except where said otherwise.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/kafka/client_config.h"

namespace calve::kafka {

struct ProducerOptions {
  std::string topic;
  std::size_t queue_bytes_max = std::size_t{64} << 20;  // accepted and not yet acknowledged
  std::size_t queue_messages_max = 500'000;
  Milliseconds linger{20};
  Milliseconds delivery_wait_max{120'000};  // after which an undelivered message is a failed one
  Milliseconds connect_wait_max{10'000};
  std::size_t errors_kept_max = 10;  // the first ones; all are counted
};

struct ProducerCounts {
  std::int64_t accepted = 0;
  std::int64_t delivered = 0;  // exact after flush(), before that about
  std::int64_t failed = 0;

  bool operator==(const ProducerCounts&) const = default;
};

struct Header {
  std::string name;
  std::string value;
};

class Producer {
 public:
  // kNotFound if the topic does not exist and the broker does not create it, kUnreachable,
  // kAccessDenied, kConfig.
  static Result<std::unique_ptr<Producer>> connect(const ClientConfig& config, ProducerOptions options,
                                                   const std::stop_token& stop);
  // Drops what was not delivered; call flush() before.
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // Copies both and comes back; waits while the queue is full. An empty key is no key, its partition
  // is any. kCancelled if the stop came first (the message was not taken), kInvalidData if it is too
  // large, kInternal after a fatal error.
  Result<void> send(std::string_view key, std::string_view value, const std::stop_token& stop);
  // The same with headers; slower.
  Result<void> send_with_headers(std::string_view key, std::string_view value,
                                 const std::vector<Header>& headers, const std::stop_token& stop);

  // Waits until every accepted message is delivered or failed. The first failure since the start is
  // the error, with how many there were; kUnreachable if wait_max went by first.
  Result<void> flush(Milliseconds wait_max);

  // From any thread.
  ProducerCounts counts() const;
  std::vector<Error> first_errors() const;

 private:
  class State;
  explicit Producer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace calve::kafka
