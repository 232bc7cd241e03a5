#include "calve/contract/slow_validator.h"

#include <cmath>
#include <regex>
#include <vector>

namespace calve::contract {
namespace {

using nlohmann::json;

// A member that the tree puts into an object which has a key twice: those keys.
constexpr const char* kTwice = "\x01twice";

// Parses, keeping each number as {"#": its text}, and noting a key that one object has twice.
class Tree : public nlohmann::json_sax<json> {
 public:
  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(std::int64_t value) override { return put({{"#", std::to_string(value)}}); }
  bool number_unsigned(std::uint64_t value) override { return put({{"#", std::to_string(value)}}); }
  bool number_float(double, const std::string& text) override { return put({{"#", text}}); }
  bool string(std::string& value) override { return put(value); }
  bool binary(json::binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    stack_.push_back(json::object());
    return true;
  }
  bool key(std::string& name) override {
    if (stack_.back().contains(name)) stack_.back()[kTwice].push_back(name);
    keys_.push_back(name);
    return true;
  }
  bool end_object() override { return end(); }
  bool start_array(std::size_t) override {
    stack_.push_back(json::array());
    return true;
  }
  bool end_array() override { return end(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    is_number_too_large = error.id == 406;
    return false;
  }

  json root;
  bool is_number_too_large = false;  // JSON, but more than a double, which ends the parse

 private:
  bool end() {
    json value = std::move(stack_.back());
    stack_.pop_back();
    return put(std::move(value));
  }

  bool put(json value) {
    if (stack_.empty()) {
      root = std::move(value);
    } else if (stack_.back().is_array()) {
      stack_.back().push_back(std::move(value));
    } else {
      stack_.back()[keys_.back()] = std::move(value);
      keys_.pop_back();
    }
    return true;
  }

  std::vector<json> stack_;
  std::vector<std::string> keys_;
};

bool is_number(const json& value) {
  return value.is_object() && value.size() == 1 && value.contains("#");
}

// Hundredths: orders have nothing finer, and their limits nothing of 30 digits.
struct Hundredths {
  bool whole = false;  // no digit beyond the second
  __int128 value = 0;
};

Hundredths hundredths(const json& number) {
  std::string text = number["#"];
  long exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != std::string::npos) {
    exponent = std::stol(text.substr(e + 1));
    text.resize(e);
  }
  const bool negative = text.front() == '-';
  if (negative) text.erase(0, 1);
  if (const auto dot = text.find('.'); dot != std::string::npos) {
    exponent -= static_cast<long>(text.size() - dot - 1);
    text.erase(dot, 1);
  }
  for (exponent += 2; exponent > 0 && text.size() < 30; --exponent)
    text += '0';
  for (; exponent < 0 && !text.empty(); ++exponent) {
    if (text.back() != '0') return {};
    text.pop_back();
  }
  Hundredths result{.whole = true};
  for (const char c : text)
    result.value = result.value * 10 + (c - '0');
  if (negative) result.value = -result.value;
  return result;
}

std::size_t characters(const std::string& text) {
  std::size_t count = 0;
  for (const unsigned char c : text)
    count += c < 0x80 || c >= 0xC0 ? 1 : 0;
  return count;
}

bool is_leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool is_date_time(const std::string& text) {
  static const std::regex kForm(
      R"((\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d))");
  std::smatch part;
  if (!std::regex_match(text, part, kForm)) return false;
  const int year = std::stoi(part[1]), month = std::stoi(part[2]), day = std::stoi(part[3]);
  if (month < 1 || month > 12 || std::stoi(part[4]) > 23 || std::stoi(part[5]) > 59 ||
      std::stoi(part[6]) > 59) {
    return false;
  }
  const int last = month == 2                                              ? (is_leap(year) ? 29 : 28)
                   : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                           : 31;
  return day >= 1 && day <= last;
}

bool has_format(const std::string& text, const std::string& format) {
  static const std::regex kUuid("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  static const std::regex kLocal(R"([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)");
  static const std::regex kDomain(
      R"(([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?![0-9]+$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)");
  if (format == "uuid") return std::regex_match(text, kUuid);
  if (format == "date-time") return is_date_time(text);
  const auto at = text.find('@');
  if (at == std::string::npos || at > 64 || text.size() - at - 1 > 253) return false;
  return std::regex_match(text.substr(0, at), kLocal) && std::regex_match(text.substr(at + 1), kDomain);
}

bool has_type(const json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object() && !is_number(value);
  if (type == "number") return is_number(value);
  if (type == "integer")
    return is_number(value) && hundredths(value).whole && hundredths(value).value % 100 == 0;
  return value.is_boolean();
}

bool is_valid(const json& value, const json& schema, const json& document) {
  if (schema.contains("$ref")) {
    return is_valid(value, document.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1))),
                    document);
  }
  const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
  bool typed = false;
  for (const auto& type : types)
    typed = typed || has_type(value, type);
  if (!typed) return false;
  if (schema.contains("enum")) {
    bool found = false;
    for (const auto& each : schema["enum"])
      found = found || each == value;
    if (!found) return false;
  }
  if (value.is_string()) {
    const std::string text = value;
    if (schema.contains("minLength") && characters(text) < schema["minLength"]) return false;
    if (schema.contains("maxLength") && characters(text) > schema["maxLength"]) return false;
    if (schema.contains("pattern") &&
        !std::regex_search(text, std::regex(schema["pattern"].get<std::string>()))) {
      return false;
    }
    if (schema.contains("format") && !has_format(text, schema["format"])) return false;
  }
  if (is_number(value)) {
    const Hundredths amount = hundredths(value);
    if (!amount.whole) return false;  // multipleOf 0.01, or an integer
    if (schema.contains("minimum") && amount.value < std::llround(schema["minimum"].get<double>() * 100))
      return false;
    if (schema.contains("maximum") && amount.value > std::llround(schema["maximum"].get<double>() * 100))
      return false;
  }
  if (value.is_array()) {
    if (schema.contains("minItems") && value.size() < schema["minItems"]) return false;
    if (schema.contains("maxItems") && value.size() > schema["maxItems"]) return false;
    for (const auto& each : value) {
      if (!is_valid(each, schema["items"], document)) return false;
    }
  }
  if (value.is_object()) {
    for (const auto& name : schema.value("required", json::array())) {
      if (!value.contains(name.get<std::string>())) return false;
    }
    const json properties = schema.value("properties", json::object());
    for (const auto& name : value.value(kTwice, json::array())) {
      if (properties.contains(name.get<std::string>())) return false;
    }
    for (const auto& [name, property] : properties.items()) {
      if (value.contains(name) && !is_valid(value[name], property, document)) return false;
    }
  }
  return true;
}

bool adds_up(const json& order) {
  const auto amount = [](const json& value) { return hundredths(value).value; };
  __int128 items = 0;
  for (const auto& item : order["items"])
    items += amount(item["quantity"]) / 100 * amount(item["unit_price"]);
  return amount(order["subtotal"]) == items && amount(order["total"]) == items - amount(order["discount"]) +
                                                                             amount(order["shipping"]) +
                                                                             amount(order["tax"]);
}

}  // namespace

std::optional<bool> SlowValidator::accepts(std::string_view text) const {
  if (text.starts_with("\xEF\xBB\xBF")) return false;
  Tree tree;
  if (!json::sax_parse(text, &tree)) {
    if (tree.is_number_too_large) return std::nullopt;
    return false;
  }
  return is_valid(tree.root, schema_, schema_) && adds_up(tree.root);
}

}  // namespace calve::contract
