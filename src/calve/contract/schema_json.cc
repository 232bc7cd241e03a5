#include "calve/contract/schema_json.h"

#include <charconv>
#include <cstdlib>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace calve::contract {
namespace {

// A double holds any decimal of this many digits, and its shortest text gives them back.
constexpr int kExactDigits = 15;
constexpr std::size_t kNumberTextBytes = 32;

template <class Number>
Decimal decimal_of(Number value) {
  char text[kNumberTextBytes];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return parse_number(std::string_view(text, end)).value;
}

// to_chars writes "1e+16", and an exponent of two digits, both within JSON's grammar.
Result<Decimal> decimal_of_double(double value, std::string_view pointer) {
  const Decimal decimal = decimal_of(value);
  const Int128 magnitude = decimal.coefficient < 0 ? -decimal.coefficient : decimal.coefficient;
  if (magnitude >= power_of_ten(kExactDigits)) {
    return refuse(pointer, "a number with more than 15 significant digits");
  }
  return decimal;
}

}  // namespace

Result<Json> parse_schema_json(std::string_view text) {
  std::vector<std::set<std::string>> keys_of_open_objects;
  std::string duplicate;
  const auto watch_keys = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) keys_of_open_objects.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_of_open_objects.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_of_open_objects.back().insert(key).second) duplicate = key;
    }
    return true;
  };
  try {
    Json json = Json::parse(text, watch_keys);
    if (!duplicate.empty()) {
      return fail(ErrorKind::kConfig,
                  fmt::format("The contract cannot be loaded: one object has the same key twice. Keep one of "
                              "them: \"{}\"",
                              duplicate));
    }
    return json;
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorKind::kConfig,
                fmt::format("The contract cannot be loaded: it is not valid JSON: {}", error.what()));
  }
}

std::unexpected<Error> refuse(std::string_view pointer, std::string_view what) {
  return fail(ErrorKind::kConfig, fmt::format("The contract cannot be loaded: {}, at \"{}\"", what, pointer));
}

Result<std::string> string_at(const Json& value, std::string_view pointer) {
  if (!value.is_string()) return refuse(pointer, "a string is expected");
  return value.get<std::string>();
}

Result<bool> boolean_at(const Json& value, std::string_view pointer) {
  if (!value.is_boolean()) return refuse(pointer, "true or false is expected");
  return value.get<bool>();
}

Result<std::uint64_t> count_at(const Json& value, std::string_view pointer) {
  const Decimal number = CALVE_TRY(number_at(value, pointer));
  const Units units = to_units(number, 0);
  if (units.fit != Fit::kExact || units.value < 0 || units.value > INT64_MAX) {
    return refuse(pointer, "a whole number from 0 is expected");
  }
  return static_cast<std::uint64_t>(units.value);
}

Result<Decimal> number_at(const Json& value, std::string_view pointer) {
  if (value.is_number_unsigned()) return decimal_of(value.get<std::uint64_t>());
  if (value.is_number_integer()) return decimal_of(value.get<std::int64_t>());
  if (value.is_number_float()) return decimal_of_double(value.get<double>(), pointer);
  return refuse(pointer, "a number is expected");
}

}  // namespace calve::contract
