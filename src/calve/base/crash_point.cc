#include "calve/base/crash_point.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include <signal.h>
#include <unistd.h>

namespace calve {
namespace {

constexpr std::array kPoints = {
    CrashPoint::kAfterPositionsRead, CrashPoint::kAfterJournal,      CrashPoint::kAfterDataFiles,
    CrashPoint::kAfterManifest,      CrashPoint::kAfterManifestList, CrashPoint::kBeforeSwap,
    CrashPoint::kAfterSwapSent,      CrashPoint::kAfterSwapApplied,  CrashPoint::kAfterVersionHint,
    CrashPoint::kAfterRejectsCommit, CrashPoint::kAfterOrdersCommit, CrashPoint::kAfterJournalClosed,
    CrashPoint::kAfterGroupOffsets,
};

struct Trigger {
  CrashPoint point;
  std::atomic<int> passings_left;
};

// Parsed once; nullptr in every process that no test armed.
Trigger* armed_trigger() {
  static Trigger* const trigger = []() -> Trigger* {
    const char* setting = std::getenv("CALVE_CRASH_AT");
    if (setting == nullptr) return nullptr;
    const std::string_view text(setting);
    const auto colon = text.find(':');
    const int passings = colon == std::string_view::npos ? 1 : std::atoi(setting + colon + 1);
    for (const CrashPoint point : kPoints) {
      if (crash_point_name(point) == text.substr(0, colon)) {
        static Trigger found{point, passings};
        return &found;
      }
    }
    constexpr std::string_view kComplaint = "CALVE_CRASH_AT names no crash point\n";
    (void)!::write(STDERR_FILENO, kComplaint.data(), kComplaint.size());
    std::_Exit(2);
  }();
  return trigger;
}

}  // namespace

std::span<const CrashPoint> all_crash_points() {
  return kPoints;
}

std::string_view crash_point_name(CrashPoint point) {
  switch (point) {
    case CrashPoint::kAfterPositionsRead:
      return "after_positions_read";
    case CrashPoint::kAfterJournal:
      return "after_journal";
    case CrashPoint::kAfterDataFiles:
      return "after_data_files";
    case CrashPoint::kAfterManifest:
      return "after_manifest";
    case CrashPoint::kAfterManifestList:
      return "after_manifest_list";
    case CrashPoint::kBeforeSwap:
      return "before_swap";
    case CrashPoint::kAfterSwapSent:
      return "after_swap_sent";
    case CrashPoint::kAfterSwapApplied:
      return "after_swap_applied";
    case CrashPoint::kAfterVersionHint:
      return "after_version_hint";
    case CrashPoint::kAfterRejectsCommit:
      return "after_rejects_commit";
    case CrashPoint::kAfterOrdersCommit:
      return "after_orders_commit";
    case CrashPoint::kAfterJournalClosed:
      return "after_journal_closed";
    case CrashPoint::kAfterGroupOffsets:
      return "after_group_offsets";
  }
  std::unreachable();
}

void pass(CrashPoint point) {
  Trigger* const trigger = armed_trigger();
  if (trigger == nullptr || trigger->point != point) [[likely]]
    return;
  if (trigger->passings_left.fetch_sub(1) == 1) ::kill(::getpid(), SIGKILL);
}

}  // namespace calve
