#include "calve/contract/rule_check.h"

#include <optional>

#include <fmt/format.h>

namespace calve::contract {
namespace {

// Of element `index` in the row: a column outside lists has one.
std::int64_t value_at(const Factor& factor, std::size_t index, RowWriter& row) {
  const std::size_t at = row.first_value_of_row(factor.column) + index;
  return factor.is_int ? row.values<std::int32_t>(factor.column)[at]
                       : row.values<std::int64_t>(factor.column)[at];
}

// Nothing if the amount, or what is computed on the way, is beyond the integer.
template <class Integer>
std::optional<Integer> amount(const std::vector<Term>& terms, RowWriter& row) {
  Integer sum = 0;
  for (const Term& term : terms) {
    const std::size_t elements = term.over_list ? row.values_of_row(term.factors.front().column) : 1;
    const auto to_rule_scale = static_cast<Integer>(term.to_rule_scale);
    if (to_rule_scale != term.to_rule_scale) return std::nullopt;
    for (std::size_t i = 0; i < elements; ++i) {
      Integer product = to_rule_scale;
      for (const Factor& factor : term.factors) {
        if (__builtin_mul_overflow(product, value_at(factor, i, row), &product)) return std::nullopt;
      }
      const bool overflow = term.negative ? __builtin_sub_overflow(sum, product, &sum)
                                          : __builtin_add_overflow(sum, product, &sum);
      if (overflow) return std::nullopt;
    }
  }
  return sum;
}

// Nearly every event: 64 bits are enough for both sides, and they are equal.
bool is_plainly_kept(const Rule& rule, RowWriter& row) {
  const auto left = amount<std::int64_t>(rule.left, row);
  return left && left == amount<std::int64_t>(rule.right, row);
}

}  // namespace

bool check_rule(const Rule& rule, RowWriter& row, Refusal& refusal) {
  if (is_plainly_kept(rule, row)) return true;
  const auto left = amount<Int128>(rule.left, row);
  const auto right = amount<Int128>(rule.right, row);
  if (!left || !right) {
    return refusal.set_rule(rule.code, rule.pointer,
                            fmt::format("the amounts are too large to add up: {}", rule.text));
  }
  if (*left == *right) return true;
  return refusal.set_rule(rule.code, rule.pointer,
                          fmt::format("{}: the sides are {} and {}", rule.text, units_text(*left, rule.scale),
                                      units_text(*right, rule.scale)));
}

}  // namespace calve::contract
