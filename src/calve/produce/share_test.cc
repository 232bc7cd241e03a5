#include "calve/produce/share.h"

#include <gtest/gtest.h>

namespace calve::produce {
namespace {

TEST(ShareTest, ReadsPercentagesExactly) {
  const std::tuple<const char*, std::uint32_t, const char*> cases[] = {
      {"0%", 0, "0%"},           {"1%", 10'000, "1%"},         {"0.5%", 5'000, "0.5%"},
      {"0.0001%", 1, "0.0001%"}, {"100 %", 1'000'000, "100%"}, {"12.25%", 122'500, "12.25%"},
      {"007%", 70'000, "7%"}};
  for (const auto& [text, per_million, written] : cases) {
    const auto share = parse_share(text);
    ASSERT_TRUE(share) << text;
    EXPECT_EQ(share->per_million, per_million) << text;
    EXPECT_EQ(to_string(*share), written) << text;
  }
}

TEST(ShareTest, RefusesWhatIsNoPercentage) {
  for (const char* text : {"", "%", "1", "-1%", "+1%", "101%", "100.0001%", "1.%", ".5%", "0.00001%", "1,5%",
                           "1e1%", "1 0%", "1  %", "9999999999%", "1%%"}) {
    const auto share = parse_share(text);
    ASSERT_FALSE(share) << text;
    EXPECT_EQ(share.error().kind, ErrorKind::kUsage) << text;
  }
}

}  // namespace
}  // namespace calve::produce
