// What catalog.h promises, asked of every catalog.

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/base/retry.h"
#include "calve/catalog/catalog_under_test.h"

namespace calve::catalog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const TableIdentifier kOrders{{"analytics"}, "orders"};
const TableIdentifier kRejects{{"analytics"}, "orders_rejected"};

class CatalogContractTest : public testing::TestWithParam<CatalogUnderTest> {
 protected:
  LoadedTable make(const TableIdentifier& table) {
    const auto outcome = catalog_->create(table, one_column_table(*catalog_, table));
    EXPECT_EQ(outcome_text(outcome), "applied");
    return loaded(table);
  }

  LoadedTable loaded(const TableIdentifier& table) {
    auto result = catalog_->load(table);
    EXPECT_TRUE(result) << result.error().message;
    return result ? std::move(*result) : LoadedTable{};
  }

  const std::unique_ptr<CatalogService> service_ = GetParam().start();
  const std::unique_ptr<Catalog> catalog_ = service_->connect();
};

TEST_P(CatalogContractTest, ATableThatIsNotThereIsNotFound) {
  for (const auto& missing : {kOrders, TableIdentifier{{"no", "such", "namespace"}, "t"}}) {
    const auto table = catalog_->load(missing);
    ASSERT_FALSE(table) << to_string(missing);
    EXPECT_EQ(table.error().kind, ErrorKind::kNotFound) << to_string(missing);
    EXPECT_THAT(table.error().message, HasSubstr(to_string(missing)));
  }
}

TEST_P(CatalogContractTest, LoadsWhatItMade) {
  std::vector<TableIdentifier> tables = {kOrders};
  if (GetParam().namespaces == Namespaces::kNested) tables.push_back({{"a", "b"}, "t"});
  for (const auto& table : tables) {
    const iceberg::NewTable first = one_column_table(*catalog_, table);
    const auto outcome = catalog_->create(table, first);
    ASSERT_EQ(outcome_text(outcome), "applied") << to_string(table);
    const LoadedTable made = loaded(table);
    EXPECT_EQ(std::get<Applied>(outcome).table, made) << to_string(table);
    EXPECT_EQ(iceberg::current_schema(made.metadata).fields, first.schema.fields);
    EXPECT_EQ(iceberg::default_spec(made.metadata).fields, first.spec.fields);
    if (first.location.empty()) {
      EXPECT_NE(made.metadata.location, "");  // the catalog's choice
    } else {
      EXPECT_EQ(made.metadata.location, first.location);
    }
    EXPECT_EQ(made.metadata.properties.at("calve.made-by"), "test");
    EXPECT_TRUE(made.metadata.table_uuid);
    EXPECT_EQ(made.metadata.format_version, 2);
    EXPECT_THAT(made.metadata.snapshots, IsEmpty());
    EXPECT_NE(made.version, "");
  }
}

TEST_P(CatalogContractTest, LeavesATableThatIsThere) {
  const LoadedTable made = make(kOrders);
  EXPECT_EQ(outcome_text(service_->connect()->create(kOrders, one_column_table(*catalog_, kOrders))),
            "lost already_exists");
  EXPECT_EQ(loaded(kOrders), made);
}

TEST_P(CatalogContractTest, ItsTablesHaveNothingToDoWithEachOther) {
  const LoadedTable orders = make(kOrders);
  const LoadedTable rejects = make(kRejects);
  EXPECT_NE(orders.metadata.location, rejects.metadata.location);
  EXPECT_NE(orders.metadata.table_uuid, rejects.metadata.table_uuid);
  ASSERT_EQ(outcome_text(catalog_->swap(kOrders, orders, append_snapshot(orders, 1))), "applied");
  EXPECT_EQ(loaded(kRejects), rejects);
}

TEST_P(CatalogContractTest, ASwapIsSeenByEveryClient) {
  const LoadedTable base = make(kOrders);
  const auto outcome = catalog_->swap(kOrders, base, append_snapshot(base, 7));
  ASSERT_EQ(outcome_text(outcome), "applied");
  const auto seen = service_->connect()->load(kOrders);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(std::get<Applied>(outcome).table, *seen);
  EXPECT_NE(seen->version, base.version);
  EXPECT_NE(seen->metadata_location, base.metadata_location);
  EXPECT_EQ(seen->metadata.current_snapshot_id, SnapshotId(7));
  EXPECT_EQ(seen->metadata.last_sequence_number, iceberg::SequenceNumber(1));
  EXPECT_EQ(seen->metadata.snapshots.front().summary.at("calve.pipeline"), "orders");
  EXPECT_EQ(seen->metadata.properties.at("calve.orders.position"), "7");
}

TEST_P(CatalogContractTest, AChangeMayBuildOnTheAnswerToTheOneBefore) {
  LoadedTable current = make(kOrders);
  for (const std::int64_t id : {1, 2, 3}) {
    auto outcome = catalog_->swap(kOrders, current, append_snapshot(current, id));
    ASSERT_EQ(outcome_text(outcome), "applied") << id;
    current = std::move(std::get<Applied>(outcome).table);
  }
  EXPECT_EQ(current, loaded(kOrders));
  EXPECT_THAT(snapshot_ids(current.metadata), ElementsAre(1, 2, 3));
  EXPECT_TRUE(iceberg::is_ancestor(current.metadata, SnapshotId(1), SnapshotId(3)));
}

TEST_P(CatalogContractTest, ChangesSchemaAndProperties) {
  const LoadedTable base = make(kOrders);
  iceberg::Schema wider = iceberg::current_schema(base.metadata);
  wider.id = iceberg::SchemaId(1);
  wider.fields.push_back({.id = FieldId(2), .name = "note", .type = iceberg::PrimitiveKind::kString});
  const auto outcome = catalog_->swap(
      kOrders, base,
      {.requirements = {iceberg::AssertLastAssignedFieldId{base.metadata.last_column_id}},
       .updates = {iceberg::AddSchema{wider}, iceberg::SetCurrentSchema{iceberg::SchemaId(-1)},
                   iceberg::RemoveProperties{{"calve.made-by"}}, iceberg::SetProperties{{{"x", "1"}}}}});
  ASSERT_EQ(outcome_text(outcome), "applied");
  const LoadedTable after = loaded(kOrders);
  EXPECT_EQ(iceberg::current_schema(after.metadata).fields, wider.fields);
  EXPECT_EQ(after.metadata.last_column_id, FieldId(2));
  EXPECT_FALSE(after.metadata.properties.contains("calve.made-by"));
  EXPECT_EQ(after.metadata.properties.at("x"), "1");
}

TEST_P(CatalogContractTest, OfTwoChangesOfOneBaseTheSecondLoses) {
  const LoadedTable base = make(kOrders);
  const auto other = service_->connect();
  const auto others_base = other->load(kOrders);
  ASSERT_TRUE(others_base);
  ASSERT_EQ(outcome_text(other->swap(kOrders, *others_base, append_snapshot(*others_base, 1))), "applied");
  EXPECT_EQ(outcome_text(catalog_->swap(kOrders, base, append_snapshot(base, 2))), "lost fenced");

  const LoadedTable current = loaded(kOrders);
  EXPECT_THAT(snapshot_ids(current.metadata), ElementsAre(1));
  EXPECT_EQ(outcome_text(catalog_->swap(kOrders, current, append_snapshot(current, 2))), "applied");
  EXPECT_THAT(snapshot_ids(loaded(kOrders).metadata), ElementsAre(1, 2));
}

TEST_P(CatalogContractTest, ARequirementThatDoesNotHoldLoses) {
  const LoadedTable base = make(kOrders);
  const std::vector<iceberg::TableRequirement> unmet = {
      iceberg::AssertTableUuid{make(kRejects).metadata.table_uuid.value()},
      iceberg::AssertRefSnapshotId{iceberg::kMainBranch, SnapshotId(1)},
      iceberg::AssertCurrentSchemaId{iceberg::SchemaId(5)},
      iceberg::AssertLastAssignedFieldId{FieldId(9)},
      iceberg::AssertDefaultSpecId{iceberg::SpecId(3)},
  };
  for (const auto& requirement : unmet) {
    auto change = append_snapshot(base, 1);
    change.requirements = {requirement};
    EXPECT_EQ(outcome_text(catalog_->swap(kOrders, base, change)), "lost fenced") << requirement.index();
    EXPECT_EQ(loaded(kOrders), base) << requirement.index();
  }
}

TEST_P(CatalogContractTest, AChangeThatBreaksTheTableIsNotApplied) {
  const LoadedTable base = make(kOrders);
  const auto outcome =
      catalog_->swap(kOrders, base, {.updates = {iceberg::SetCurrentSchema{iceberg::SchemaId(9)}}});
  EXPECT_THAT(outcome_text(outcome), HasSubstr("not_applied"));
  EXPECT_EQ(loaded(kOrders), base);
}

TEST_P(CatalogContractTest, ATableThatWasDroppedIsNotBroughtBack) {
  const LoadedTable base = make(kOrders);
  service_->drop(kOrders);
  EXPECT_EQ(outcome_text(catalog_->swap(kOrders, base, append_snapshot(base, 1))), "not_applied not_found");
  const auto after = catalog_->load(kOrders);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().kind, ErrorKind::kNotFound);
}

// Lost would make the caller send the events again, NotApplied would make it delete the files.
TEST_P(CatalogContractTest, AChangeWhoseAnswerIsLostIsNeverTakenForUndone) {
  const LoadedTable base = make(kOrders);
  service_->lose_next_answer();
  const auto outcome = catalog_->swap(kOrders, base, append_snapshot(base, 1));
  EXPECT_THAT(outcome_text(outcome), testing::AnyOf("applied", "unknown unknown_outcome"));
  const LoadedTable after = loaded(kOrders);
  EXPECT_THAT(snapshot_ids(after.metadata), ElementsAre(1));
  if (const auto* applied = std::get_if<Applied>(&outcome)) {
    EXPECT_EQ(applied->table, after);
  }
}

TEST_P(CatalogContractTest, ATableWhoseAnswerIsLostIsMadeOnce) {
  service_->lose_next_answer();
  const auto outcome = catalog_->create(kOrders, one_column_table(*catalog_, kOrders));
  EXPECT_THAT(outcome_text(outcome),
              testing::AnyOf("applied", "unknown unknown_outcome", "lost already_exists"));
  const LoadedTable made = loaded(kOrders);
  EXPECT_EQ(made.metadata.properties.at("calve.made-by"), "test");
}

TEST_P(CatalogContractTest, AChangeThatTheServiceRefusesMayBeTriedAgain) {
  const LoadedTable base = make(kOrders);
  service_->refuse_next_change();
  const auto outcome = catalog_->swap(kOrders, base, append_snapshot(base, 1));
  ASSERT_EQ(outcome_text(outcome), "not_applied unavailable");
  EXPECT_TRUE(is_retryable(std::get<NotApplied>(outcome).why.kind));
  EXPECT_EQ(loaded(kOrders), base);
}

TEST_P(CatalogContractTest, OneOfRacingCreatesWins) {
  constexpr int kRacers = 8;
  std::atomic<int> winners = 0;
  std::atomic<int> losers = 0;
  {
    std::vector<std::jthread> racers;
    for (int racer = 0; racer < kRacers; ++racer) {
      racers.emplace_back([&] {
        const auto catalog = service_->connect();
        const auto outcome = catalog->create(kOrders, one_column_table(*catalog, kOrders));
        (outcome_text(outcome) == "applied" ? winners : losers) += 1;
        if (!std::holds_alternative<Applied>(outcome)) {
          EXPECT_EQ(outcome_text(outcome), "lost already_exists");
        }
      });
    }
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(losers, kRacers - 1);
}

// Each racer adds its snapshots as a writer does: load, build, swap, and again if it lost.
TEST_P(CatalogContractTest, RacingSwapsLoseNothing) {
  constexpr int kRacers = 4;
  constexpr int kSnapshotsEach = 5;
  make(kOrders);
  {
    std::vector<std::jthread> racers;
    for (int racer = 0; racer < kRacers; ++racer) {
      racers.emplace_back([&, racer] {
        const auto catalog = service_->connect();
        for (int i = 1; i <= kSnapshotsEach;) {
          const auto base = catalog->load(kOrders);
          ASSERT_TRUE(base) << base.error().message;
          const auto outcome = catalog->swap(kOrders, *base, append_snapshot(*base, racer * 100 + i));
          ASSERT_THAT(outcome_text(outcome), testing::AnyOf("applied", "lost fenced"));
          if (std::holds_alternative<Applied>(outcome)) ++i;
        }
      });
    }
  }
  const iceberg::TableMetadata table = loaded(kOrders).metadata;
  EXPECT_THAT(table.snapshots, testing::SizeIs(kRacers * kSnapshotsEach));
  EXPECT_EQ(table.last_sequence_number, iceberg::SequenceNumber(kRacers * kSnapshotsEach));
  ASSERT_TRUE(table.current_snapshot_id);
  for (int racer = 0; racer < kRacers; ++racer) {
    for (int i = 1; i <= kSnapshotsEach; ++i) {
      EXPECT_TRUE(iceberg::is_ancestor(table, SnapshotId(racer * 100 + i), *table.current_snapshot_id))
          << racer << " " << i;
    }
  }
}

TEST_P(CatalogContractTest, ProvesThatItsSwapsHaveOneWinner) {
  const auto proven = catalog_->probe_swap();
  EXPECT_TRUE(proven) << proven.error().message;
}

INSTANTIATE_TEST_SUITE_P(EveryCatalog, CatalogContractTest, testing::ValuesIn(catalogs_under_test()),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace calve::catalog
