// Whether this machine's clock can be right.

#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "calve/base/time.h"
#include "calve/cli/finding.h"

namespace calve::cli {

// S3 refuses requests that are signed further off than this.
inline constexpr Milliseconds kSkewRefusedByS3{15 * 60'000};
inline constexpr Milliseconds kSkewWarned{30'000};

// RFC 9110, IMF-fixdate: "Tue, 24 Nov 2026 13:02:07 GMT". Nothing for any other text.
std::optional<Timestamp> parse_http_date(std::string_view text);

struct ClockWitnesses {
  std::optional<Timestamp> server;     // an object store's own clock, in whole seconds
  std::vector<Timestamp> last_writes;  // when tables were written last, by their writers' clocks
};
// kConfig as S3 would refuse us; a warning if another clock is ahead or behind enough to be seen in
// freshness and in snapshots' order of time.
Finding check_clock(const ClockWitnesses& witnesses, Timestamp now);

}  // namespace calve::cli
