#include "calve/batch/log_identity.h"

#include <gtest/gtest.h>

namespace calve::batch {
namespace {

TEST(LogIdentityTest, OffsetsCarryOverOnlyWithinOneLog) {
  const LogIdentity recorded{.cluster = "c1", .topic = "orders", .topic_id = "t1"};
  struct Case {
    const char* name;
    LogIdentity recorded;
    LogIdentity found;
    bool may_be_same;
  };
  for (const auto& c : {
           Case{"the same", recorded, recorded, true},
           Case{"topic made anew", recorded, {"c1", "orders", "t2"}, false},
           Case{"another cluster", recorded, {"c2", "orders", "t1"}, false},
           Case{"another topic", recorded, {"c1", "orders.v2", "t1"}, false},
           Case{"another topic, whose ids are unknown", {"", "orders", ""}, {"", "orders.v2", ""}, false},
           Case{"a source that cannot tell its topic's id", recorded, {"c1", "orders", ""}, true},
           Case{"a source that cannot tell its cluster", recorded, {"", "orders", "t1"}, true},
           Case{"a source that can tell nothing", recorded, {"", "orders", ""}, true},
           Case{"recorded when nothing could be told", {"", "orders", ""}, {"c1", "orders", "t1"}, true},
           Case{"unknown id of another cluster", recorded, {"c2", "orders", ""}, false},
           Case{"Kafka after a file log", {"file", "orders", ""}, {"c1", "orders", "t1"}, false},
           Case{"names differ in case", recorded, {"c1", "Orders", "t1"}, false},
       }) {
    EXPECT_EQ(may_be_same_log(c.recorded, c.found), c.may_be_same) << c.name;
    EXPECT_EQ(may_be_same_log(c.found, c.recorded), c.may_be_same) << c.name << ", the other way round";
  }
}

}  // namespace
}  // namespace calve::batch
