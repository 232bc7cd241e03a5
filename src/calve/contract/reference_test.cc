// Runs docs/reference/contract.md: its tables of cases are the tests of what is refused and how.

#include <optional>
#include <set>

#include <gtest/gtest.h>

#include "calve/contract/decoder_under_test.h"
#include "calve/contract/reject.h"

namespace calve::contract {
namespace {

const std::string kPage = CALVE_SOURCE_DIR "/docs/reference/contract.md";

// The cells of "| `a` | `b` |", without their backticks. A cell holds no "|".
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::size_t at = 1;
  for (auto bar = line.find('|', at); bar != std::string::npos; at = bar + 1, bar = line.find('|', at)) {
    std::string cell = line.substr(at, bar - at);
    cell.erase(0, cell.find_first_not_of(' '));
    cell.erase(cell.find_last_not_of(' ') + 1);
    if (cell.size() >= 2 && cell.front() == '`' && cell.back() == '`') cell = cell.substr(1, cell.size() - 2);
    cells.push_back(cell);
  }
  return cells;
}

// The rows of the tables behind "<!-- cases: kind -->".
std::vector<std::vector<std::string>> cases(const std::string& kind) {
  std::vector<std::vector<std::string>> rows;
  bool here = false;
  int header_lines = 0;
  for (const std::string& line : read_lines(kPage)) {
    if (line == "<!-- cases: " + kind + " -->") {
      here = true;
      header_lines = 2;
    } else if (here && line.starts_with('|')) {
      if (header_lines-- <= 0) rows.push_back(cells_of(line));
    } else {
      here = false;
    }
  }
  return rows;
}

// Gives the schema of "v", and of an array's element, the ids that the page leaves out.
std::string with_ids(std::string keywords) {
  const std::string annotation = "\"x-calve\": {\"type\"";
  if (const auto at = keywords.find(annotation); at != std::string::npos) {
    return keywords.insert(at + annotation.size() - 6, "\"field-id\": 1, ");
  }
  return keywords + R"(, "x-calve": {"field-id": 1, "element-id": 3})";
}

TEST(ContractReferenceTest, ValuesAreJudgedAsThePageSays) {
  const auto rows = cases("value");
  ASSERT_GT(rows.size(), 150u);
  std::set<std::string> accepted;
  std::set<std::string> refused;
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 3u);
    const auto contract = Contract::load(
        contract_text(R"("required": ["v"], "properties": {"v": {)" + with_ids(row[0]) + "}}"));
    ASSERT_TRUE(contract) << row[0] << ": " << contract.error().message;
    Decoder decoder(*contract);
    // "wrong_type /2" on the page is about the value; the pointer starts with the field.
    std::string expected = row[2];
    if (expected != "ok") {
      const auto space = expected.find(' ');
      expected = space == std::string::npos ? expected + " /v"
                                            : expected.substr(0, space) + " /v" + expected.substr(space + 1);
    }
    EXPECT_EQ(verdict(decoder, "{\"v\": " + row[1] + "}"), expected) << row[0] << " given " << row[1];
    (row[2] == "ok" ? accepted : refused).insert(row[0]);
  }
  for (const std::string keyword :
       {"type", "properties", "required", "additionalProperties", "items", "enum", "const", "minimum",
        "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
        "format", "minItems", "maxItems"}) {
    const auto names_it = [&](const std::string& schema) {
      return schema.find("\"" + keyword + "\":") != std::string::npos;
    };
    EXPECT_TRUE(std::any_of(accepted.begin(), accepted.end(), names_it)) << keyword;
    EXPECT_TRUE(std::any_of(refused.begin(), refused.end(), names_it)) << keyword;
  }
}

TEST(ContractReferenceTest, EventsAreJudgedAsThePageSays) {
  const Contract contract =
      load_or_die(contract_text(R"("properties": {"v": {"type": "string", "x-calve": {"field-id": 1}}})"));
  Decoder decoder(contract);
  const auto rows = cases("event");
  ASSERT_GT(rows.size(), 10u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 2u);
    EXPECT_EQ(verdict(decoder, row[0]), row[1]) << row[0];
  }
}

TEST(ContractReferenceTest, TheSmallestContractIsOne) {
  const std::string page = read_file(kPage);
  const std::string fence = "```json\n";
  const auto from = page.find(fence) + fence.size();
  const Contract contract = load_or_die(page.substr(from, page.find("```", from) - from));
  Decoder decoder(contract);
  EXPECT_EQ(verdict(decoder, R"({"page": "/"})"), "ok");
  EXPECT_EQ(verdict(decoder, "{}"), "missing_field /page");
}

TEST(ContractReferenceTest, EveryReasonIsOnThePage) {
  const std::string page = read_file(kPage);
  for (int i = 0; i < kReasonCount; ++i) {
    const std::string row = "\n| `" + std::string(reason_name(static_cast<Reason>(i))) + "` |";
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace calve::contract
