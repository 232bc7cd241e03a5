// Against the broker that CALVE_TEST_KAFKA names (deploy/local/kafka.sh starts one): what no
// stand-in does as Kafka does it.

#include <chrono>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/kafka/test_topic.h"
#include "calve/source/kafka_source.h"
#include "calve/source/reader_set.h"

namespace calve::source {
namespace {

using kafka::Membership;
using kafka::TestTopic;
using std::chrono::steady_clock;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Milliseconds kPatience{20'000};
constexpr PartitionId kFirst{0};

// A process that reads a topic, as the runtime does: the test's thread is coordinator and worker.
class Member {
 public:
  Member(const TestTopic& topic, Membership membership) {
    auto opened = open_kafka(TestTopic::config(),
                             {.topic = topic.name(),
                              .group = topic.name() + "-group",
                              .membership = membership,
                              .metadata_interval = Milliseconds(200)},
                             {});
    if (!opened) throw std::runtime_error(opened.error().message);
    source = std::move(*opened);
  }

  void step() {
    auto events = source->poll(Milliseconds(20), {});
    ASSERT_TRUE(events) << events.error().message;
    for (const auto& event : *events) {
      if (const auto* assigned = std::get_if<Assigned>(&event)) {
        std::vector<Start> starts;
        for (const auto partition : assigned->partitions) {
          const auto known = table.find(partition);
          starts.push_back({.partition = partition,
                            .offset = known == table.end() ? std::nullopt : std::optional(known->second)});
          owned.insert(partition);
        }
        auto opened = source->open(starts);
        ASSERT_TRUE(opened) << opened.error().message;
        for (auto& reader : *opened)
          readers.add(std::move(reader));
      } else {
        const auto& revoked = std::get<Revoked>(event).partitions;
        for (const auto partition : revoked) {
          readers.remove(partition);
          owned.erase(partition);
        }
        ++revocations;
        const auto released = source->release(revoked);
        ASSERT_TRUE(released) << released.error().message;
      }
    }
    batch::RecordBatch batch;
    const auto outcome = readers.read(batch, {.wait_max = Milliseconds(20)}, {});
    ASSERT_TRUE(outcome) << outcome.error().message;
    if (*outcome == ReadOutcome::kNothing) return;
    EXPECT_TRUE(!table.contains(batch.partition) || table[batch.partition] == batch.from)
        << "a hole or an overlap";
    table[batch.partition] = batch.to;
    for (const auto& record : batch.records) {
      seen.push_back(fmt::format("{}:{}", record.offset,
                                 batch::RecordBatch::is_tombstone(record) ? "null" : batch.payload(record)));
    }
  }

  std::unique_ptr<Source> source;
  ReaderSet readers;  // after the source, that outlives its readers
  std::set<PartitionId> owned;
  std::map<PartitionId, Offset> table;  // the next offset of each partition
  std::vector<std::string> seen;
  int revocations = 0;
};

template <class Done>
bool step_until(const std::vector<Member*>& members, const Done& done) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!done() && steady_clock::now() < deadline && !testing::Test::HasFatalFailure()) {
    for (Member* const member : members)
      member->step();
  }
  return done();
}

TEST(KafkaSourceBrokerTest, OnlyCommittedRecordsAndEveryOffsetAccountedFor) {
  TestTopic topic(1);
  topic.produce(kFirst, "plain");
  topic.produce_in_transaction(kFirst, {"aborted", "too"}, TestTopic::End::kAbort);
  topic.produce_in_transaction(kFirst, {"committed"}, TestTopic::End::kCommit);

  Member member(topic, Membership::kAlone);
  const auto ends = member.source->end_offsets();
  ASSERT_TRUE(ends) << ends.error().message;
  // plain 0, aborted 1 and 2, its marker 3, committed 4, its marker 5.
  EXPECT_THAT(*ends, ElementsAre(std::pair(kFirst, Offset(6))));
  EXPECT_TRUE(step_until({&member}, [&] { return member.table == *ends; }))
      << "the position never reached the end, behind the last marker";
  EXPECT_THAT(member.seen, ElementsAre("0:plain", "4:committed"));
}

TEST(KafkaSourceBrokerTest, AnAbortedTailIsPassedWithoutARecord) {
  TestTopic topic(1);
  topic.produce_in_transaction(kFirst, {"aborted"}, TestTopic::End::kAbort);
  Member member(topic, Membership::kAlone);
  EXPECT_TRUE(step_until({&member}, [&] { return member.table[kFirst] == Offset(2); }));
  EXPECT_THAT(member.seen, IsEmpty());
}

TEST(KafkaSourceBrokerTest, TombstonesDifferFromEmptyValues) {
  TestTopic topic(1);
  topic.produce(kFirst, std::nullopt);
  topic.produce(kFirst, "");
  Member member(topic, Membership::kAlone);
  EXPECT_TRUE(step_until({&member}, [&] { return member.table[kFirst] == Offset(2); }));
  EXPECT_THAT(member.seen, ElementsAre("0:null", "1:"));
}

TEST(KafkaSourceBrokerTest, RetentionThatOvertookThePositionIsAGap) {
  TestTopic topic(1);
  for (const char* value : {"a", "b", "c"})
    topic.produce(kFirst, value);
  topic.delete_records_before(kFirst, Offset(2));
  Member member(topic, Membership::kAlone);
  ASSERT_TRUE(member.source->poll(Milliseconds(0), {}));

  const auto overtaken = member.source->open({{.partition = kFirst, .offset = Offset(1)}});
  ASSERT_FALSE(overtaken);
  EXPECT_EQ(overtaken.error().kind, ErrorKind::kSourceGap);
  EXPECT_THAT(overtaken.error().message,
              AllOf(HasSubstr("offsets [1, 2) are lost"), HasSubstr("holds [2, 3)"), HasSubstr("retention")));

  const auto earliest = member.source->open({{.partition = kFirst, .offset = std::nullopt}});
  ASSERT_TRUE(earliest) << earliest.error().message;
  EXPECT_EQ(earliest->front()->position(), Offset(2));

  const auto skipped =
      member.source->open({{.partition = kFirst, .offset = Offset(1), .on_gap = OnGap::kSkip}});
  ASSERT_TRUE(skipped) << skipped.error().message;
  EXPECT_EQ(skipped->front()->position(), Offset(2));
  const auto beyond =
      member.source->open({{.partition = kFirst, .offset = Offset(4), .on_gap = OnGap::kSkip}});
  ASSERT_FALSE(beyond) << "what is beyond the end is no gap that could be skipped";
}

TEST(KafkaSourceBrokerTest, ATopicCreatedAgainIsAnotherLog) {
  TestTopic topic(1);
  topic.produce(kFirst, "old");
  Member member(topic, Membership::kAlone);
  const auto old = member.source->identity();
  EXPECT_FALSE(old.topic_id.empty());
  ASSERT_TRUE(step_until({&member}, [&] { return member.table[kFirst] == Offset(1); }));

  ASSERT_TRUE(member.source->check_identity());
  topic.recreate(1);
  for (const char* value : {"new", "newer"})
    topic.produce(kFirst, value);
  const auto checked = member.source->check_identity();
  ASSERT_FALSE(checked) << "at once, whatever the metadata interval is";
  EXPECT_EQ(checked.error().kind, ErrorKind::kSourceGap) << checked.error().message;
  Result<std::vector<Event>> polled;
  const auto deadline = steady_clock::now() + kPatience;
  while (polled && steady_clock::now() < deadline)
    polled = member.source->poll(Milliseconds(100), {});
  ASSERT_FALSE(polled);
  EXPECT_EQ(polled.error().kind, ErrorKind::kSourceGap) << polled.error().message;
  EXPECT_FALSE(batch::may_be_same_log(old, Member(topic, Membership::kAlone).source->identity()))
      << "its end lies behind the old position: only the id tells";
}

TEST(KafkaSourceBrokerTest, AddedPartitionsAreAssigned) {
  for (const auto membership : {Membership::kAlone, Membership::kGroup}) {
    TestTopic topic(1);
    Member member(topic, membership);
    ASSERT_TRUE(step_until({&member}, [&] { return member.owned.size() == 1; }));
    topic.grow_to(3);
    ASSERT_TRUE(step_until({&member}, [&] { return member.owned.size() == 3; }));
    topic.produce(PartitionId(2), "new");
    EXPECT_TRUE(step_until({&member}, [&] { return member.table[PartitionId(2)] == Offset(1); }));
    EXPECT_EQ(member.revocations, 0);
  }
}

TEST(KafkaSourceBrokerTest, MembersShareAndTakeOver) {
  TestTopic topic(4);
  for (int partition = 0; partition < 4; ++partition)
    topic.produce(PartitionId(partition), "first");
  Member staying(topic, Membership::kGroup);
  ASSERT_TRUE(step_until({&staying}, [&] { return staying.owned.size() == 4 && staying.seen.size() == 4; }));
  {
    Member leaving(topic, Membership::kGroup);
    leaving.table = staying.table;
    ASSERT_TRUE(step_until({&staying, &leaving},
                           [&] { return staying.owned.size() == 2 && leaving.owned.size() == 2; }));
    EXPECT_EQ(staying.revocations, 1) << "cooperative: what it keeps is not taken from it";
    for (int partition = 0; partition < 4; ++partition)
      topic.produce(PartitionId(partition), "second");
    EXPECT_TRUE(step_until({&staying, &leaving},
                           [&] { return staying.seen.size() == 6 && leaving.seen.size() == 2; }))
        << staying.seen.size() << " and " << leaving.seen.size();
    for (const auto partition : leaving.owned)
      staying.table[partition] = leaving.table[partition];
    leaving.source->acknowledge(leaving.table);
  }
  EXPECT_TRUE(step_until({&staying}, [&] { return staying.owned.size() == 4; }));
  for (int partition = 0; partition < 4; ++partition)
    topic.produce(PartitionId(partition), "third");
  EXPECT_TRUE(step_until({&staying}, [&] { return staying.seen.size() == 10; })) << staying.seen.size();
}

TEST(KafkaSourceBrokerTest, AWaitingReaderIsWokenByData) {
  TestTopic topic(1);
  Member member(topic, Membership::kAlone);
  ASSERT_TRUE(step_until({&member}, [&] { return member.owned.size() == 1; }));
  std::jthread producer([&] {
    std::this_thread::sleep_for(Milliseconds(100));
    topic.produce(kFirst, "late");
  });
  batch::RecordBatch batch;
  const auto deadline = steady_clock::now() + kPatience;
  ReadOutcome outcome = ReadOutcome::kNothing;
  while (outcome == ReadOutcome::kNothing && steady_clock::now() < deadline) {
    outcome = *member.readers.read(batch, {.wait_max = kPatience}, {});
  }
  ASSERT_EQ(outcome, ReadOutcome::kBatch);
  EXPECT_EQ(batch.payload(batch.records.front()), "late");
  const auto age = system_clock().now() - batch.records.front().timestamp;
  EXPECT_LT(age, std::chrono::minutes(1)) << "milliseconds taken for another unit";
  EXPECT_GT(age, -std::chrono::minutes(1));
}

}  // namespace
}  // namespace calve::source
