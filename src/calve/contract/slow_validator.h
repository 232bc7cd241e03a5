// The contract said again, slowly: JSON Schema interpreted over a parsed tree, after the standard's
// words, with none of the decoder's parts. Tests hold the decoder against it.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace calve::contract {

class SlowValidator {
 public:
  // `schema` is a contract's text.
  explicit SlowValidator(std::string_view schema) : schema_(nlohmann::json::parse(schema)) {}

  // Whether the text is JSON, keeps to the schema, and adds up as an order must. A number is held as the
  // text it has in the event. Nothing if the parser cannot tell: a number of it is more than a double.
  std::optional<bool> accepts(std::string_view text) const;

 private:
  nlohmann::json schema_;
};

}  // namespace calve::contract
