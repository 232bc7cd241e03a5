// "Did you mean": the known name that takes the fewest edits.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace calve::config {

// `names` is not empty. Of several equally near ones the first.
std::string_view nearest(std::string_view name, std::span<const std::string_view> names);

// The nearest one if it is likely what was meant: two letters changed places, or one or two slips.
inline constexpr std::size_t kNearEditsMax = 2;
std::optional<std::string_view> near(std::string_view name, std::span<const std::string_view> names);

}  // namespace calve::config
