#include "calve/contract/rule_check.h"

#include <optional>

#include <fmt/format.h>

namespace calve::contract {
namespace {

// Of element `index` in the row: a column outside lists has one.
Int128 value_at(const Factor& factor, std::size_t index, RowWriter& row) {
  const std::size_t at = row.first_value_of_row(factor.column) + index;
  return factor.is_int ? Int128{row.values<std::int32_t>(factor.column)[at]}
                       : Int128{row.values<std::int64_t>(factor.column)[at]};
}

std::size_t elements_of(const Factor& factor, RowWriter& row) {
  const std::size_t end = factor.is_int ? row.values<std::int32_t>(factor.column).size()
                                        : row.values<std::int64_t>(factor.column).size();
  return end - row.first_value_of_row(factor.column);
}

std::optional<Int128> amount(const std::vector<Term>& terms, RowWriter& row) {
  Int128 sum = 0;
  for (const Term& term : terms) {
    const std::size_t elements = term.over_list ? elements_of(term.factors.front(), row) : 1;
    for (std::size_t i = 0; i < elements; ++i) {
      Int128 product = term.to_rule_scale;
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

}  // namespace

bool check_rule(const Rule& rule, RowWriter& row, Refusal& refusal) {
  const auto left = amount(rule.left, row);
  const auto right = amount(rule.right, row);
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
