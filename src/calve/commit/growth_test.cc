// Promise 4: what a commit costs does not grow with the table's age. Counted, so that no machine's mood can
// pass or fail it.

#include <gtest/gtest.h>

#include "calve/commit/growing_table.h"

namespace calve::commit {
namespace {

TEST(GrowthTest, CommitOfAnOldTableCostsWhatThatOfAYoungOneDoes) {
  GrowingTable table;
  const Growth young = table.grow(500);
  table.grow(1'000);
  const Growth old = table.grow(500);

  // Journal, manifest, list, metadata and hint, and now and then a merge or an expiry.
  EXPECT_LE(old.objects_per_commit, 6);
  EXPECT_LE(old.snapshots, 100 + 16);
  // Up to 99 of each of two tiers, and the newest.
  EXPECT_LE(old.manifests, 2 * 99 + 1);
  EXPECT_LE(old.metadata_bytes, 160 << 10);
  EXPECT_LE(old.bytes_per_commit, 180 << 10);
  EXPECT_LE(old.bytes_per_commit, young.bytes_per_commit * 3 / 2);
  // Besides the versions, lists and manifests of what is kept: an hour's lists and merged manifests that wait
  // to be deleted.
  EXPECT_LE(old.metadata_objects, 1'500);
}

}  // namespace
}  // namespace calve::commit
