// Named places where a test can kill the process.
//
// CALVE_CRASH_AT=<name>[:<n>] makes the n-th passing (default the first) of that point end the
// process by SIGKILL: no destructor, no flush, as a power cut would. Without it, passing a point
// costs one load.

#pragma once

#include <span>
#include <string_view>

namespace calve {

enum class CrashPoint {
  kAfterPositionsRead,  // positions were taken from the table, nothing read yet
  kAfterJournal,        // the journal names the epoch's files, none of them written
  kAfterDataFiles,      // every data file is durable, nothing refers to it
  kAfterManifest,
  kAfterManifestList,
  kBeforeSwap,        // metadata bytes are built, the swap is not sent
  kAfterSwapSent,     // the store has applied the swap, its answer is not read
  kAfterSwapApplied,  // the answer is read, the version hint is old
  kAfterVersionHint,
  kAfterRejectsCommit,  // rejects are committed, orders are not
  kAfterOrdersCommit,   // both are committed, the journal is still open
  kAfterJournalClosed,
  kAfterGroupOffsets,  // the consumer group's offsets are committed
};

// Every point, in the order of a commit.
std::span<const CrashPoint> all_crash_points();

// "after_data_files", ...
std::string_view crash_point_name(CrashPoint point);

// Passes the point; does not return if this is where the process was told to die.
// Safe from any thread.
void pass(CrashPoint point);

}  // namespace calve
