// What one check of `calve doctor` found.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/error.h"

namespace calve::cli {

enum class Standing {
  kPass,
  kWarn,     // it works now; what is named may become trouble
  kFail,     // calve run cannot work, or must not
  kSkipped,  // cannot be looked at before another check passes
};

std::string_view standing_name(Standing standing);

struct Finding {
  std::string check;  // "contract", "one winner", ...
  Standing standing = Standing::kPass;
  std::string cause;                    // what was found, one sentence
  std::string next_step;                // empty where there is nothing to do
  std::optional<ErrorKind> error_kind;  // of kFail alone: it becomes the exit code

  bool operator==(const Finding&) const = default;
};

Finding passed(std::string check, std::string cause);
Finding warned(std::string check, std::string cause, std::string next_step);
Finding skipped(std::string check, std::string cause);
// The message of an Error has its next step in it.
Finding failed(std::string check, const Error& error);

// Nullptr if none failed.
const Finding* first_failure(const std::vector<Finding>& findings);

}  // namespace calve::cli
