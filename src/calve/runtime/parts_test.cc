// Writer tasks and the committer task, as a distributed runtime drives them: checkpoints, restarts from
// what a checkpoint held, two jobs at once.

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/catalog/hadoop_catalog.h"
#include "calve/commit/journal.h"
#include "calve/commit/table_setup.h"
#include "calve/contract/decoder_under_test.h"
#include "calve/iceberg/manifest.h"
#include "calve/runtime/part_committer.h"
#include "calve/runtime/part_writer.h"
#include "calve/storage/memory_store.h"

namespace calve::runtime {
namespace {

using iceberg::SpecId;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kValid = R"({"v": "x"})";
constexpr std::string_view kInvalid = R"({"v": 1})";

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof(value)];
  std::memcpy(bytes, &value, sizeof(value));
  out.append(bytes, sizeof(value));
}

std::string frame(std::int32_t partition, std::int64_t offset, std::string_view value) {
  std::string bytes;
  put(bytes, partition);
  put(bytes, offset);
  put(bytes, std::int64_t{1'790'000'000'000} + offset);
  put(bytes, static_cast<std::int32_t>(value.size()));
  bytes.append(value);
  return bytes;
}

std::string start_frame(std::int32_t partition, std::int64_t next) {
  std::string bytes;
  put(bytes, partition);
  put(bytes, next);
  put(bytes, std::int64_t{0});
  put(bytes, std::int32_t{-2});
  return bytes;
}

// Events [from, to), each tenth of them invalid.
std::string events(std::int32_t partition, std::int64_t from, std::int64_t to) {
  std::string bytes;
  for (std::int64_t offset = from; offset < to; ++offset)
    bytes += frame(partition, offset, offset % 10 == 9 ? kInvalid : kValid);
  return bytes;
}

// Refuses every change of the orders table.
class RejectsAlone final : public catalog::Catalog {
 public:
  explicit RejectsAlone(catalog::Catalog& inner) : inner_(inner) {}

  Result<catalog::LoadedTable> load(const catalog::TableIdentifier& table) override {
    return inner_.load(table);
  }
  catalog::SwapOutcome create(const catalog::TableIdentifier& table,
                              const iceberg::NewTable& first) override {
    return inner_.create(table, first);
  }
  catalog::SwapOutcome swap(const catalog::TableIdentifier& table, const catalog::LoadedTable& base,
                            const iceberg::TableChange& change) override {
    if (table.name == "orders") return catalog::NotApplied{{ErrorKind::kAccessDenied, "no"}};
    return inner_.swap(table, base, change);
  }
  std::string default_location(const catalog::TableIdentifier& table) const override {
    return inner_.default_location(table);
  }
  Result<void> probe_swap() override { return inner_.probe_swap(); }

 private:
  catalog::Catalog& inner_;
};

class PartsTest : public testing::Test {
 protected:
  PartsTest() {
    for (const auto& [table, schema, spec] :
         {std::tuple(kOrders, contract_.table_schema(), contract_.partition_spec()),
          std::tuple(kRejects, contract::rejects_schema(), contract::rejects_partition_spec())}) {
      const auto made = commit::set_up_table(
          catalog_, {.identifier = table, .schema = schema, .partition_spec = spec}, system_clock(), {});
      EXPECT_TRUE(made) << made.error().message;
    }
  }

  TaskParts parts() { return {contract_, catalog_, store_, system_clock()}; }
  TaskOptions options() {
    return {.pipeline = "orders",
            .source = {.cluster = "c", .topic = "orders.created.v1", .topic_id = "t"},
            .orders = kOrders,
            .rejects = kRejects};
  }
  std::unique_ptr<PartWriter> writer(std::string_view frames) {
    auto opened = PartWriter::open(parts(), options());
    EXPECT_TRUE(opened) << opened.error().message;
    write(**opened, frames);
    return std::move(*opened);
  }
  static void write(PartWriter& writer, std::string_view frames) {
    const auto written = writer.write(frames);
    ASSERT_TRUE(written) << written.error().message;
  }
  static std::string seal(PartWriter& writer) {
    auto sealed = writer.seal();
    EXPECT_TRUE(sealed) << sealed.error().message;
    return *sealed;
  }
  std::unique_ptr<PartCommitter> committer() {
    auto opened = PartCommitter::open(parts(), options());
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  static PartCommitter::Done commit(PartCommitter& committer, const std::string& committable) {
    const auto done = committer.commit(committable, {});
    EXPECT_TRUE(done) << done.error().message;
    return done.value_or(PartCommitter::Done{});
  }

  // A job dies when its rejects are committed and its orders are not. Gives what its checkpoint holds.
  std::string send_rejects_ahead(const std::string& frames) {
    RejectsAlone catalog(catalog_);
    const auto dying = writer(start_frame(0, 0) + frames);
    std::string committable = combine_parts({seal(*dying)});
    auto opened = PartCommitter::open({contract_, catalog, store_, system_clock()}, options());
    EXPECT_TRUE(opened);
    const auto committed = (*opened)->commit(committable, {});
    EXPECT_FALSE(committed);
    return committable;
  }

  // As another engine does it.
  void partition_orders_by(std::string_view column) {
    const auto base = catalog_.load(kOrders).value();
    const auto* source = iceberg::find_field(iceberg::current_schema(base.metadata), column);
    const iceberg::PartitionField field{.source_id = source->id,
                                        .name = std::string(column),
                                        .transform = iceberg::SimpleTransform::kIdentity};
    const auto swapped = catalog_.swap(
        kOrders, base,
        {.updates = {iceberg::AddPartitionSpec{{.fields = {field}}}, iceberg::SetDefaultSpec{SpecId(-1)}}});
    ASSERT_TRUE(std::holds_alternative<catalog::Applied>(swapped));
  }

  std::int64_t rows(const catalog::TableIdentifier& table) {
    const iceberg::TableMetadata metadata = catalog_.load(table).value().metadata;
    const iceberg::Snapshot* current = iceberg::current_snapshot(metadata);
    std::int64_t count = 0;
    if (current == nullptr) return 0;
    const auto manifests = iceberg::read_manifest_list(store_.read(current->manifest_list).value()).value();
    for (const auto& listed : manifests) {
      const auto manifest = iceberg::read_manifest(store_.read(listed.manifest_path).value()).value();
      for (const auto& entry : manifest.entries) {
        EXPECT_TRUE(store_.read(entry.data_file.file_path)) << "referred to and gone";
        count += entry.data_file.record_count;
      }
    }
    return count;
  }
  // Of the current snapshot's manifests.
  std::vector<SpecId> specs_of(const catalog::TableIdentifier& table) {
    const iceberg::TableMetadata metadata = catalog_.load(table).value().metadata;
    std::vector<SpecId> specs;
    for (const auto& listed :
         iceberg::read_manifest_list(store_.read(iceberg::current_snapshot(metadata)->manifest_list).value())
             .value()) {
      specs.push_back(listed.partition_spec_id);
    }
    return specs;
  }
  std::size_t open_journals() {
    return commit::read_journals(store_, catalog_.load(kOrders).value().metadata.location).value().size();
  }

  static inline const catalog::TableIdentifier kOrders{{"analytics"}, "orders"};
  static inline const catalog::TableIdentifier kRejects{{"analytics"}, "orders_rejected"};
  contract::Contract contract_ = contract::load_or_die(contract::value_contract_text(R"("type": "string")"));
  storage::MemoryStore store_;
  catalog::HadoopCatalog catalog_{store_, "memory://warehouse", system_clock()};
};

TEST_F(PartsTest, TwoWritersOfOneCheckpointMakeOneSnapshot) {
  const auto first = writer(start_frame(0, 0) + events(0, 0, 100));
  const auto second = writer(start_frame(1, 0) + events(1, 0, 50));
  const std::string parts_of_one[] = {seal(*first), seal(*second)};

  const auto done = commit(*committer(), combine_parts({parts_of_one[0], parts_of_one[1]}));

  EXPECT_EQ(done.outcome, PartCommitter::Outcome::kCommitted);
  EXPECT_EQ(done.valid, 135);
  EXPECT_EQ(done.rejected, 15);
  EXPECT_EQ(rows(kOrders), 135);
  EXPECT_EQ(rows(kRejects), 15);
  EXPECT_EQ(catalog_.load(kOrders).value().metadata.snapshots.size(), 1u);
  EXPECT_EQ(open_journals(), 0u);
}

TEST_F(PartsTest, ACheckpointWithoutRecordsSealsNothing) {
  const auto idle = writer(start_frame(0, 0));

  EXPECT_THAT(seal(*idle), IsEmpty());
  EXPECT_EQ(open_journals(), 0u);
}

TEST_F(PartsTest, ADeliveredAgainCommittableFindsItselfCommitted) {
  const auto first = writer(start_frame(0, 0) + events(0, 0, 100));
  const std::string committable = combine_parts({seal(*first)});
  commit(*committer(), committable);

  const auto again = commit(*committer(), committable);

  EXPECT_EQ(again.outcome, PartCommitter::Outcome::kAlreadyThere);
  EXPECT_EQ(rows(kOrders), 90);
}

TEST_F(PartsTest, ARestoredJobCommitsWhatItsCheckpointHeldAndGoesOn) {
  const auto before = writer(start_frame(0, 0) + events(0, 0, 100));
  const std::string pending = combine_parts({seal(*before)});
  // The job died before the commit. Its source stands at 100, the table at nothing.
  const auto after = writer(start_frame(0, 100) + events(0, 100, 150));
  const std::string next = combine_parts({seal(*after)});
  const auto restored = committer();

  commit(*restored, pending);
  commit(*restored, next);

  EXPECT_EQ(rows(kOrders), 135);
  EXPECT_EQ(rows(kRejects), 15);
}

TEST_F(PartsTest, AnOlderSavepointPassesOverWhatTheTableHolds) {
  const auto first = writer(start_frame(0, 0) + events(0, 0, 100));
  const std::string committable = combine_parts({seal(*first)});
  const auto running = committer();
  commit(*running, committable);
  write(*first, events(0, 100, 200));
  commit(*running, combine_parts({seal(*first)}));

  // Restored from the savepoint in which the first part was still pending and the source stood at 100.
  const auto restored = committer();
  EXPECT_EQ(commit(*restored, committable).outcome, PartCommitter::Outcome::kAlreadyThere);
  const auto writer_again = writer(start_frame(0, 100) + events(0, 100, 230));
  EXPECT_EQ(writer_again->counts().passed_over, 100);
  commit(*restored, combine_parts({seal(*writer_again)}));

  EXPECT_EQ(rows(kOrders), 207);
  EXPECT_EQ(rows(kRejects), 23);
}

TEST_F(PartsTest, ASecondJobIsFencedWithAClearMessage) {
  const auto one = writer(start_frame(0, 0) + events(0, 0, 100));
  const auto other = writer(start_frame(0, 0) + events(0, 0, 60));
  const auto committer_of_one = committer();
  const auto committer_of_other = committer();
  commit(*committer_of_other, combine_parts({seal(*other)}));

  const auto refused = committer_of_one->commit(combine_parts({seal(*one)}), {});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kFenced);
  EXPECT_THAT(refused.error().message, HasSubstr("Another job or process"));
  EXPECT_EQ(rows(kOrders), 54);
  EXPECT_EQ(rows(kRejects), 6) << "rejects of an epoch that cannot follow stay out";
  EXPECT_EQ(open_journals(), 0u);
}

TEST_F(PartsTest, AFencedCommitterThatLooksAgainKeepsItsRejectsOut) {
  const auto one = writer(start_frame(0, 0) + start_frame(1, 0) + events(0, 0, 100) + events(1, 0, 100));
  const auto other = writer(start_frame(0, 0) + events(0, 0, 60));
  commit(*committer(), combine_parts({seal(*other)}));
  const auto looks_again = committer();  // its position is the table's, the part's files are not

  const auto refused = looks_again->commit(combine_parts({seal(*one)}), {});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kFenced);
  EXPECT_EQ(rows(kRejects), 6);
}

TEST_F(PartsTest, RejectsThatAnotherSentAheadAreNotWrittenAgain) {
  const auto waiting = writer(start_frame(0, 0) + events(0, 0, 100));
  const std::string its_part = combine_parts({seal(*waiting)});
  send_rejects_ahead(events(0, 0, 100));
  ASSERT_EQ(rows(kRejects), 10);

  const auto refused = committer()->commit(its_part, {});

  ASSERT_FALSE(refused) << "its files hold rejects that are in the table already";
  EXPECT_EQ(refused.error().kind, ErrorKind::kFenced);
  const auto anew = writer(start_frame(0, 0) + events(0, 0, 100));
  commit(*committer(), combine_parts({seal(*anew)}));
  EXPECT_EQ(rows(kOrders), 90);
  EXPECT_EQ(rows(kRejects), 10);
}

TEST_F(PartsTest, ACommitCutShortBetweenItsTablesIsFinished) {
  const std::string its_part = send_rejects_ahead(events(0, 0, 100));
  ASSERT_EQ(rows(kRejects), 10);

  commit(*committer(), its_part);

  EXPECT_EQ(rows(kOrders), 90);
  EXPECT_EQ(rows(kRejects), 10);
}

TEST_F(PartsTest, WhatWasSealedForAnAbortedCheckpointIsCommittedWithTheNext) {
  const auto committing = committer();
  const auto one = writer(start_frame(0, 0) + events(0, 0, 100));
  const auto other = writer(start_frame(1, 0) + events(1, 0, 100));
  commit(*committing, combine_parts({seal(*one), seal(*other)}));
  write(*one, events(0, 100, 150));
  const std::string of_the_aborted = seal(*one);  // before the other had come to the barrier
  write(*one, events(0, 150, 200));
  write(*other, events(1, 100, 200));

  const auto done = commit(*committing, combine_parts({of_the_aborted, seal(*one), seal(*other)}));

  EXPECT_EQ(done.outcome, PartCommitter::Outcome::kCommitted);
  EXPECT_EQ(done.valid, 180);
  EXPECT_EQ(rows(kOrders), 360);
  EXPECT_EQ(rows(kRejects), 40);
  EXPECT_EQ(open_journals(), 0u);
}

TEST_F(PartsTest, AJobKeepsTheSpecThatItBeganWith) {
  const auto running = writer(start_frame(0, 0) + events(0, 0, 100));
  const auto committing = committer();
  partition_orders_by("source_partition");

  commit(*committing, combine_parts({seal(*running)}));
  write(*running, events(0, 100, 200));
  commit(*committing, combine_parts({seal(*running)}));
  const auto restarted = writer(start_frame(0, 200) + events(0, 200, 300));
  commit(*committing, combine_parts({seal(*restarted)}));

  EXPECT_EQ(rows(kOrders), 270);
  EXPECT_THAT(specs_of(kOrders), ElementsAre(SpecId(1), SpecId(0), SpecId(0))) << "newest first";
}

TEST_F(PartsTest, AJobAheadOfARolledBackTableStops) {
  const auto running = writer(start_frame(0, 500) + events(0, 500, 600));
  const auto first = writer(start_frame(0, 0) + events(0, 0, 100));
  const auto committing = committer();
  commit(*committing, combine_parts({seal(*first)}));

  const auto refused = committing->commit(combine_parts({seal(*running)}), {});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kFenced);
  EXPECT_THAT(refused.error().message, HasSubstr("ahead of the table"));
  EXPECT_EQ(rows(kOrders), 90);
}

TEST_F(PartsTest, AWriterThatIsThrownAwayLeavesNothing) {
  {
    const auto dropped = writer(start_frame(0, 0) + events(0, 0, 100));
  }

  EXPECT_EQ(open_journals(), 0u);
  EXPECT_THAT(store_.list("memory://warehouse/analytics/orders/data/").value(), IsEmpty());
}

TEST_F(PartsTest, DamagedFramesAreRefused) {
  const std::string whole = start_frame(0, 0) + events(0, 0, 1);
  for (std::size_t length = 1; length < whole.size(); ++length) {
    if (length == start_frame(0, 0).size()) continue;
    auto opened = PartWriter::open(parts(), options());
    ASSERT_TRUE(opened);
    const auto written = (*opened)->write(std::string_view(whole).substr(0, length));
    ASSERT_FALSE(written) << length;
    EXPECT_EQ(written.error().kind, ErrorKind::kInvalidData) << length;
  }
}

TEST_F(PartsTest, DamagedCommittablesAreRefused) {
  const auto first = writer(start_frame(0, 0) + events(0, 0, 20));
  const std::string whole = combine_parts({seal(*first)});
  ASSERT_TRUE(parse_committable(whole));
  for (const std::size_t length : {std::size_t{0}, std::size_t{3}, std::size_t{8}, whole.size() - 1}) {
    const auto parsed = parse_committable(std::string_view(whole).substr(0, length));
    ASSERT_FALSE(parsed) << length;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalidData) << length;
  }
  std::string later = whole;
  later[4] = 2;
  EXPECT_EQ(parse_committable(later).error().kind, ErrorKind::kUnsupported);
}

TEST_F(PartsTest, APartIsReadAsItWasWritten) {
  const auto first = writer(start_frame(0, 0) + events(0, 0, 20));
  const std::string bytes = seal(*first);
  const auto part = parse_part(bytes);
  ASSERT_TRUE(part) << part.error().message;

  const auto again = serialize_part(*part, catalog_.load(kOrders).value().metadata,
                                    catalog_.load(kRejects).value().metadata);

  ASSERT_TRUE(again);
  EXPECT_EQ(parse_part(*again).value(), *part);
  EXPECT_EQ(part->ranges.front().valid, 18);
  EXPECT_EQ(part->orders_files.size(), 1u);
  EXPECT_EQ(part->rejects_files.size(), 1u);
}

}  // namespace
}  // namespace calve::runtime
