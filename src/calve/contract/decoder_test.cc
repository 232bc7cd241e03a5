#include "calve/contract/decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/contract/decoder_under_test.h"
#include "calve/iceberg/schema.h"

namespace calve::contract {
namespace {

using testing::ElementsAre;

Contract orders() {
  return load_or_die(read_file(CALVE_SOURCE_DIR "/contracts/orders.created.v1.schema.json"));
}

constexpr std::string_view kOrder =
    R"({"order_id":"0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071","customer_id":"C-1","email":"a@example.com",)"
    R"("created_at":"2026-11-24T13:02:07.5+01:00","status":"paid","channel":"web","payment_method":"card",)"
    R"("currency":"EUR","items":[{"sku":"S1","name":"Lamp \"L\"","quantity":2,"unit_price":10.50},)"
    R"({"sku":"S2","name":"Kette","quantity":1,"unit_price":4}],"subtotal":25.00,"discount":5,"shipping":3.99,)"
    R"("tax":4.56,"total":28.55,"shipping_address":{"street":"Hauptstraße 1","city":"Köln","postal_code":"50667",)"
    R"("country":"DE"},"coupon":null})";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result(text);
  const auto at = result.find(from);
  if (at == std::string::npos) ADD_FAILURE() << "not in the order: " << from;
  return result.replace(at, from.size(), to);
}

TEST(ContractTest, ColumnsAreTheLeavesOfTheTableSchema) {
  const Contract contract = orders();
  const auto leaves = iceberg::leaves(contract.table_schema());
  ASSERT_EQ(leaves.size(), contract.plan().columns.size());
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const LeafColumn& column = contract.plan().columns[i];
    EXPECT_EQ(column.field, leaves[i].id) << leaves[i].path;
    EXPECT_EQ(column.type, leaves[i].type) << leaves[i].path;
    EXPECT_EQ(column.max_definition_level, leaves[i].max_definition_level) << leaves[i].path;
    EXPECT_EQ(column.max_repetition_level, leaves[i].max_repetition_level) << leaves[i].path;
  }
}

TEST(DecoderTest, OneBadOrderBetweenTwoGoodOnesLeavesNoTrace) {
  const Contract contract = orders();
  Decoder decoder(contract);
  const std::string bad = replaced(kOrder, "\"total\":28.55", "\"total\":28.56");
  const auto records = batch_of({kOrder, bad, kOrder});
  const Decoded& decoded = decoder.decode(records, timestamp_from_micros(7));
  EXPECT_EQ(decoded.min_event_time, timestamp_from_micros(1'795'521'727'500'000));

  ASSERT_EQ(decoded.rows.row_count, 2u);
  ASSERT_EQ(decoded.rejects.size(), 1u);
  const Reject& reject = decoded.rejects[0];
  EXPECT_EQ(reject.offset, Offset(101));
  EXPECT_EQ(reject.code, "rule_total_adds_up");
  EXPECT_EQ(reject.pointer, "/total");
  EXPECT_EQ(reject.payload, bad);

  const batch::ColumnBatch& rows = decoded.rows;
  EXPECT_THAT(values<std::string_view>(rows, 2), ElementsAre("C-1", "C-1"));
  EXPECT_THAT(values<std::int64_t>(rows, 4), ElementsAre(1'795'521'727'500'000, 1'795'521'727'500'000));
  EXPECT_THAT(values<std::int64_t>(rows, 14), ElementsAre(2855, 2855));
  EXPECT_THAT(values<std::string_view>(rows, 24), ElementsAre("Lamp \"L\"", "Kette", "Lamp \"L\"", "Kette"));
  EXPECT_THAT(values<std::int32_t>(rows, 25), ElementsAre(2, 1, 2, 1));
  EXPECT_THAT(values<std::int64_t>(rows, 26), ElementsAre(1050, 400, 1050, 400));
  EXPECT_THAT(rows.find(FieldId(25))->repetition_levels, ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(rows.find(FieldId(25))->definition_levels, ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(rows.find(FieldId(16))->definition_levels, ElementsAre(0, 0));
  EXPECT_THAT(rows.find(FieldId(17))->definition_levels, ElementsAre(0, 0));
  EXPECT_THAT(values<std::int64_t>(rows, 18), ElementsAre(7, 7));
  EXPECT_THAT(values<std::int32_t>(rows, 19), ElementsAre(3, 3));
  EXPECT_THAT(values<std::int64_t>(rows, 20), ElementsAre(100, 102));
  EXPECT_THAT(values<std::int64_t>(rows, 21), ElementsAre(1000, 1020));
}

}  // namespace
}  // namespace calve::contract
