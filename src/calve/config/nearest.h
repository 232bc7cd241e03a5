// "Did you mean": the known name that takes the fewest edits.

#pragma once

#include <span>
#include <string_view>

namespace calve::config {

// `names` is not empty. Of several equally near ones the first.
std::string_view nearest(std::string_view name, std::span<const std::string_view> names);

}  // namespace calve::config
