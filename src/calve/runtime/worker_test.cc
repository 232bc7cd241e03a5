#include "calve/runtime/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/base/uuid.h"
#include "calve/contract/decoder_under_test.h"
#include "calve/runtime/pipeline_under_test.h"

namespace calve::runtime {
namespace {

using storage::FailBefore;
using storage::Verb;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    auto started = Worker::start({.writer = {.contract = contract_,
                                             .store = store_,
                                             .clock = clock_,
                                             .topic = "orders.created.v1",
                                             .orders = orders_,
                                             .rejects = rejects_,
                                             .open_writers_bytes_max = 64 << 20},
                                  .metrics = metrics_,
                                  .health = health_});
    EXPECT_TRUE(started) << started.error().message;
    worker_ = std::move(*started);
  }

  static iceberg::TableMetadata table(const std::string& location, const iceberg::Schema& schema) {
    return iceberg::make_table_metadata({.uuid = random_uuid(), .location = location, .schema = schema});
  }

  std::unique_ptr<commit::Epoch> epoch() {
    return std::make_unique<commit::Epoch>(store_,
                                           commit::Epoch::Options{.pipeline = "orders",
                                                                  .writer = random_uuid(),
                                                                  .orders_location = orders_.location,
                                                                  .rejects_location = rejects_.location});
  }

  void add(const std::vector<source::Start>& starts, std::optional<Offset> known_rejects = std::nullopt) {
    auto readers = source_.open(starts).value();
    std::vector<Worker::NewReader> added;
    for (auto& reader : readers)
      added.push_back({.reader = std::move(reader), .known_rejects = known_rejects});
    worker_->add(std::move(added), *first_);
  }

  void read_to(int partition, std::int64_t offset) {
    EXPECT_TRUE(wait_until([&] {
      const auto positions = worker_->positions();
      const auto found = positions.find(PartitionId(partition));
      return found != positions.end() && found->second == Offset(offset);
    })) << partition
        << " " << offset;
  }

  std::vector<std::string> data_files() {
    std::vector<std::string> paths;
    const auto objects = memory_.list("memory://").value();
    for (const auto& object : objects) {
      if (object.path.ends_with(".parquet")) paths.push_back(object.path);
    }
    return paths;
  }

  const contract::Contract contract_ =
      contract::load_or_die(contract::value_contract_text(R"("type": "string")"));
  storage::MemoryStore memory_;
  storage::FaultyStore store_{memory_};
  TurnedClock clock_;
  Metrics metrics_{"orders"};
  Health health_{Milliseconds(3'000)};
  SourceUnderTest source_{2};
  const iceberg::TableMetadata orders_ = table("memory://w/orders", contract_.table_schema());
  const iceberg::TableMetadata rejects_ = table("memory://w/rejects", contract::rejects_schema());
  const std::unique_ptr<commit::Epoch> first_ = epoch();
  const std::unique_ptr<commit::Epoch> second_ = epoch();
  const std::unique_ptr<commit::Epoch> third_ = epoch();
  std::unique_ptr<Worker> worker_;  // last: it uses all of the above
};

TEST_F(WorkerTest, APartIsWhatWasReadSinceTheLastSeal) {
  source_.append(0, kValidEvent, 8);
  source_.append(0, kInvalidEvent, 2);
  add({{.partition = PartitionId(0)}});
  read_to(0, 10);
  EXPECT_EQ(worker_->epoch_bytes(),
            static_cast<std::int64_t>(8 * kValidEvent.size() + 2 * kInvalidEvent.size()));

  const auto part = worker_->seal(*second_, {}).get();
  ASSERT_TRUE(part) << part.error().message;
  EXPECT_THAT(
      part->ranges,
      ElementsAre(commit::LedgerRange{
          .partition = PartitionId(0), .from = Offset(0), .to = Offset(10), .valid = 8, .rejected = 2}));
  ASSERT_THAT(part->orders_files, SizeIs(1));
  ASSERT_THAT(part->rejects_files, SizeIs(1));
  EXPECT_EQ(part->orders_files[0].record_count, 8);
  EXPECT_EQ(part->rejects_files[0].record_count, 2);
  EXPECT_TRUE(part->orders_files[0].file_path.contains(to_string(first_->id())));
  EXPECT_TRUE(memory_.stat(part->orders_files[0].file_path)) << "durable when the seal is answered";
  EXPECT_EQ(part->oldest_source_timestamp, timestamp_from_micros(0));
  EXPECT_EQ(worker_->epoch_bytes(), 0);

  source_.append(0, kValidEvent, 3);
  read_to(0, 13);
  const auto next = worker_->seal(*third_, {}).get();
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_THAT(next->ranges,
              ElementsAre(commit::LedgerRange{
                  .partition = PartitionId(0), .from = Offset(10), .to = Offset(13), .valid = 3}));
  EXPECT_TRUE(next->orders_files.at(0).file_path.contains(to_string(second_->id())));
  EXPECT_THAT(next->rejects_files, IsEmpty());
}

TEST_F(WorkerTest, APartWithoutEventsIsEmpty) {
  add({{.partition = PartitionId(0)}});
  read_to(0, 0);
  const auto part = worker_->seal(*second_, {}).get();
  ASSERT_TRUE(part) << part.error().message;
  EXPECT_THAT(part->ranges, IsEmpty());
  EXPECT_THAT(part->orders_files, IsEmpty());
  EXPECT_FALSE(first_->is_journaled()) << "an idle worker writes nothing at all";
}

TEST_F(WorkerTest, ALeavingPartitionIsInThePartAndNoMore) {
  source_.append(0, kValidEvent, 5);
  source_.append(1, kValidEvent, 5);
  add({{.partition = PartitionId(0)}, {.partition = PartitionId(1)}});
  read_to(0, 5);
  read_to(1, 5);
  const auto part = worker_->seal(*second_, {PartitionId(1)}).get();
  ASSERT_TRUE(part) << part.error().message;
  EXPECT_THAT(part->ranges, SizeIs(2));

  source_.append(1, kValidEvent, 5);
  source_.append(0, kValidEvent, 1);
  read_to(0, 6);
  const auto next = worker_->seal(*third_, {}).get();
  ASSERT_TRUE(next) << next.error().message;
  ASSERT_THAT(next->ranges, SizeIs(1));
  EXPECT_EQ(next->ranges[0].partition, PartitionId(0));
}

TEST_F(WorkerTest, RejectsThatTheTableHasAreCountedAndNotWritten) {
  source_.append(0, kInvalidEvent, 10);
  add({{.partition = PartitionId(0)}}, Offset(7));
  read_to(0, 10);
  const auto part = worker_->seal(*second_, {}).get();
  ASSERT_TRUE(part) << part.error().message;
  EXPECT_EQ(part->ranges.at(0).rejected, 10);
  EXPECT_EQ(part->rejects_files.at(0).record_count, 3);
}

TEST_F(WorkerTest, AnErrorIsTheAnswerToTheNextSealAndTheWorkerIdles) {
  const Error gap{ErrorKind::kSourceGap, "gone"};
  source_.append(0, kValidEvent, 5);
  add({{.partition = PartitionId(0)}});
  read_to(0, 5);
  source_.fail_read(0, gap);
  ASSERT_TRUE(wait_until([&] { return worker_->has_failed(); }));
  for (commit::Epoch* next : {second_.get(), third_.get()}) {
    const auto part = worker_->seal(*next, {}).get();
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error(), gap);
  }
  source_.append(0, kValidEvent, 5);
  worker_->abandon().wait();
  EXPECT_FALSE(worker_->has_failed());
  EXPECT_THAT(worker_->positions(), IsEmpty());
  EXPECT_THAT(data_files(), IsEmpty()) << "what was read before the error is given up";

  add({{.partition = PartitionId(0), .offset = Offset(2)}});
  read_to(0, 10);
  const auto part = worker_->seal(*second_, {}).get();
  ASSERT_TRUE(part) << part.error().message;
  EXPECT_EQ(part->ranges.at(0).from, Offset(2));
  EXPECT_EQ(part->ranges.at(0).valid, 8);
}

TEST_F(WorkerTest, AFileThatCannotBeFinishedFailsTheSeal) {
  const Error full{ErrorKind::kIo, "No space left on device"};
  store_.inject({.verb = Verb::kFinish, .effect = FailBefore{full}});
  source_.append(0, kValidEvent, 5);
  add({{.partition = PartitionId(0)}});
  read_to(0, 5);
  const auto part = worker_->seal(*second_, {}).get();
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error(), full);
  EXPECT_TRUE(worker_->has_failed());
  EXPECT_THAT(data_files(), IsEmpty());
}

TEST_F(WorkerTest, AbandonedAndDestroyedItLeavesNoFile) {
  source_.append(0, kValidEvent, 2'000);
  add({{.partition = PartitionId(0)}});
  read_to(0, 2'000);
  worker_->abandon().wait();
  EXPECT_EQ(worker_->epoch_bytes(), 0);
  add({{.partition = PartitionId(0)}});
  read_to(0, 2'000);
  worker_.reset();
  EXPECT_THAT(data_files(), IsEmpty());
}

TEST_F(WorkerTest, CountsWhatItReads) {
  source_.append(0, kValidEvent, 5);
  source_.append(0, kInvalidEvent, 1);
  add({{.partition = PartitionId(0)}});
  read_to(0, 6);
  EXPECT_EQ(metrics_.totals().read, 6);
  EXPECT_TRUE(metrics_.expose().contains("calve_rejects_total"));
  clock_.turn(Milliseconds(3'001));
  EXPECT_FALSE(health_.report(clock_.steady_now()).is_healthy)
      << "events wait for a commit since they were read";
}

}  // namespace
}  // namespace calve::runtime
