#include "calve/config/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace calve::config {
namespace {

// Levenshtein's distance, one row of its matrix at a time.
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view name, std::span<const std::string_view> names) {
  return *std::ranges::min_element(names, {}, [&](std::string_view known) { return edits(name, known); });
}

std::optional<std::string_view> near(std::string_view name, std::span<const std::string_view> names) {
  if (names.empty()) return std::nullopt;
  const std::string_view known = nearest(name, names);
  if (edits(name, known) > kNearEditsMax) return std::nullopt;
  return known;
}

}  // namespace calve::config
