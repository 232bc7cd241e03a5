#include "calve/contract/rule.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "calve/contract/json_pointer.h"
#include "calve/contract/plan.h"
#include "calve/contract/schema_json.h"

namespace calve::contract {
namespace {

struct Tokens {
  std::string_view rest;

  std::string_view next() {
    const std::string_view token = peek();
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    rest.remove_prefix(token.size());
    return token;
  }

  std::string_view peek() const {
    std::string_view text = rest;
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    constexpr std::string_view kSigns = "+-*(),";
    if (text.empty() || kSigns.find(text.front()) != std::string_view::npos) return text.substr(0, 1);
    return text.substr(0, text.find_first_of("+-*(), "));
  }

  bool take(std::string_view sign) {
    if (peek() != sign) return false;
    next();
    return true;
  }
};

struct TermAndScale {
  Term term;
  int scale = 0;
};

class Parser {
 public:
  Parser(std::string_view text, const Plan& plan, const std::string& pointer)
      : tokens_{text}, root_(plan.root), pointer_(pointer) {}

  Result<std::vector<TermAndScale>> amount() {
    std::vector<TermAndScale> terms;
    bool negative = tokens_.take("-");
    for (;;) {
      TermAndScale next = CALVE_TRY(term());
      next.term.negative = negative;
      terms.push_back(std::move(next));
      if (tokens_.peek().empty()) return terms;
      negative = tokens_.peek() == "-";
      if (!tokens_.take("+") && !tokens_.take("-")) return unexpected();
    }
  }

  // Of the first field that was named.
  const std::string& first_pointer() const { return first_pointer_; }

 private:
  Result<TermAndScale> term() {
    if (tokens_.peek() != "sum") return product(root_, "");
    tokens_.next();
    if (!tokens_.take("(")) return unexpected();
    const std::string list_name(tokens_.next());
    const Node* list = CALVE_TRY(find(root_, list_name));
    const auto* shape = std::get_if<std::unique_ptr<ListNode>>(&list->shape);
    if (shape == nullptr || list->repetition != 0 || list->definition != 0) {
      return refuse(pointer_, fmt::format("sum() takes a required list: \"{}\"", list_name));
    }
    if (!tokens_.take(",")) return unexpected();
    TermAndScale sum = CALVE_TRY(product((*shape)->element, list_name));
    if (!tokens_.take(")")) return unexpected();
    sum.term.over_list = true;
    return sum;
  }

  Result<TermAndScale> product(const Node& base, const std::string& list_name) {
    TermAndScale result;
    do {
      const std::string name(tokens_.next());
      const Node* node = CALVE_TRY(find(base, name));
      const auto* number = std::get_if<NumberLeaf>(&node->shape);
      const bool is_int =
          number != nullptr && number->type == iceberg::PrimitiveType(iceberg::PrimitiveKind::kInt);
      const bool is_long =
          number != nullptr && (number->type == iceberg::PrimitiveType(iceberg::PrimitiveKind::kLong) ||
                                (std::holds_alternative<iceberg::DecimalType>(number->type) &&
                                 std::get<iceberg::DecimalType>(number->type).precision <= 18));
      if ((!is_int && !is_long) || node->definition != base.definition ||
          node->repetition != base.repetition) {
        return refuse(
            pointer_,
            fmt::format("a required int, long or decimal of up to 18 digits is expected: \"{}\"", name));
      }
      result.term.factors.push_back({.column = node->first_leaf, .is_int = is_int});
      result.scale += number->units.scale;
      if (first_pointer_.empty()) first_pointer_ = pointer_of(list_name.empty() ? name : list_name);
    } while (tokens_.take("*"));
    return result;
  }

  Result<const Node*> find(const Node& base, std::string_view path) {
    const Node* node = &base;
    for (std::string_view rest = path; !rest.empty();) {
      const std::string_view name = rest.substr(0, rest.find('.'));
      rest.remove_prefix(std::min(name.size() + 1, rest.size()));
      const auto* object = std::get_if<std::unique_ptr<ObjectNode>>(&node->shape);
      const auto found =
          object == nullptr ? decltype((*object)->by_name.end())() : (*object)->by_name.find(name);
      if (object == nullptr || found == (*object)->by_name.end()) {
        return refuse(pointer_, fmt::format("the rule names a field that is not there: \"{}\"", path));
      }
      node = &(*object)->fields[found->second].node;
    }
    if (node == &base) return refuse(pointer_, "the rule ends where a field is expected");
    return node;
  }

  static std::string pointer_of(std::string_view path) {
    std::string pointer;
    while (!path.empty()) {
      const std::string_view name = path.substr(0, path.find('.'));
      pointer += pointer_step(name);
      path.remove_prefix(std::min(name.size() + 1, path.size()));
    }
    return pointer;
  }

  std::unexpected<Error> unexpected() {
    return refuse(pointer_, fmt::format("the rule cannot be read from here on: \"{}\"", tokens_.rest));
  }

  Tokens tokens_;
  const Node& root_;
  const std::string& pointer_;
  std::string first_pointer_;
};

Result<std::vector<Term>> at_scale(std::vector<TermAndScale> terms, int scale, const std::string& pointer) {
  std::vector<Term> scaled;
  for (TermAndScale& each : terms) {
    if (scale - each.scale > Decimal::kDigitsMax)
      return refuse(pointer, "the scales of the rule's terms differ too much");
    each.term.to_rule_scale = power_of_ten(scale - each.scale);
    scaled.push_back(std::move(each.term));
  }
  return scaled;
}

int scale_of(const std::vector<TermAndScale>& terms) {
  int scale = 0;
  for (const TermAndScale& each : terms)
    scale = std::max(scale, each.scale);
  return scale;
}

}  // namespace

Result<Rule> compile_rule(const RuleText& text, const Plan& plan, const std::string& pointer) {
  const std::string left_pointer = pointer + "/equal/0";
  const std::string right_pointer = pointer + "/equal/1";
  Parser left(text.left, plan, left_pointer);
  Parser right(text.right, plan, right_pointer);
  auto left_terms = CALVE_TRY(left.amount());
  auto right_terms = CALVE_TRY(right.amount());

  Rule rule;
  rule.name = text.name;
  rule.code = "rule_" + text.name;
  rule.pointer = left.first_pointer();
  rule.text = text.left + " = " + text.right;
  rule.scale = std::max(scale_of(left_terms), scale_of(right_terms));
  rule.left = CALVE_TRY(at_scale(std::move(left_terms), rule.scale, left_pointer));
  rule.right = CALVE_TRY(at_scale(std::move(right_terms), rule.scale, right_pointer));
  return rule;
}

}  // namespace calve::contract
