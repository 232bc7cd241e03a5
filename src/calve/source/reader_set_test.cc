#include "calve/source/reader_set.h"

#include <deque>
#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::source {
namespace {

using std::chrono::steady_clock;

// Gives one record of its own per batch, `batches` times.
class CountedReader final : public PartitionReader {
 public:
  CountedReader(PartitionId partition, int batches) : partition_(partition), batches_(batches) {}

  PartitionId partition() const override { return partition_; }
  Offset position() const override { return position_; }
  Result<ReadOutcome> read(batch::RecordBatch& into, const ReadLimits&) override {
    if (fails) return fail(ErrorKind::kSourceGap, "gone");
    if (batches_ == 0) return ReadOutcome::kNothing;
    --batches_;
    into.reset(partition_, position_);
    into.append(position_, Timestamp(), "x");
    position_ = position_.plus(1);
    into.seal(position_);
    return ReadOutcome::kBatch;
  }
  void set_waker(Waker* waker) override { this->waker = waker; }
  Milliseconds retry_after() const override { return Milliseconds(60'000); }

  Waker* waker = nullptr;
  bool fails = false;

 private:
  PartitionId partition_;
  Offset position_;
  int batches_;
};

TEST(ReaderSetTest, ServesPartitionsInTurn) {
  ReaderSet set;
  set.add(std::make_unique<CountedReader>(PartitionId(0), 3));
  set.add(std::make_unique<CountedReader>(PartitionId(1), 1));
  batch::RecordBatch batch;
  std::vector<std::int32_t> order;
  while (set.read(batch, {.wait_max = Milliseconds(0)}, {}) == ReadOutcome::kBatch) {
    order.push_back(batch.partition.value());
  }
  EXPECT_THAT(order, testing::ElementsAre(0, 1, 0, 0));
}

TEST(ReaderSetTest, EmptySetWaitsAndIsWokenOnce) {
  ReaderSet set;
  batch::RecordBatch batch;
  set.wake();
  const auto begin = steady_clock::now();
  EXPECT_EQ(set.read(batch, {.wait_max = Milliseconds(60'000)}, {}), ReadOutcome::kNothing);
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(30)) << "an earlier wake() was lost";

  const auto again = steady_clock::now();
  EXPECT_EQ(set.read(batch, {.wait_max = Milliseconds(20)}, {}), ReadOutcome::kNothing);
  EXPECT_GE(steady_clock::now() - again, Milliseconds(20)) << "one wake() counted twice";
}

TEST(ReaderSetTest, StopEndsTheWait) {
  ReaderSet set;
  set.add(std::make_unique<CountedReader>(PartitionId(0), 0));
  batch::RecordBatch batch;
  std::stop_source stop;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(Milliseconds(20));
    stop.request_stop();
  });
  const auto begin = steady_clock::now();
  EXPECT_EQ(set.read(batch, {.wait_max = Milliseconds(60'000)}, stop.get_token()), ReadOutcome::kNothing);
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST(ReaderSetTest, ErrorNamesItsPartition) {
  ReaderSet set;
  auto reader = std::make_unique<CountedReader>(PartitionId(7), 0);
  reader->fails = true;
  set.add(std::move(reader));
  batch::RecordBatch batch;
  const auto outcome = set.read(batch, {}, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::kSourceGap);
  EXPECT_EQ(batch.partition, PartitionId(7));
}

TEST(ReaderSetTest, RemovedPartitionIsReadNoMore) {
  ReaderSet set;
  set.add(std::make_unique<CountedReader>(PartitionId(0), 9));
  set.add(std::make_unique<CountedReader>(PartitionId(1), 2));
  set.remove(PartitionId(0));
  set.remove(PartitionId(5));
  batch::RecordBatch batch;
  for (int count = 0; count < 2; ++count) {
    ASSERT_EQ(set.read(batch, {}, {}), ReadOutcome::kBatch);
    EXPECT_EQ(batch.partition, PartitionId(1));
  }
  EXPECT_EQ(set.read(batch, {.wait_max = Milliseconds(0)}, {}), ReadOutcome::kNothing);
}

}  // namespace
}  // namespace calve::source
