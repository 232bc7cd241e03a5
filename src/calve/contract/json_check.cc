#include "calve/contract/json_check.h"

#include <fmt/format.h>

#include "calve/contract/decimal.h"
#include "calve/contract/json_string.h"

namespace calve::contract {
namespace {

using simdjson::ondemand::array;
using simdjson::ondemand::document;
using simdjson::ondemand::field;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

bool check_string(std::string_view token, Refusal& refusal) {
  if (token.size() < 2 || token.back() != '"') return refusal.set(Reason::kNotJson, "a string is not closed");
  if (is_well_escaped(token.substr(1, token.size() - 2))) return true;
  return refusal.set(Reason::kNotJson, "a string has an invalid escape or a lone surrogate");
}

bool check_scalar(std::string_view token, Refusal& refusal) {
  if (token.starts_with('"')) return check_string(token, refusal);
  if (token == "true" || token == "false" || token == "null") return true;
  if (parse_number(token).syntax != NumberSyntax::kInvalid) return true;
  return refusal.set(Reason::kNotJson, fmt::format("\"{}\" is no JSON value", excerpt(token)));
}

bool check_object(document& text, object walked, int depth, Refusal& refusal) {
  for (auto each : walked) {
    if (const auto error = each.error()) return refuse_syntax(error, refusal);
    field& member = each.value_unsafe();
    if (!is_well_escaped(member.escaped_key())) {
      return refusal.set(Reason::kNotJson, "a field's name has an invalid escape or a lone surrogate");
    }
    if (!check_any_value(text, member.value(), depth, refusal)) return false;
  }
  return true;
}

bool check_array(document& text, array walked, int depth, Refusal& refusal) {
  for (auto each : walked) {
    if (const auto error = each.error()) return refuse_syntax(error, refusal);
    if (!check_any_value(text, each.value_unsafe(), depth, refusal)) return false;
  }
  return true;
}

template <class Value>
bool check_container(document& text, Value& container, char opening, int depth, Refusal& refusal) {
  if (depth > kDepthMax)
    return refusal.set(Reason::kTooDeep, fmt::format("nested deeper than {}", kDepthMax));
  if (opening == '{') {
    object walked;
    if (const auto error = container.get_object().get(walked)) return refuse_syntax(error, refusal);
    return check_object(text, walked, depth, refusal);
  }
  array walked;
  if (const auto error = container.get_array().get(walked)) return refuse_syntax(error, refusal);
  return check_array(text, walked, depth, refusal);
}

// The parser's own messages speak of its inside to a reader who has the payload alone.
std::string_view syntax_detail(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return "the text is blank";
    case simdjson::UTF8_ERROR:
      return "the text is not UTF-8";
    case simdjson::UNCLOSED_STRING:
      return "a string is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "a string has a control character that is not escaped";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "the JSON text ends inside an object or array";
    case simdjson::TRAILING_CONTENT:
      return "more follows after the end of the JSON text";
    default:
      return "a comma, colon, bracket or brace is missing, or one is too many";
  }
}

}  // namespace

bool check_any_value(document& text, value& any, int depth, Refusal& refusal) {
  const std::string_view token = trimmed(any.raw_json_token());
  if (token.starts_with('"')) pass_string(any);
  if (!token.starts_with('{') && !token.starts_with('[')) return check_scalar(token, refusal);
  return check_container(text, any, token.front(), depth + 1, refusal) && check_more_follows(text, refusal);
}

bool check_any_document(simdjson::ondemand::parser& parser, simdjson::padded_string_view text,
                        Refusal& refusal) {
  document walked;
  if (const auto error = parser.iterate(text).get(walked)) return refuse_syntax(error, refusal);
  std::string_view token;
  if (const auto error = walked.raw_json_token().get(token)) return refuse_syntax(error, refusal);
  if (token.starts_with('{') || token.starts_with('[')) {
    if (!check_container(walked, walked, token.front(), 1, refusal)) return false;
    return walked.at_end() || refusal.set(Reason::kNotJson, "more follows after the end of the JSON text");
  }
  // A scalar is the whole text, or something follows it.
  const std::string_view rest(token.data(), text.data() + text.size() - token.data());
  if (trimmed(rest).size() != trimmed(token).size()) {
    return refusal.set(Reason::kNotJson, "more follows after the end of the JSON text");
  }
  return check_scalar(trimmed(token), refusal);
}

bool refuse_syntax(simdjson::error_code error, Refusal& refusal) {
  return refusal.set(Reason::kNotJson, std::string(syntax_detail(error)));
}

bool check_more_follows(document& text, Refusal& refusal) {
  return !text.at_end() || refusal.set(Reason::kNotJson, "the JSON text ends inside an object or array");
}

}  // namespace calve::contract
