#include "calve/cli/finding.h"

#include <algorithm>
#include <utility>

namespace calve::cli {

std::string_view standing_name(Standing standing) {
  switch (standing) {
    case Standing::kPass:
      return "pass";
    case Standing::kWarn:
      return "warn";
    case Standing::kFail:
      return "fail";
    case Standing::kSkipped:
      return "skipped";
  }
  std::unreachable();
}

Finding passed(std::string check, std::string cause) {
  return {.check = std::move(check), .standing = Standing::kPass, .cause = std::move(cause)};
}

Finding warned(std::string check, std::string cause, std::string next_step) {
  return {.check = std::move(check),
          .standing = Standing::kWarn,
          .cause = std::move(cause),
          .next_step = std::move(next_step)};
}

Finding skipped(std::string check, std::string cause) {
  return {.check = std::move(check), .standing = Standing::kSkipped, .cause = std::move(cause)};
}

Finding failed(std::string check, const Error& error) {
  return {.check = std::move(check),
          .standing = Standing::kFail,
          .cause = error.message,
          .error_kind = error.kind};
}

const Finding* first_failure(const std::vector<Finding>& findings) {
  const auto found = std::ranges::find(findings, Standing::kFail, &Finding::standing);
  return found == findings.end() ? nullptr : &*found;
}

}  // namespace calve::cli
