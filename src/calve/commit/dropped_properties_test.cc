// A catalog that keeps table properties to itself, as some services do with names that they do not know.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/commit/commit_under_test.h"

namespace calve::commit {
namespace {

using catalog::LoadedTable;
using catalog::SwapOutcome;
using catalog::TableIdentifier;

class ForgetfulCatalog final : public catalog::Catalog {
 public:
  explicit ForgetfulCatalog(catalog::Catalog& inner) : inner_(inner) {}

  Result<LoadedTable> load(const TableIdentifier& table) override { return inner_.load(table); }
  SwapOutcome create(const TableIdentifier& table, const iceberg::NewTable& first) override {
    return inner_.create(table, first);
  }
  SwapOutcome swap(const TableIdentifier& table, const LoadedTable& base,
                   const iceberg::TableChange& change) override {
    iceberg::TableChange kept = change;
    std::erase_if(kept.updates, [](const iceberg::TableUpdate& update) {
      return std::holds_alternative<iceberg::SetProperties>(update);
    });
    return inner_.swap(table, base, kept);
  }
  std::string default_location(const TableIdentifier& table) const override {
    return inner_.default_location(table);
  }
  Result<void> probe_swap() override { return inner_.probe_swap(); }

 private:
  catalog::Catalog& inner_;
};

TEST(DroppedPropertiesTest, TheStreamStopsAtOnceAndLosesNothing) {
  WarehouseUnderTest warehouse;
  ForgetfulCatalog forgetful(warehouse.catalog);
  Committer committer(forgetful, warehouse.store, warehouse.clock, warehouse.options());
  ASSERT_TRUE(committer.resume());

  const auto committed = warehouse.commit(committer, {{.partition = 0, .from = 0, .to = 10}});

  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(committed.error().message, testing::HasSubstr("calve.orders.position"));
  EXPECT_EQ(warehouse.order_rows(), 10);
  const auto next = warehouse.resumed_committer();
  EXPECT_EQ(next_offset(next->position(), PartitionId(0)), Offset(10)) << "by the ledger";
  ASSERT_TRUE(warehouse.commit(*next, {{.partition = 0, .from = 10, .to = 20}}));
  EXPECT_EQ(next->clean_up(*next->open_epoch(), {}), 0u);
  EXPECT_EQ(warehouse.order_rows(), 20);
  EXPECT_THAT(warehouse.stray_objects(), testing::IsEmpty());
}

}  // namespace
}  // namespace calve::commit
