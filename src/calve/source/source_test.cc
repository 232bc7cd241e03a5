#include "calve/source/source.h"

#include <gtest/gtest.h>

namespace calve::source {
namespace {

TEST(IdentityTest, ToldApartByWhatBothSidesKnow) {
  const Identity known{.cluster = "c1", .topic = "orders", .topic_id = "t1"};
  const struct {
    const char* name;
    Identity found;
    bool may_be_same;
  } cases[] = {
      {"equal", known, true},
      {"another cluster", {.cluster = "c2", .topic = "orders", .topic_id = "t1"}, false},
      {"another name", {.cluster = "c1", .topic = "orders2", .topic_id = "t1"}, false},
      {"re-created", {.cluster = "c1", .topic = "orders", .topic_id = "t2"}, false},
      {"a source without ids", {.cluster = "c1", .topic = "orders", .topic_id = ""}, true},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(may_be_same_log(known, each.found), each.may_be_same) << each.name;
    EXPECT_EQ(may_be_same_log(each.found, known), each.may_be_same) << each.name << ", the other way";
  }
}

}  // namespace
}  // namespace calve::source
