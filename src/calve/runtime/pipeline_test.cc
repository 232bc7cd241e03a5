#include "calve/runtime/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/runtime/pipeline_under_test.h"

namespace calve::runtime {
namespace {

using storage::FailBefore;
using storage::Fault;
using storage::Verb;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

std::vector<Place> both(std::vector<Place> first, const std::vector<Place>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST(PipelineTest, CommitsAtEachInterval) {
  PipelineUnderTest pipeline(2);
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.assign({0, 1});
  pipeline.start();
  pipeline.read_all();
  const int polls = pipeline.source.polls();
  ASSERT_TRUE(wait_until([&] { return pipeline.source.polls() > polls + 2; }));
  EXPECT_EQ(pipeline.metrics.totals().commits, 0) << "the interval has not gone by";

  pipeline.commit();
  EXPECT_EQ(pipeline.orders(), places(0, 0, 10));
  EXPECT_THAT(pipeline.source.acknowledged(), ElementsAre(Pair(PartitionId(0), Offset(10))));

  pipeline.source.append(0, kValidEvent, 5);
  pipeline.source.append(1, kInvalidEvent, 3);
  pipeline.read_all();
  pipeline.commit();
  EXPECT_EQ(pipeline.orders(), places(0, 0, 15));
  EXPECT_EQ(pipeline.rejects(), places(1, 0, 3));

  const auto done = pipeline.stop();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->commits, 2);
  EXPECT_EQ(done->valid, 15);
  EXPECT_EQ(done->rejected, 3);
  EXPECT_EQ(done->fenced, 0);
  EXPECT_THAT(pipeline.strays(), IsEmpty());
}

TEST(PipelineTest, AnIdleStreamCommitsNothing) {
  PipelineUnderTest pipeline(1);
  pipeline.source.assign({0});
  pipeline.start();
  pipeline.read_all();
  for (int interval = 0; interval < 3; ++interval) {
    pipeline.clock.turn(pipeline.options.commit_interval);
    const int polls = pipeline.source.polls();
    ASSERT_TRUE(wait_until([&] { return pipeline.source.polls() > polls + 1; }));
  }
  EXPECT_TRUE(pipeline.stop());
  EXPECT_EQ(pipeline.snapshots(), 0u);
  EXPECT_THAT(pipeline.strays(), IsEmpty());
}

TEST(PipelineTest, SealsEarlyAtTheByteLimit) {
  PipelineUnderTest pipeline(1);
  pipeline.options.epoch_bytes_max = 100;
  pipeline.source.append(0, kValidEvent, 50);
  pipeline.source.assign({0});
  pipeline.start();
  EXPECT_TRUE(wait_until([&] { return pipeline.metrics.totals().valid == 50; }));
  EXPECT_TRUE(pipeline.stop());
}

TEST(PipelineTest, EndsWhenAllThatWasThereIsCommitted) {
  PipelineUnderTest pipeline(3);
  pipeline.options.until = Until::kSourceEnd;
  pipeline.options.workers = 2;
  pipeline.source.append(0, kValidEvent, 5'000);
  pipeline.source.append(1, kValidEvent, 90);
  pipeline.source.append(1, kInvalidEvent, 10);
  pipeline.source.append_control(2, 4);
  pipeline.source.append(2, kValidEvent);
  pipeline.source.assign({0, 1, 2});
  pipeline.start();
  const auto done = pipeline.finish();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->valid, 5'091);
  EXPECT_EQ(done->rejected, 10);
  EXPECT_EQ(pipeline.orders(), both(both(places(0, 0, 5'000), places(1, 0, 90)), places(2, 4, 5)));
  EXPECT_EQ(pipeline.rejects(), places(1, 90, 100));
  EXPECT_THAT(pipeline.position(),
              ElementsAre(Pair(PartitionId(0), Offset(5'000)), Pair(PartitionId(1), Offset(100)),
                          Pair(PartitionId(2), Offset(5))));
  EXPECT_EQ(pipeline.source.acknowledged(), pipeline.position());
  EXPECT_THAT(pipeline.strays(), IsEmpty());
}

TEST(PipelineTest, AnEmptyTopicIsAtItsEnd) {
  PipelineUnderTest pipeline(1);
  pipeline.options.until = Until::kSourceEnd;
  pipeline.source.assign({0});
  pipeline.start();
  EXPECT_TRUE(pipeline.finish());
  EXPECT_EQ(pipeline.snapshots(), 0u);
}

// A bounded run may be over before its first interval is: its last commit is the only one.
TEST(PipelineTest, ARunToTheEndCleansUpAfterAKilledWriter) {
  PipelineUnderTest pipeline(1);
  pipeline.options.until = Until::kSourceEnd;
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.append(0, kInvalidEvent, 10);
  pipeline.leave_epoch(0, 0);
  ASSERT_THAT(pipeline.strays(), testing::SizeIs(2)) << "a data file and a journal";
  pipeline.source.assign({0});
  pipeline.start();
  const auto done = pipeline.finish();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->commits, 1);
  EXPECT_EQ(pipeline.orders(), places(0, 0, 10));
  EXPECT_THAT(pipeline.strays(), IsEmpty());
}

TEST(PipelineTest, AStopIsALastCommit) {
  PipelineUnderTest pipeline(1);
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.assign({0});
  pipeline.start();
  pipeline.read_all();
  const auto done = pipeline.stop();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->commits, 1);
  EXPECT_EQ(pipeline.orders(), places(0, 0, 10));
  EXPECT_THAT(pipeline.strays(), IsEmpty());
}

TEST(PipelineTest, TheNextRunGoesOnWhereTheTableStands) {
  PipelineUnderTest pipeline(2);
  pipeline.source.append(0, kValidEvent, 10);
  for (int run = 0; run < 3; ++run) {
    pipeline.source.append(1, kValidEvent, 5);
    pipeline.source.assign({0, 1});
    pipeline.start();
    pipeline.read_all();
    ASSERT_TRUE(pipeline.stop()) << run;
  }
  EXPECT_EQ(pipeline.orders(), both(places(0, 0, 10), places(1, 0, 15)));
  EXPECT_THAT(
      pipeline.source.opened(),
      ElementsAre(source::Start{PartitionId(0), std::nullopt}, source::Start{PartitionId(1), std::nullopt},
                  source::Start{PartitionId(0), Offset(10)}, source::Start{PartitionId(1), Offset(5)},
                  source::Start{PartitionId(0), Offset(10)}, source::Start{PartitionId(1), Offset(10)}));
}

// --- Rebalances --------------------------------------------------------------------------------------------

TEST(PipelineTest, WhatWasReadOfARevokedPartitionIsCommittedBeforeItIsReleased) {
  PipelineUnderTest pipeline(2);
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.append(1, kValidEvent, 7);
  pipeline.source.assign({0, 1});
  pipeline.start();
  pipeline.read_all();
  pipeline.source.revoke({1});
  ASSERT_TRUE(wait_until([&] { return !pipeline.source.released().empty(); }));
  EXPECT_THAT(pipeline.position(),
              ElementsAre(Pair(PartitionId(0), Offset(10)), Pair(PartitionId(1), Offset(7))));
  EXPECT_THAT(pipeline.source.released(), ElementsAre(PartitionId(1)));

  // Whoever has it now reads on, and it comes back.
  pipeline.commit_elsewhere(1, 7, 9);
  pipeline.source.append(0, kValidEvent, 2);
  pipeline.source.append(1, kValidEvent, 5);
  pipeline.source.assign({1});
  pipeline.read_all();
  pipeline.commit();
  const auto done = pipeline.stop();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pipeline.source.opened().back(), (source::Start{PartitionId(1), Offset(9)}));
  EXPECT_EQ(pipeline.orders(), both(both(places(0, 0, 12), places(1, 0, 7)), places(1, 9, 12)));
  EXPECT_EQ(done->fenced, 0);
}

TEST(PipelineTest, OnlyItsOwnShareMustBeAtTheEnd) {
  PipelineUnderTest pipeline(2);
  pipeline.options.until = Until::kSourceEnd;
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.append(1, kValidEvent, 10);
  pipeline.source.assign({1});
  pipeline.start();
  ASSERT_TRUE(pipeline.finish());
  EXPECT_EQ(pipeline.orders(), places(1, 0, 10));
}

// --- Another writer ----------------------------------------------------------------------------------------

TEST(PipelineTest, ReadsAgainFromTheTableWhenAnotherWriterWasThere) {
  PipelineUnderTest pipeline(2);
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.append(1, kInvalidEvent, 10);
  pipeline.source.assign({0, 1});
  pipeline.start();
  pipeline.read_all();
  pipeline.commit_elsewhere(0, 0, 4);
  pipeline.commit_all(16);
  const auto done = pipeline.stop();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->fenced, 1);
  EXPECT_EQ(pipeline.orders(), places(0, 4, 10)) << "the rows before are the other's";
  EXPECT_EQ(pipeline.rejects(), places(1, 0, 10)) << "rejects are written once, though they were read twice";
  EXPECT_THAT(pipeline.metrics.expose(), HasSubstr("calve_epochs_fenced_total{pipeline=\"orders\"} 1"));
  EXPECT_THAT(pipeline.strays(), IsEmpty()) << "the given-up epoch's files";
}

TEST(PipelineTest, SaysThatAnotherProcessTakesTheSamePartitions) {
  PipelineUnderTest pipeline(1);
  pipeline.source.append(0, kValidEvent, 100);
  pipeline.source.assign({0});
  // Before each swap of ours another one comes.
  std::int64_t stolen = 0;
  pipeline.store.inject({.verb = Verb::kOpenWriter,
                         .path_contains = "orders/data",
                         .times = Fault::kAlways,
                         .effect = storage::Meanwhile{[&] {
                           pipeline.commit_elsewhere(0, stolen, stolen + 1);
                           ++stolen;
                         }}});
  pipeline.options.commit_interval = Milliseconds(0);
  pipeline.start();
  const auto done = pipeline.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kFenced);
  EXPECT_THAT(done.error().message, HasSubstr("KAFKA_GROUP_ID"));
  EXPECT_THAT(pipeline.orders(), IsEmpty());
  pipeline.store.clear_faults();
}

// --- What must not move offsets
// ------------------------------------------------------------------------------

TEST(PipelineTest, ControlRecordsAloneCommitNothing) {
  PipelineUnderTest pipeline(1);
  pipeline.source.append_control(0, 3);
  pipeline.source.assign({0});
  pipeline.start();
  pipeline.read_all();
  for (int interval = 0; interval < 2; ++interval) {
    pipeline.clock.turn(pipeline.options.commit_interval);
    const int polls = pipeline.source.polls();
    ASSERT_TRUE(wait_until([&] { return pipeline.source.polls() > polls + 1; }));
    pipeline.source.append_control(0);
    pipeline.read_all();
  }
  EXPECT_EQ(pipeline.snapshots(), 0u);

  pipeline.source.append(0, kValidEvent);
  pipeline.read_all();
  pipeline.commit();
  EXPECT_TRUE(pipeline.stop());
  EXPECT_EQ(pipeline.orders(), places(0, 5, 6));
  EXPECT_THAT(pipeline.position(), ElementsAre(Pair(PartitionId(0), Offset(6))))
      << "the ranges without an event came along";
  EXPECT_EQ(pipeline.snapshots(), 1u);
}

TEST(PipelineTest, TheCircuitBreakerStopsBeforeOffsetsMove) {
  PipelineUnderTest pipeline(2);
  pipeline.options.rejects_share_max = 0.5;
  pipeline.options.rejects_judged_from = 20;
  pipeline.source.append(0, kInvalidEvent, 11);
  pipeline.source.append(1, kValidEvent, 9);
  pipeline.source.assign({0, 1});
  pipeline.start();
  pipeline.read_all();
  pipeline.clock.turn(pipeline.options.commit_interval);
  const auto done = pipeline.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kInvalidData);
  EXPECT_THAT(done.error().message,
              AllOf(HasSubstr("11 of the newest 20"), HasSubstr("CALVE_REJECTS_MAX_SHARE")));
  EXPECT_EQ(pipeline.snapshots(), 0u);
  EXPECT_THAT(pipeline.position(), IsEmpty());
  EXPECT_THAT(pipeline.strays(), IsEmpty()) << "a stop in order leaves no open journal";
}

TEST(PipelineTest, TheCircuitBreakerAddsUpSmallEpochs) {
  PipelineUnderTest pipeline(1);
  pipeline.options.rejects_share_max = 0.5;
  pipeline.options.rejects_judged_from = 20;
  pipeline.source.append(0, kInvalidEvent, 15);
  pipeline.source.assign({0});
  pipeline.start();
  pipeline.commit_all(15);
  pipeline.source.append(0, kInvalidEvent, 5);
  pipeline.read_all();
  pipeline.clock.turn(pipeline.options.commit_interval);
  const auto done = pipeline.finish();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("20 of the newest 20"));
  EXPECT_THAT(pipeline.position(), ElementsAre(Pair(PartitionId(0), Offset(15))));
}

TEST(PipelineTest, TheCircuitBreakerLetsAHalfAndAFewPass) {
  struct Case {
    int valid;
    int invalid;
  };
  for (const auto& [valid, invalid] : {Case{10, 10}, Case{0, 19}}) {
    PipelineUnderTest pipeline(1);
    pipeline.options.rejects_share_max = 0.5;
    pipeline.options.rejects_judged_from = 20;
    pipeline.source.append(0, kValidEvent, valid);
    pipeline.source.append(0, kInvalidEvent, invalid);
    pipeline.source.assign({0});
    pipeline.start();
    pipeline.read_all();
    EXPECT_TRUE(pipeline.stop()) << valid << " " << invalid;
    EXPECT_THAT(pipeline.rejects(), testing::SizeIs(invalid));
  }
}

// --- Failures
// ------------------------------------------------------------------------------------------------

TEST(PipelineTest, WorkersReadAgainAfterAFailureThatMayPass) {
  for (const Verb verb : {Verb::kOpenWriter, Verb::kAppend, Verb::kFinish}) {
    PipelineUnderTest pipeline(2);
    pipeline.store.inject({.verb = verb,
                           .path_contains = ".parquet",
                           .effect = FailBefore{{ErrorKind::kUnavailable, "slow down"}}});
    pipeline.source.append(0, kValidEvent, 1'000);
    pipeline.source.append(1, kInvalidEvent, 10);
    pipeline.source.assign({0, 1});
    pipeline.start();
    pipeline.read_all();
    pipeline.commit_all(1'010);
    const auto done = pipeline.stop();
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(pipeline.orders(), places(0, 0, 1'000));
    EXPECT_EQ(pipeline.rejects(), places(1, 0, 10));
    EXPECT_EQ(done->valid, 1'000) << "counted once";
    EXPECT_THAT(pipeline.strays(), IsEmpty());
  }
}

TEST(PipelineTest, WhatNoNewTryCuresEndsTheRunWithItsCause) {
  const Error full{ErrorKind::kIo, "No space left on device"};
  PipelineUnderTest pipeline(1);
  pipeline.store.inject({.verb = Verb::kOpenWriter, .times = Fault::kAlways, .effect = FailBefore{full}});
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.assign({0});
  pipeline.start();
  pipeline.read_all();
  pipeline.clock.turn(pipeline.options.commit_interval);
  const auto done = pipeline.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), full);
  EXPECT_EQ(pipeline.snapshots(), 0u);
}

TEST(PipelineTest, AGapInTheSourceStopsTheStream) {
  const Error gap{ErrorKind::kSourceGap, "offset 10 is no longer there"};
  PipelineUnderTest pipeline(2);
  pipeline.source.append(1, kValidEvent, 10);
  pipeline.source.fail_read(0, gap);
  pipeline.source.assign({0, 1});
  pipeline.start();
  const auto done = pipeline.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), gap);
}

TEST(PipelineTest, APartitionThatIsGoneStopsTheStream) {
  PipelineUnderTest pipeline(1);
  pipeline.options.until = Until::kSourceEnd;
  pipeline.commit_elsewhere(1, 0, 10);
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.assign({0});
  pipeline.start();
  const auto done = pipeline.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kSourceGap);
  EXPECT_THAT(done.error().message, HasSubstr("partition 1, next offset 10"));
}

TEST(PipelineTest, EventsOfATopicThatWasMadeAnewAreNotCommitted) {
  PipelineUnderTest pipeline(1);
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.assign({0});
  pipeline.start();
  pipeline.read_all();
  pipeline.source.make_anew();
  pipeline.clock.turn(pipeline.options.commit_interval);
  const auto done = pipeline.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kSourceGap);
  EXPECT_EQ(pipeline.snapshots(), 0u);
}

// As a broker that is only just back, and deals its partitions before it answers other questions.
TEST(PipelineTest, ASourceThatDoesNotAnswerAnAssignmentIsAskedAgain) {
  PipelineUnderTest pipeline(2);
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.append(1, kValidEvent, 10);
  pipeline.source.assign({0});
  pipeline.start();
  pipeline.read_all();
  pipeline.source.fail_open({ErrorKind::kUnreachable, "no answer in time"});
  pipeline.source.assign({1});
  pipeline.commit_all(20);
  const auto done = pipeline.stop();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(pipeline.orders(), both(places(0, 0, 10), places(1, 0, 10)));
  EXPECT_THAT(pipeline.strays(), IsEmpty());
}

TEST(PipelineTest, ASourceThatRefusesEndsTheRun) {
  const Error denied{ErrorKind::kAccessDenied, "no right to read the topic"};
  PipelineUnderTest pipeline(1);
  pipeline.source.append(0, kValidEvent, 100'000);  // more than rows wait for in memory: a file is open
  pipeline.source.assign({0});
  pipeline.start();
  pipeline.read_all();
  pipeline.source.fail_polls(denied);
  const auto done = pipeline.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), denied);
  EXPECT_THAT(pipeline.strays(), IsEmpty()) << "of the epoch that was being filled";
}

TEST(PipelineTest, ALastCommitThatCannotBeMadeEndsInTime) {
  PipelineUnderTest pipeline(1);
  pipeline.options.shutdown_timeout = Milliseconds(100);
  pipeline.source.append(0, kValidEvent, 10);
  pipeline.source.assign({0});
  pipeline.start();
  pipeline.read_all();
  pipeline.store.inject({.verb = Verb::kCreate,
                         .path_contains = ".metadata.json",
                         .times = Fault::kAlways,
                         .effect = FailBefore{{ErrorKind::kUnavailable, "slow down"}}});
  const auto begun = std::chrono::steady_clock::now();
  const auto done = pipeline.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
  EXPECT_EQ(pipeline.snapshots(), 0u);
  EXPECT_THAT(pipeline.position(), IsEmpty());
  ASSERT_FALSE(done) << "ten events were read and are not in the table";
  EXPECT_EQ(done.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(done.error().message, HasSubstr("the next start reads its events again"));
}

TEST(PipelineTest, SaysWhatStandsInTheWay) {
  PipelineUnderTest pipeline(1);
  pipeline.source.assign({0});
  pipeline.source.set_health({.reachable = false, .reason = "no broker answers at kafka:9092"});
  pipeline.start();
  EXPECT_TRUE(wait_until([&] { return !pipeline.health.report(pipeline.clock.steady_now()).is_healthy; }));
  EXPECT_THAT(pipeline.health.report(pipeline.clock.steady_now()).reason, HasSubstr("kafka:9092"));
  pipeline.source.set_health({});
  pipeline.source.append(0, kValidEvent);
  pipeline.read_all();
  pipeline.commit();
  EXPECT_TRUE(wait_until([&] { return pipeline.health.report(pipeline.clock.steady_now()).is_healthy; }));
  EXPECT_TRUE(pipeline.stop());
}

TEST(PipelineTest, CountsWhatItCommitted) {
  PipelineUnderTest pipeline(1);
  pipeline.source.append(0, kValidEvent, 8);
  pipeline.source.append(0, kInvalidEvent, 2);
  pipeline.source.assign({0});
  pipeline.start();
  pipeline.read_all();
  pipeline.commit();
  EXPECT_TRUE(pipeline.stop());
  const std::string text = pipeline.metrics.expose();
  for (const char* line :
       {"calve_events_read_total{pipeline=\"orders\"} 10",
        "calve_events_committed_total{pipeline=\"orders\",verdict=\"valid\"} 8",
        "calve_events_committed_total{pipeline=\"orders\",verdict=\"rejected\"} 2",
        "calve_data_files_total{pipeline=\"orders\"} 2", "calve_commit_seconds_count{pipeline=\"orders\"} 1",
        "calve_lag_offsets{partition=\"0\",pipeline=\"orders\"} 0"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

}  // namespace
}  // namespace calve::runtime
