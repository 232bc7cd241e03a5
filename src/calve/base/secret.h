// A configuration value that no log line, error or dump may show.

#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>

namespace calve {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  // The one way to the value; call it only where the value leaves for its service.
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

}  // namespace calve

template <>
struct fmt::formatter<calve::Secret> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const calve::Secret&, Context& context) const {
    return fmt::formatter<std::string_view>::format("***", context);
  }
};
