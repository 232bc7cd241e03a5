#include "calve/produce/faults.h"

#include <cmath>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/base/uuid.h"
#include "calve/produce/generator.h"
#include "calve/produce/options.h"
#include "calve/produce/order_json.h"

namespace calve::produce {
namespace {

using Json = nlohmann::json;
using Problems = std::set<std::string>;

constexpr const char* kStrings[] = {"order_id", "customer_id", "email",          "created_at",
                                    "status",   "channel",     "payment_method", "currency"};
constexpr const char* kAmounts[] = {"subtotal", "discount", "shipping", "tax", "total"};

// In tenths of a cent, which is as far as any fault goes.
std::int64_t mills(const Json& amount) {
  return std::llround(amount.get<double>() * 1'000);
}

void check_types(const Json& order, Problems& problems) {
  const auto check = [&](const char* name, bool (Json::*is)() const noexcept) {
    if (!order.contains(name)) {
      problems.insert("missing");
    } else if (order[name].is_null()) {
      problems.insert("null");
    } else if (!(order[name].*is)()) {
      problems.insert("type");
    }
  };
  for (const char* name : kStrings)
    check(name, &Json::is_string);
  for (const char* name : kAmounts)
    check(name, &Json::is_number);
}

void check_values(const Json& order, Problems& problems) {
  static const std::regex time(
      "2026-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z");
  const auto is_one_of = [](const Json& value, std::initializer_list<const char*> words) {
    return std::ranges::any_of(words, [&](const char* word) { return value == word; });
  };
  if (!parse_uuid(order["order_id"].get<std::string>())) problems.insert("uuid");
  if (!std::regex_match(order["created_at"].get<std::string>(), time)) problems.insert("timestamp");
  if (std::ranges::count(order["email"].get<std::string>(), '@') != 1) problems.insert("email");
  if (!is_one_of(order["status"], {"pending", "authorized", "paid", "on_hold"})) problems.insert("status");
  if (!is_one_of(order["currency"], {"AUD", "CAD", "CHF", "EUR", "GBP", "PLN", "SEK", "USD"})) {
    problems.insert("currency");
  }
  const std::string country = order["shipping_address"]["country"];
  if (country.size() != 2 || !std::ranges::all_of(country, isupper)) problems.insert("country");
  for (const char* name : kAmounts) {
    if (mills(order[name]) < 0) problems.insert("negative");
    if (mills(order[name]) > 9'999'999'999'990) problems.insert("large");
    if (mills(order[name]) % 10 != 0) problems.insert("decimals");
  }
  if (order["items"].empty()) problems.insert("no items");
}

void check_sums(const Json& order, Problems& problems) {
  std::int64_t subtotal = 0;
  for (const Json& item : order["items"]) {
    if (item["quantity"] < 1) problems.insert("quantity");
    subtotal += item["quantity"].get<std::int64_t>() * mills(item["unit_price"]);
  }
  if (mills(order["subtotal"]) != subtotal) problems.insert("subtotal");
  if (mills(order["total"]) !=
      mills(order["subtotal"]) - mills(order["discount"]) + mills(order["shipping"]) + mills(order["tax"])) {
    problems.insert("total");
  }
}

// Everything that is wrong with an event; slow and obvious, and shares nothing with the producer.
Problems problems_of(const std::string& event) {
  Problems problems;
  std::map<std::string, int> members;
  const Json::parser_callback_t count_members = [&](int depth, Json::parse_event_t what, Json& parsed) {
    if (what == Json::parse_event_t::key && depth == 1) ++members[parsed.get<std::string>()];
    return true;
  };
  Json order;
  try {
    order = Json::parse(event, count_members);
  } catch (const Json::parse_error& error) {
    const std::string message = error.what();
    for (const char* reason : {"UTF-8", "surrogate", "invalid literal", "expected end of input"}) {
      if (message.find(reason) != std::string::npos) return {reason};
    }
    return {"syntax"};
  }
  for (const auto& [name, count] : members) {
    if (count > 1) problems.insert("duplicate key");
  }
  check_types(order, problems);
  if (problems.empty()) check_values(order, problems);
  if (problems.empty() || !problems.contains("type")) {
    if (!problems.contains("missing") && !problems.contains("null")) check_sums(order, problems);
  }
  return problems;
}

struct Expectation {
  FaultClass fault;
  Problems problems;
};

const Expectation kExpectations[] = {
    {FaultClass::kTrailingData, {"expected end of input"}},
    {FaultClass::kInvalidUtf8, {"UTF-8"}},
    {FaultClass::kLoneSurrogate, {"surrogate"}},
    {FaultClass::kNotANumber, {"invalid literal"}},
    {FaultClass::kDuplicateKey, {"duplicate key"}},
    {FaultClass::kMissingField, {"missing"}},
    {FaultClass::kNullField, {"null"}},
    {FaultClass::kWrongType, {"type"}},
    {FaultClass::kEmptyItems, {"no items"}},
    {FaultClass::kBadUuid, {"uuid"}},
    {FaultClass::kBadTimestamp, {"timestamp"}},
    {FaultClass::kBadEmail, {"email"}},
    {FaultClass::kBadCountry, {"country"}},
    {FaultClass::kUnknownStatus, {"status"}},
    {FaultClass::kUnknownCurrency, {"currency"}},
    {FaultClass::kZeroQuantity, {"quantity"}},
    {FaultClass::kNegativeAmount, {"negative"}},
    {FaultClass::kAmountTooLarge, {"large"}},
    {FaultClass::kTooManyDecimals, {"decimals"}},
    {FaultClass::kSubtotalMismatch, {"subtotal"}},
    {FaultClass::kTotalMismatch, {"total"}},
};

class FaultsTest : public testing::Test {
 protected:
  // Calls back with a valid event and the same one broken.
  void for_each_pair(FaultClass fault,
                     const std::function<void(const std::string&, const std::string&)>& check) {
    for (int at = 0; at < 200; ++at) {
      generator_.next(kReproducibleStart, order_);
      const std::string valid(buffer_.data(), write_json(order_, buffer_.data()));
      std::string broken = valid;
      break_event(fault, order_, prng_, broken);
      ASSERT_EQ(broken.find('\n'), std::string::npos) << broken;
      ASSERT_FALSE(broken.empty()) << valid;
      check(valid, broken);
      if (HasFatalFailure()) return;
    }
  }

 private:
  Generator generator_{{.seed = 7, .customers = 1'000, .products = 500}};
  Prng prng_{7, 5};
  Order order_;
  std::vector<char> buffer_ = std::vector<char>(kOrderJsonBytesMax);
};

TEST_F(FaultsTest, EachBreaksWhatItNamesAndNothingElse) {
  for (const auto& [fault, problems] : kExpectations) {
    for_each_pair(fault, [&](const std::string& valid, const std::string& broken) {
      ASSERT_EQ(problems_of(valid), Problems{}) << valid;
      ASSERT_EQ(problems_of(broken), problems) << fault_class_name(fault) << ": " << broken;
    });
  }
}

TEST_F(FaultsTest, TruncatedIsTheBeginningOfAnOrder) {
  for_each_pair(FaultClass::kTruncated, [](const std::string& valid, const std::string& broken) {
    ASSERT_LT(broken.size(), valid.size()) << broken;
    ASSERT_TRUE(valid.starts_with(broken)) << broken;
    ASSERT_FALSE(Json::accept(broken)) << broken;
  });
}

TEST_F(FaultsTest, NotJsonIsAnotherFormat) {
  for_each_pair(FaultClass::kNotJson, [](const std::string& valid, const std::string& broken) {
    ASSERT_FALSE(Json::accept(broken)) << broken;
    ASSERT_FALSE(valid.starts_with(broken)) << broken;
  });
}

TEST(FaultClassTest, EveryClassIsTested) {
  std::set<FaultClass> tested = {FaultClass::kTruncated, FaultClass::kNotJson};
  for (const auto& expectation : kExpectations)
    tested.insert(expectation.fault);
  EXPECT_EQ(tested.size(), all_fault_classes().size());
}

TEST(FaultClassTest, NamesReadBack) {
  std::set<std::string_view> names;
  for (const FaultClass fault : all_fault_classes()) {
    const std::string_view name = fault_class_name(fault);
    EXPECT_EQ(parse_fault_classes(name), std::vector{fault}) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(parse_fault_classes("truncated,not_json"),
            (std::vector{FaultClass::kTruncated, FaultClass::kNotJson}));
}

TEST(FaultClassTest, RefusesOtherNames) {
  for (const char* text : {"", "nothing", "not_json,", ",not_json", "not_json, truncated", "NOT_JSON"}) {
    const auto classes = parse_fault_classes(text);
    ASSERT_FALSE(classes) << text;
    EXPECT_EQ(classes.error().kind, ErrorKind::kUsage) << text;
    EXPECT_THAT(classes.error().message, testing::HasSubstr(" too_many_decimals")) << text;
  }
}

}  // namespace
}  // namespace calve::produce
