#include "calve/runtime/reject_limit.h"

#include <fmt/format.h>

namespace calve::runtime {

Result<void> check_reject_limit(const std::vector<commit::LedgerRange>& ranges, const RejectLimit& limit) {
  std::int64_t valid = 0;
  std::int64_t rejected = 0;
  for (const commit::LedgerRange& range : ranges) {
    valid += range.valid;
    rejected += range.rejected;
  }
  const std::int64_t events = valid + rejected;
  if (events < limit.judged_from) return {};
  if (static_cast<double>(rejected) <= limit.share_max * static_cast<double>(events)) return {};
  return fail(
      ErrorKind::kInvalidData,
      fmt::format("Too many events break the contract: {} of {} in one epoch, the limit is a share of {}. "
                  "Nothing of them was committed and no offset moved. Look at the events, or raise "
                  "CALVE_REJECTS_MAX_SHARE (100% turns the limit off) to send them to the rejects table",
                  rejected, events, limit.share_max));
}

}  // namespace calve::runtime
