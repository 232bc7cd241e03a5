// The limit: librdkafka reads a whole topic, and nothing is done with it.
//
//   consume_limit BROKERS TOPIC RECORDS
//
// Ends once RECORDS records were seen; prints their number and the bytes of their values. The
// properties that bear on speed are those of calve::kafka::Consumer.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

namespace {

constexpr int kAnswerWaitMaxMs = 10'000;
constexpr int kBatchWaitMaxMs = 20;  // librdkafka waits so long for a full batch
constexpr int kSilentBatchesMax = 1'500;
constexpr std::size_t kBatchRecords = 4'096;

using Client = std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)>;
using Topic = std::unique_ptr<rd_kafka_topic_t, decltype(&rd_kafka_topic_destroy)>;
using Queue = std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)>;

[[noreturn]] void fail(const std::string& what) {
  fmt::print(stderr, "consume_limit: {}\n", what);
  std::exit(1);
}

Client connect(const char* brokers) {
  std::array<char, 512> reason{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const std::array properties{
      std::pair{"bootstrap.servers", brokers},          std::pair{"auto.offset.reset", "error"},
      std::pair{"isolation.level", "read_committed"},   std::pair{"fetch.queue.backoff.ms", "5"},
      std::pair{"queued.max.messages.kbytes", "16384"},
  };
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name, value, reason.data(), reason.size()) != RD_KAFKA_CONF_OK)
      fail(reason.data());
  }
  Client client(rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason.data(), reason.size()), rd_kafka_destroy);
  if (client == nullptr) fail(reason.data());
  return client;
}

int partition_count(rd_kafka_t* client, rd_kafka_topic_t* topic) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code = rd_kafka_metadata(client, 0, topic, &metadata, kAnswerWaitMaxMs);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) fail(rd_kafka_err2str(code));
  const int count = metadata->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  return count;
}

struct Read {
  std::int64_t records = 0;
  std::int64_t bytes = 0;
};

Read read(rd_kafka_queue_t* queue, std::int64_t records_wanted) {
  std::array<rd_kafka_message_t*, kBatchRecords> messages{};
  Read seen;
  int silent = 0;
  while (seen.records < records_wanted) {
    const auto count = rd_kafka_consume_batch_queue(queue, kBatchWaitMaxMs, messages.data(), messages.size());
    silent = count > 0 ? 0 : silent + 1;
    if (count < 0) fail(rd_kafka_err2str(rd_kafka_last_error()));
    if (silent > kSilentBatchesMax)
      fail(fmt::format("no more after {} of {} records", seen.records, records_wanted));
    for (int i = 0; i < count; ++i) {
      const auto& message = *messages[static_cast<std::size_t>(i)];
      if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) fail(rd_kafka_message_errstr(&message));
      ++seen.records;
      seen.bytes += static_cast<std::int64_t>(message.len);
      rd_kafka_message_destroy(messages[static_cast<std::size_t>(i)]);
    }
  }
  return seen;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) fail("usage: consume_limit BROKERS TOPIC RECORDS");
  const Client client = connect(argv[1]);
  const Topic topic(rd_kafka_topic_new(client.get(), argv[2], nullptr), rd_kafka_topic_destroy);
  const Queue queue(rd_kafka_queue_new(client.get()), rd_kafka_queue_destroy);
  const int partitions = partition_count(client.get(), topic.get());
  for (int i = 0; i < partitions; ++i) {
    if (rd_kafka_consume_start_queue(topic.get(), i, RD_KAFKA_OFFSET_BEGINNING, queue.get()) != 0) {
      fail(rd_kafka_err2str(rd_kafka_last_error()));
    }
  }
  const Read seen = read(queue.get(), std::strtoll(argv[3], nullptr, 10));
  for (int i = 0; i < partitions; ++i)
    rd_kafka_consume_stop(topic.get(), i);
  fmt::print("{} {}\n", seen.records, seen.bytes);
}
