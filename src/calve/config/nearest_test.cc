#include "calve/config/nearest.h"

#include <array>

#include <gtest/gtest.h>

namespace calve::config {
namespace {

TEST(NearestTest, FewestEditsThenFirst) {
  constexpr std::array<std::string_view, 3> kNames = {"commit.interval", "run.workers", "run.memory"};
  EXPECT_EQ(nearest("comit.intervall", kNames), "commit.interval");
  EXPECT_EQ(nearest("worker", kNames), "run.workers");
  EXPECT_EQ(nearest("run.memory", kNames), "run.memory");
  constexpr std::array<std::string_view, 2> kTies = {"ab", "ac"};
  EXPECT_EQ(nearest("ad", kTies), "ab");
  EXPECT_EQ(nearest("", kTies), "ab");
}

TEST(NearestTest, WhatIsFarIsNotMeant) {
  constexpr std::array<std::string_view, 3> kNames = {"run", "verify", "table"};
  EXPECT_EQ(near("rnu", kNames), "run");
  EXPECT_EQ(near("verfy", kNames), "verify");
  EXPECT_EQ(near("tbl", kNames), "table");
  EXPECT_EQ(near("export", kNames), std::nullopt);
  EXPECT_EQ(near("run", {}), std::nullopt);
}

}  // namespace
}  // namespace calve::config
