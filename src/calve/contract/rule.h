// A named rule: two amounts are equal. Computed in integers, exactly, over the columns of one row.
//
//   amount  = ["-"] term *(("+" / "-") term)
//   term    = product / "sum(" list "," product ")"      sum: over the list's elements
//   product = field *("*" field)                         inside sum(): fields of the element
//   field   = name *("." name)                           required, int, long or decimal
//
// Spaces are free between words.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "calve/base/result.h"
#include "calve/contract/decimal.h"
#include "calve/contract/schema_document.h"

namespace calve::contract {

struct Plan;

struct Factor {
  std::uint32_t column = 0;
  bool is_int = false;  // the column is of 32 bits, else of 64
};

struct Term {
  std::vector<Factor> factors;
  bool over_list = false;
  bool negative = false;
  Int128 to_rule_scale = 1;  // factor from the product's scale to the rule's
};

struct Rule {
  std::string name;
  std::string code;     // "rule_" and the name
  std::string pointer;  // of the left side's first field; of the list, if that is a sum
  std::string text;     // "total = subtotal - discount"
  int scale = 0;
  std::vector<Term> left;
  std::vector<Term> right;
};

// `plan` has its tree and columns. kConfig with `pointer` for what the grammar above does not take.
Result<Rule> compile_rule(const RuleText& text, const Plan& plan, const std::string& pointer);

}  // namespace calve::contract
