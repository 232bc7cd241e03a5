// RFC 8259, case by case: as a value of a field that the contract does not name, where only its being
// JSON counts, and as a whole text.

#include "calve/contract/json_check.h"

#include <random>
#include <regex>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/contract/decoder_under_test.h"

namespace calve::contract {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

const std::string kValid[] = {
    // numbers
    "0",
    "-0",
    "0.0",
    "-0.0",
    "1",
    "-1",
    "10",
    "1.5",
    "-1.5",
    "0.1",
    "1e1",
    "1E1",
    "1e+1",
    "1E-1",
    "0e0",
    "0e+0",
    "123.456e78",
    "1e400",
    "-1e400",
    "1e-400",
    "0e999999999999",
    "1e999999999999999999999",
    "-123123e100000",
    "123456789012345678901234567890123456789012345678901234567890",
    "0.00000000000000000000000000000000000000001",
    "1.0000000000000000000000000000000000000000000000000000000001",
    "20e1",
    "9007199254740993",
    "-9223372036854775809",
    "18446744073709551616",
    "1" + std::string(5000, '0'),
    // literals
    "true",
    "false",
    "null",
    // strings
    R"("")",
    R"("a")",
    R"(" ")",
    R"("\"")",
    R"("\\")",
    R"("\/")",
    R"("\b\f\n\r\t")",
    R"("\u0041")",
    R"("\u00e9")",
    R"("\u20AC")",
    R"("\ud83d\ude00")",
    R"("\uD834\uDD1E")",
    R"("\u0000")",
    R"("\u001f")",
    R"("\\u0000")",
    R"("\\\\")",
    R"("\\\"")",
    R"("\uDBFF\uDFFF")",
    R"("\uFFFF")",
    R"("\uFEFF")",
    R"("a/*b*/c")",
    R"("[,]{:}")",
    "\"\xC3\xA9\"",
    "\"\xE2\x82\xAC\"",
    "\"\xF0\x9F\x98\x80\"",
    "\"\xEF\xBF\xBF\"",
    "\"\xF4\x8F\xBF\xBF\"",
    "\"\xE2\x80\xA8\"",
    "\"\x7F\"",
    "\"\xEF\xBB\xBF\"",
    "\"" + std::string(300, 'x') + "\"",
    "\"" + std::string(63, 'x') + "\\\"\"",
    "\"" + std::string(62, 'x') + "\\\\\"",
    // arrays
    "[]",
    "[ ]",
    "[\n]",
    "[1]",
    "[1,2]",
    "[ 1 , 2 ]",
    "[[]]",
    "[[],[]]",
    "[[[]],[]]",
    "[null]",
    "[\"\"]",
    "[{}]",
    "[1,null,true,\"a\",{},[]]",
    "[\t1\r\n]",
    "[[1],[2,[3]]]",
    "[\"a\",\"b\"]",
    "[-0]",
    "[1e1,2]",
    // objects
    "{}",
    "{ }",
    "{\"a\":1}",
    "{\"a\":{}}",
    "{\"a\":[]}",
    "{\"a\":1,\"b\":2}",
    "{\"\":0}",
    "{\"a\":\"b\"}",
    "{ \"a\" : 1 , \"b\" : 2 }",
    "{\"a\":1,\"a\":2}",
    "{\"\\u0061\":1}",
    "{\"\\ud83d\\ude00\":1}",
    "{\"a\":{\"b\":{\"c\":[{}]}}}",
    "{\"a b\":1}",
    "{\"a\\\"b\":1}",
    "{\"\xC3\xA9\":1}",
    "{\"a\":null}",
};

const std::string kInvalid[] = {
    // numbers
    "01",
    "-01",
    "00",
    "-",
    "+1",
    "1.",
    ".5",
    "-.5",
    "1.e1",
    "1e",
    "1e+",
    "1E-",
    "1.5e",
    "0x1",
    "1_000",

    "NaN",
    "-NaN",
    "Infinity",
    "-Infinity",
    "inf",
    "1a",
    "1.2.3",
    "1e1.5",
    "1e1e1",
    "--1",
    "- 1",
    "1-1",
    "0.1.",
    "1+2",
    "\xEF\xBC\x91",
    "1\xC2\xA0",
    "2.e+3",
    "0.e1",
    "1eE2",
    "-foo",
    "1 000",
    "0 1",
    "1\"a\"",
    "012",
    // literals
    "True",
    "FALSE",
    "nul",
    "nulll",
    "tru",
    "truefalse",
    "true false",
    "nan",
    "undefined",
    "none",
    "nullx",
    "\"a\"b",
    "tru\"e\"",
    "t",
    "n",
    "f",
    // strings
    "'a'",
    "a",
    "\"",
    "\"a",
    "a\"",
    "\"\\\"",
    R"("\")",
    R"("\x41")",
    R"("\a")",
    R"("\'")",
    R"("\u")",
    R"("\u1")",
    R"("\u12")",
    R"("\u123")",
    R"("\u123g")",
    R"("\U0041")",
    R"("\0")",
    R"("\ ")",
    R"("\e")",
    R"("\v")",
    R"("\ud800")",
    R"("\udc00")",
    R"("\ud800\u0041")",
    R"("\ud800a")",
    R"("\ud800\n")",
    R"("\ud800\ud800")",
    R"("\udc00\ud800")",
    R"("\ud83dx")",
    R"("\ud83d\")",
    R"("\u+041")",
    R"("\u 041")",
    "\"\n\"",
    "\"\t\"",
    "\"\r\"",
    "\"\x01\"",
    "\"\x1F\"",
    "\"\0\""s,
    "\"\x80\"",
    "\"\xBF\"",
    "\"\xC0\xAF\"",
    "\"\xC1\x81\"",
    "\"\xC3\"",
    "\"\xE2\x82\"",
    "\"\xE0\x80\x80\"",
    "\"\xED\xA0\x80\"",
    "\"\xED\xBF\xBF\"",
    "\"\xF0\x80\x80\x80\"",
    "\"\xF4\x90\x80\x80\"",
    "\"\xF5\x80\x80\x80\"",
    "\"\xFE\"",
    "\"\xFF\"",
    "\"a\" \"b\"",
    "\"a\"\"b\"",
    "\"a\"1",
    "\\u0022a\\u0022",
    "`a`",
    // arrays
    "[",
    "]",
    "[1",
    "[1,",
    "[,",
    "[,1]",
    "[1,]",
    "[1,,2]",
    "[1 2]",
    "[1;2]",
    "[1}",
    "[[]",
    "[]]",
    "[1:2]",
    "[\"a\"",
    "[\"a\",",
    "[a]",
    "[true,nul]",
    "[1,2",
    "[[1]",
    "(1)",
    "[*]",
    "[1 ,, ]",
    "[\"\":1]",
    "[\v1]",
    "[\f]",
    "[-]",
    "[1 true]",
    "[{]",
    "[{}",
    // objects
    "{",
    "}",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{,}",
    "{\"a\" 1}",
    "{\"a\"::1}",
    "{\"a\":1:2}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "{\"a\":1,,\"b\":2}",
    "{\"a\",1}",
    "{\"a\":}",
    "{:1}",
    "{\"a\"}",
    "{\"a\":1]",
    "{\"a\":{}",
    "{\"a\":[1}",
    "{\"a\":1}}",
    "{\"\\ud800\":1}",
    "{\"\\q\":1}",
    "{[]:1}",
    "{\"a\":a}",
    "{\"a\":/*c*/1}",
    "{\"a\":1//c\n}",
    "{\"a\":[}",
    "{\"a\"\"b\":1}",
    "{\"a\"b:1}",
    "{{}}",
    // nothing, and white space that is none
    "",
    " ",
    ",",
    ":",
    "\xC2\xA0",
    "\xE2\x80\x8B",
    "\v",
    "\f",
    "\0"s,
    "1\0"s,
    "#1",
    "/**/1",
};

// The other parser refuses a number beyond double's range, which is well-formed JSON.
bool may_overflow_double(const std::string& text) {
  static const std::regex kLongExponent("[eE][+-]?[0-9]{3}");
  return text.size() > 400 || std::regex_search(text, kLongExponent);
}

class JsonCheckTest : public testing::Test {
 protected:
  static Contract contract() {
    return load_or_die(
        contract_text(R"("properties": {"v": {"type": "string", "x-calve": {"field-id": 1}}})"));
  }

  bool accepts(std::string_view payload) { return verdict(decoder_, payload) == "ok"; }

  const Contract contract_ = contract();
  Decoder decoder_{contract_};
};

TEST_F(JsonCheckTest, ValuesThatAreJson) {
  for (const std::string& value : kValid) {
    EXPECT_EQ(verdict(decoder_, "{\"u\":" + value + "}"), "ok") << value;
    EXPECT_EQ(verdict(decoder_, " { \"u\" : " + value + " \n, \"w\":0}\t\r\n "), "ok") << value;
    EXPECT_EQ(verdict(decoder_, "{\"u\":[" + value + "]}"), "ok") << value;
    EXPECT_TRUE(nlohmann::json::accept(value) || may_overflow_double(value)) << value;
  }
}

TEST_F(JsonCheckTest, ValuesThatAreNot) {
  for (const std::string& value : kInvalid) {
    EXPECT_EQ(verdict(decoder_, "{\"u\":" + value + "}"), "not_json") << value;
    EXPECT_EQ(verdict(decoder_, "{\"u\":[0," + value + "]}"), "not_json") << value;
    EXPECT_FALSE(nlohmann::json::accept("{\"u\":" + value + "}")) << value;
  }
}

// A whole text that is JSON but no object has the wrong type; one that is neither is not JSON.
TEST_F(JsonCheckTest, WholeTexts) {
  for (const std::string& value : kValid) {
    if (value.starts_with('{')) continue;
    EXPECT_EQ(verdict(decoder_, value), "wrong_type") << value;
    EXPECT_EQ(verdict(decoder_, "\n" + value + " \t"), "wrong_type") << value;
    EXPECT_EQ(verdict(decoder_, value + ","), "not_json") << value;
    EXPECT_EQ(verdict(decoder_, value + " 1"), "not_json") << value;
  }
  for (const std::string& value : kInvalid) {
    if (value.empty()) continue;
    EXPECT_EQ(verdict(decoder_, value), "not_json") << value;
  }
}

TEST_F(JsonCheckTest, NothingMayFollow) {
  for (const std::string_view end :
       {"}"sv, "]"sv, ","sv, "{}"sv, "1"sv, "\"\""sv, "x"sv, " {}"sv, "\n{}"sv, "\0"sv, "//"sv}) {
    const std::string after(end);
    EXPECT_EQ(verdict(decoder_, "{\"v\":\"a\"}" + after), "not_json") << after;
    EXPECT_EQ(verdict(decoder_, "{}" + after), "not_json") << after;
  }
}

TEST_F(JsonCheckTest, EveryPrefixOfAnEventIsRefused) {
  const std::string event = R"({"v":"a\"b","u":{"w":[1,{"x":[]},"é",-1.5e3],"y":null},"z":[[true]]})";
  ASSERT_EQ(verdict(decoder_, event), "ok");
  for (std::size_t length = 1; length < event.size(); ++length) {
    EXPECT_EQ(verdict(decoder_, event.substr(0, length)), "not_json") << event.substr(0, length);
  }
}

TEST_F(JsonCheckTest, DepthHasALimit) {
  const auto nested = [](int depth) {
    return "{\"u\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_EQ(verdict(decoder_, nested(kDepthMax)), "ok");
  EXPECT_EQ(verdict(decoder_, nested(kDepthMax + 1)), "too_deep");
  EXPECT_EQ(verdict(decoder_, nested(100'000)), "too_deep");
  EXPECT_EQ(verdict(decoder_, std::string(100'000, '[')), "not_json");
  EXPECT_EQ(verdict(decoder_, std::string(100'000, '[') + std::string(100'000, ']')), "too_deep");
}

// simdjson's own step over a string takes one that a colon follows for a key.
TEST_F(JsonCheckTest, AValueIsNoKey) {
  for (const std::string end : {"}", "}}", "}}}", "}}}}", "]}", "}]}"}) {
    EXPECT_EQ(verdict(decoder_, "{\"v\":\"a\":1" + end), "not_json") << end;
    EXPECT_EQ(verdict(decoder_, "{\"u\":\"a\":1" + end), "not_json") << end;
    EXPECT_EQ(verdict(decoder_, "{\"u\":[\"a\":1" + end), "not_json") << end;
    EXPECT_EQ(verdict(decoder_, "{\"u\":\"a\":{}" + end), "not_json") << end;
  }
}

// A text that breaks the contract first and JSON later is not JSON.
TEST_F(JsonCheckTest, NotJsonIsTheReasonBeforeAnyOther) {
  EXPECT_EQ(verdict(decoder_, R"({"v":1,"u":2})"), "wrong_type /v");
  EXPECT_EQ(verdict(decoder_, R"({"v":1,"u":02})"), "not_json");
  EXPECT_EQ(verdict(decoder_, R"({"v":1})"
                              "}"),
            "not_json");
}

// The sender reads the detail beside the payload, and knows nothing of the parser.
TEST_F(JsonCheckTest, TheDetailSaysWhatIsWrongWithTheText) {
  const std::pair<std::string_view, std::string_view> kDetails[] = {
      {"  ", "the text is blank"},
      {"{\"v\":\"\xFF\"}", "the text is not UTF-8"},
      {"{\"v\":\"a}", "a string is not closed"},
      {"{\"v\":\"\n\"}", "a string has a control character that is not escaped"},
      {"{\"v\":[\"a\"", "the JSON text ends inside an object or array"},
      {"{\"v\":\"a\"}}", "more follows after the end of the JSON text"},
      {"{\"u\":[1 2]}", "a comma, colon, bracket or brace is missing, or one is too many"},
      {"{\"v\" \"a\"}", "a comma, colon, bracket or brace is missing, or one is too many"},
      {"{\"v\":\"a\",}", "a comma, colon, bracket or brace is missing, or one is too many"},
  };
  for (const auto& [payload, detail] : kDetails) {
    const Decoded& decoded = decoder_.decode(batch_of({payload}), timestamp_from_micros(1));
    ASSERT_EQ(decoded.rejects.size(), 1u) << payload;
    EXPECT_EQ(decoded.rejects[0].code, "not_json") << payload;
    EXPECT_EQ(decoded.rejects[0].detail, detail) << payload;
  }
}

// Any bytes: we accept no text that another parser refuses, and refuse none that it accepts but for
// the limits that are documented.
TEST_F(JsonCheckTest, AgreesWithAnotherParserOverMutatedTexts) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const std::string_view alphabet = "{}[]\",:\\ue0123456789.-+tfn \n\x80\xC3\xA9/bad";
  int valid = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text = R"({"u":[1.5e3,{"x":"\u00e9\ud83d\ude00"},-0,"a\n"],"w":{"y":null,"z":true}})";
    for (int edits = static_cast<int>(random() % 4); edits >= 0; --edits) {
      const std::size_t at = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 4) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        case 2:
          text.erase(at, 1 + random() % 3);
          break;
        case 3:
          text.insert(at, text.substr(random() % text.size(), random() % 6));
          break;
      }
      if (text.empty()) text = "{";
    }
    if (may_overflow_double(text)) continue;
    const bool theirs = nlohmann::json::accept(text);
    const std::string ours = verdict(decoder_, text);
    if (theirs) {
      ++valid;
      EXPECT_NE(ours, "not_json") << text;
    } else {
      EXPECT_EQ(ours, "not_json") << text;
    }
  }
  EXPECT_GT(valid, 1'000) << "the mutations leave too little valid to mean anything";
}

}  // namespace
}  // namespace calve::contract
