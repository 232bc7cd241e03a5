#include "calve/cli/clock_check.h"

#include <algorithm>
#include <ctime>
#include <string>

#include <fmt/format.h>

namespace calve::cli {
namespace {

constexpr const char* kSetTheClock = "Set this machine's clock, by NTP if it can be reached";

std::string seconds(Microseconds span) {
  return fmt::format("{:.0f} s", std::abs(std::chrono::duration<double>(span).count()));
}

}  // namespace

std::optional<Timestamp> parse_http_date(std::string_view text) {
  const std::string terminated(text);
  std::tm fields{};
  const char* end = ::strptime(terminated.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &fields);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return timestamp_from_micros(static_cast<std::int64_t>(::timegm(&fields)) * 1'000'000);
}

Finding check_clock(const ClockWitnesses& witnesses, Timestamp now) {
  const std::string name = "clock";
  if (witnesses.server) {
    const Microseconds skew = now - *witnesses.server;
    const std::string cause = fmt::format("this machine's clock is {} {} the object store's", seconds(skew),
                                          skew.count() < 0 ? "behind" : "ahead of");
    if (std::chrono::abs(skew) > kSkewRefusedByS3) {
      Finding refused = failed(
          name, {ErrorKind::kConfig, fmt::format("{}, and S3 refuses signatures of such a time", cause)});
      refused.next_step = kSetTheClock;
      return refused;
    }
    if (std::chrono::abs(skew) > kSkewWarned) return warned(name, cause, kSetTheClock);
  }
  if (!witnesses.last_writes.empty()) {
    const Microseconds ahead = std::ranges::max(witnesses.last_writes) - now;
    if (ahead > kSkewWarned) {
      return warned(
          name,
          fmt::format("a table was last written {} in the future of this machine's clock", seconds(ahead)),
          "Set the clock of this machine, or of the one that wrote the table");
    }
  }
  return passed(name, fmt::format("{}{}", format_rfc3339(now),
                                  witnesses.server ? ", as the object store's clock says" : ""));
}

}  // namespace calve::cli
