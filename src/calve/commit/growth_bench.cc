// What commits cost as a table ages: 10,000 of them, told for each 1,000.
//
// Not a loop to be repeated until it is stable, so not of the benchmark library's kind: the counts are exact,
// and the times are told beside them.

#include <chrono>

#include <fmt/format.h>

#include "calve/commit/growing_table.h"

int main() {
  constexpr int kStretch = 1'000;
  calve::commit::GrowingTable table;
  fmt::print("{:>8} {:>10} {:>10} {:>11} {:>10} {:>10} {:>14} {:>16}\n", "commits", "ms/commit", "objects",
             "bytes", "snapshots", "manifests", "metadata.json", "metadata objects");
  for (int done = kStretch; done <= 10'000; done += kStretch) {
    const auto begun = std::chrono::steady_clock::now();
    const calve::commit::Growth growth = table.grow(kStretch);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
    fmt::print("{:>8} {:>10.2f} {:>10} {:>11} {:>10} {:>10} {:>14} {:>16}\n", done, took.count() / kStretch,
               growth.objects_per_commit, growth.bytes_per_commit, growth.snapshots, growth.manifests,
               growth.metadata_bytes, growth.metadata_objects);
  }
  return 0;
}
