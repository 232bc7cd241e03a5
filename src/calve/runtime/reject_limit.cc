#include "calve/runtime/reject_limit.h"

#include <fmt/format.h>

namespace calve::runtime {

RejectLimit::Counts RejectLimit::count(const std::vector<commit::LedgerRange>& ranges) {
  Counts counts;
  for (const commit::LedgerRange& range : ranges) {
    counts.events += range.valid + range.rejected;
    counts.rejected += range.rejected;
  }
  return counts;
}

RejectLimit::Counts RejectLimit::judged_with(const Counts& epoch) const {
  if (epoch.events >= options_.judged_from) return epoch;
  return {.events = waiting_.events + epoch.events, .rejected = waiting_.rejected + epoch.rejected};
}

Result<void> RejectLimit::check(const std::vector<commit::LedgerRange>& ranges) const {
  const Counts epoch = count(ranges);
  const auto [events, rejected] = judged_with(epoch);
  if (events < options_.judged_from) return {};
  if (static_cast<double>(rejected) <= options_.share_max * static_cast<double>(events)) return {};
  return fail(
      ErrorKind::kInvalidData,
      fmt::format("Too many events break the contract: {} of the newest {}, the limit is a share of {}. "
                  "The last {} of them were not committed and no offset moved. Look at the events, or "
                  "raise CALVE_REJECTS_MAX_SHARE (100% turns the limit off) to send them to the rejects "
                  "table",
                  rejected, events, options_.share_max, epoch.events));
}

void RejectLimit::committed(const std::vector<commit::LedgerRange>& ranges) {
  const Counts judged = judged_with(count(ranges));
  waiting_ = judged.events < options_.judged_from ? judged : Counts{};
}

}  // namespace calve::runtime
