#include "calve/cli/permission_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/storage/faulty_store.h"
#include "calve/storage/memory_store.h"

namespace calve::cli {
namespace {

using storage::Verb;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kFolder = "memory://lake/table/metadata";

std::vector<Standing> standings(const std::vector<Finding>& findings) {
  std::vector<Standing> all;
  for (const Finding& finding : findings)
    all.push_back(finding.standing);
  return all;
}

TEST(PermissionChecksTest, WhatIsAllowedPassesAndLeavesNothing) {
  storage::MemoryStore store;
  EXPECT_THAT(standings(check_file_permissions(store, kFolder)),
              ElementsAre(Standing::kPass, Standing::kPass, Standing::kPass));
  EXPECT_THAT(store.list("memory://").value(), IsEmpty());
}

TEST(PermissionChecksTest, EachThatIsMissingIsNamed) {
  const struct {
    Verb verb;
    std::vector<Standing> standings;
  } cases[] = {
      {Verb::kRead, {Standing::kFail, Standing::kPass, Standing::kPass}},
      {Verb::kCreate, {Standing::kPass, Standing::kFail, Standing::kPass}},
      {Verb::kRemove, {Standing::kPass, Standing::kPass, Standing::kFail}},
  };
  for (const auto& each : cases) {
    storage::MemoryStore memory;
    storage::FaultyStore store(memory);
    store.inject(
        {.verb = each.verb, .effect = storage::FailBefore{{ErrorKind::kAccessDenied, "allow s3:Something"}}});
    const auto findings = check_file_permissions(store, kFolder);
    EXPECT_EQ(standings(findings), each.standings) << static_cast<int>(each.verb);
    for (const Finding& finding : findings) {
      if (finding.standing == Standing::kPass) continue;
      EXPECT_EQ(finding.error_kind, ErrorKind::kAccessDenied);
      EXPECT_THAT(finding.cause, HasSubstr("allow s3:Something"));
    }
  }
}

}  // namespace
}  // namespace calve::cli
