// Any bytes as an event of a contract with every kind of column: whatever is accepted, another parser
// takes for JSON, and its columns are whole; its neighbours come out either way.

#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "calve/contract/column_check.h"
#include "calve/contract/decoder_under_test.h"

namespace {

using namespace calve;            // NOLINT(google-build-using-namespace)
using namespace calve::contract;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kNeighbour = R"({"id":"0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071"})";

const Contract& every_kind() {
  static const Contract kContract = load_or_die(contract_text(R"x("required": ["id"], "properties": {
    "id": {"type": "string", "format": "uuid", "x-calve": {"field-id": 1}},
    "b": {"type": ["boolean", "null"], "x-calve": {"field-id": 2}},
    "n": {"type": "integer", "x-calve": {"field-id": 3, "type": "int"}},
    "l": {"type": "integer", "multipleOf": 3, "x-calve": {"field-id": 4}},
    "d": {"type": "number", "minimum": -1e300, "x-calve": {"field-id": 5}},
    "m": {"type": ["number", "string"], "x-calve": {"field-id": 6, "type": "decimal(12,2)"}},
    "w": {"type": "number", "x-calve": {"field-id": 7, "type": "decimal(38,10)"}},
    "s": {"type": "string", "minLength": 1, "maxLength": 8, "pattern": "^[^x]", "x-calve": {"field-id": 8}},
    "e": {"type": "string", "format": "email", "x-calve": {"field-id": 9}},
    "t": {"type": "string", "format": "date-time", "x-calve": {"field-id": 10}},
    "y": {"type": "string", "format": "date", "x-calve": {"field-id": 11}},
    "a": {"type": ["array", "null"], "maxItems": 4, "x-calve": {"field-id": 12, "element-id": 13},
          "items": {"type": ["array", "null"], "x-calve": {"element-id": 14},
                    "items": {"type": ["integer", "null"]}}},
    "o": {"type": ["object", "null"], "x-calve": {"field-id": 15}, "required": ["p"], "properties": {
          "p": {"type": "string", "x-calve": {"field-id": 16}},
          "q": {"type": "array", "x-calve": {"field-id": 17, "element-id": 18}, "items": {"type": "object",
                "properties": {"r": {"type": "string", "enum": ["u", "v"], "x-calve": {"field-id": 19}}}}}}}
  })x"));
  return kContract;
}

// The other parser refuses numbers beyond double's range; they are JSON.
bool has_exponent(const std::string& text) {
  return text.find_first_of("eE") != std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Decoder decoder(every_kind());
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto records = batch_of({kNeighbour, text, kNeighbour});
  const Decoded& decoded = decoder.decode(records, timestamp_from_micros(1));
  const bool accepted = decoded.rows.row_count == 3;
  if (decoded.rows.row_count + decoded.rejects.size() != 3 || decoded.rows.row_count < 2) std::abort();
  if (accepted && !nlohmann::json::accept(text) && !has_exponent(text) && size < 300) std::abort();
  const std::string flaw = check_columns(decoded.rows);
  if (!flaw.empty()) {
    std::cerr << flaw << "\n";
    std::abort();
  }
  return 0;
}
