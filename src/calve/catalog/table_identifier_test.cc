#include "calve/catalog/table_identifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::catalog {
namespace {

using testing::HasSubstr;

TEST(TableIdentifierTest, TheLastPartIsTheTable) {
  struct Case {
    std::string text;
    TableIdentifier table;
  };
  for (const auto& [text, table] : {
           Case{"analytics.orders", {{"analytics"}, "orders"}},
           Case{"a.b.c.t", {{"a", "b", "c"}, "t"}},
           Case{"shop-eu.orders_rejected", {{"shop-eu"}, "orders_rejected"}},
           Case{"münchen.bestellungen", {{"münchen"}, "bestellungen"}},
           Case{"n." + std::string(255, 't'), {{"n"}, std::string(255, 't')}},
       }) {
    const auto parsed = parse_table_identifier(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, table) << text;
    EXPECT_EQ(to_string(*parsed), text);
  }
}

TEST(TableIdentifierTest, RefusesWhatIsNoName) {
  for (const auto& text : std::vector<std::string>{
           "", "orders", ".", "..", ".orders", "analytics.", "a..b", "../../etc.passwd", "a/b.t", "a\\b.t",
           "a.t%2f", "a b.t", "a.t\n", std::string("a.t\0", 4), "a.t\x7f", "n." + std::string(256, 't')}) {
    const auto parsed = parse_table_identifier(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kConfig) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("namespace.table")) << text;
  }
}

}  // namespace
}  // namespace calve::catalog
