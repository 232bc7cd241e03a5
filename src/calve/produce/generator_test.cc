#include "calve/produce/generator.h"

#include <cmath>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/base/uuid.h"
#include "calve/produce/options.h"
#include "calve/produce/order_clock.h"
#include "calve/produce/order_json.h"

namespace calve::produce {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> make_events(const GeneratorOptions& options, std::size_t count) {
  Generator generator(options);
  OrderClock clock({.seed = options.seed, .start = kReproducibleStart});
  Order order;
  std::vector<char> buffer(kOrderJsonBytesMax);
  std::vector<std::string> events;
  for (std::size_t at = 0; at < count; ++at) {
    generator.next(clock.next(), order);
    events.emplace_back(buffer.data(), write_json(order, buffer.data()));
  }
  return events;
}

// The first 10,000 events of seed 1 in the default shop.
const std::vector<std::string>& golden_events() {
  static const std::vector<std::string> events = make_events({.seed = 1}, 10'000);
  return events;
}

std::uint64_t fnv1a(const std::vector<std::string>& lines) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto add = [&hash](char byte) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  };
  for (const std::string& line : lines) {
    for (const char byte : line)
      add(byte);
    add('\n');
  }
  return hash;
}

std::int64_t cents(const Json& amount) {
  return std::llround(amount.get<double>() * 100);
}

TEST(GeneratorTest, SeedMakesTheSameBytesOnEveryMachine) {
  EXPECT_EQ(
      golden_events().front(),
      R"({"order_id":"6ca53250-73c2-4f46-b1ad-dd0bfeb5af39","customer_id":"C0065303",)"
      R"("email":"maria.turner26@example.net","created_at":"2026-01-01T00:00:00.538Z","status":"paid",)"
      R"("channel":"app","payment_method":"bank_transfer","currency":"USD",)"
      R"("items":[{"sku":"KI-00994","name":"Steel Teapot","quantity":1,"unit_price":27.79}],)"
      R"("subtotal":27.79,"discount":0.00,"shipping":5.99,"tax":2.29,"total":36.07,)"
      R"("shipping_address":{"street":"67 Park Avenue","city":"Miami","postal_code":"33100","country":"US"}})");
  EXPECT_EQ(fnv1a(golden_events()), 5185492921740716501ULL);
}

TEST(GeneratorTest, AnotherSeedMakesOtherBytes) {
  const GeneratorOptions small{.seed = 1, .customers = 100, .products = 100};
  const GeneratorOptions other{.seed = 2, .customers = 100, .products = 100};
  EXPECT_EQ(make_events(small, 50), make_events(small, 50));
  EXPECT_NE(make_events(small, 1), make_events(other, 1));
}

TEST(GeneratorTest, SmallestShopHasOneCustomerAndOneProduct) {
  for (const std::string& event : make_events({.seed = 3, .customers = 1, .products = 1}, 20)) {
    EXPECT_EQ(Json::parse(event)["customer_id"], "C0000001") << event;
  }
}

TEST(GeneratorTest, FieldsAreTheContractsInItsOrder) {
  std::ifstream file(CALVE_SOURCE_DIR "/contracts/orders.created.v1.schema.json");
  const Json contract = Json::parse(file);
  std::vector<std::string> names;
  for (const auto& [name, schema] : contract["properties"].items())
    names.push_back(name);
  const std::set<std::string> required = contract["required"];

  for (const std::string& event : golden_events()) {
    const Json order = Json::parse(event);
    std::vector<std::string> expected;
    for (const std::string& name : names) {
      if (required.contains(name) || order.contains(name)) expected.push_back(name);
    }
    std::vector<std::string> present;
    for (const auto& [name, value] : order.items())
      present.push_back(name);
    ASSERT_EQ(present, expected) << event;
    for (const char* name : {"status", "channel", "payment_method", "currency"}) {
      ASSERT_THAT(contract["properties"][name]["enum"], testing::Contains(order[name])) << event;
    }
  }
}

TEST(GeneratorTest, EveryWordOfTheContractOccurs) {
  std::ifstream file(CALVE_SOURCE_DIR "/contracts/orders.created.v1.schema.json");
  const Json contract = Json::parse(file);
  for (const char* name : {"status", "channel", "payment_method", "currency"}) {
    std::set<std::string> seen;
    for (const std::string& event : golden_events())
      seen.insert(Json::parse(event)[name].get<std::string>());
    EXPECT_EQ(seen, contract["properties"][name]["enum"].get<std::set<std::string>>()) << name;
  }
}

TEST(GeneratorTest, MoneyAddsUp) {
  for (const std::string& event : golden_events()) {
    const Json order = Json::parse(event);
    std::int64_t subtotal = 0;
    for (const Json& item : order["items"]) {
      subtotal += item["quantity"].get<std::int64_t>() * cents(item["unit_price"]);
      ASSERT_GT(cents(item["unit_price"]), 0) << event;
    }
    ASSERT_EQ(cents(order["subtotal"]), subtotal) << event;
    ASSERT_EQ(cents(order["total"]),
              subtotal - cents(order["discount"]) + cents(order["shipping"]) + cents(order["tax"]))
        << event;
    ASSERT_EQ(cents(order["discount"]) > 0, order.contains("coupon")) << event;
  }
}

TEST(GeneratorTest, OrderIdsAreUniqueVersion4Uuids) {
  std::set<std::string> seen;
  for (const std::string& event : golden_events()) {
    const std::string id = Json::parse(event)["order_id"];
    ASSERT_TRUE(parse_uuid(id)) << id;
    ASSERT_EQ(id[14], '4') << id;
    ASSERT_THAT("89ab", testing::HasSubstr(std::string(1, id[19]))) << id;
    ASSERT_TRUE(seen.insert(id).second) << id;
  }
}

TEST(GeneratorTest, PostalCodeIsOneOfItsCountry) {
  const std::map<std::string, std::regex> forms = {
      {"US", std::regex("[0-9]{5}")},
      {"DE", std::regex("[0-9]{5}")},
      {"GB", std::regex("[A-Z]{1,2}[1-9][0-9]? [0-9][A-Z]{2}")},
      {"FR", std::regex("[0-9]{5}")},
      {"NL", std::regex("[1-9][0-9]{3} [A-Z]{2}")},
      {"ES", std::regex("(0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3}")},
      {"IT", std::regex("[0-9]{5}")},
      {"CA", std::regex("[ABCEGHJKLMNPRSTVXY][0-9][A-Z] [0-9][A-Z][0-9]")},
      {"PL", std::regex("[0-9]{2}-[0-9]{3}")},
      {"SE", std::regex("[1-9][0-9]{2} [0-9]{2}")},
      {"CH", std::regex("[1-9][0-9]{3}")},
      {"AU", std::regex("[0-9]{4}")}};
  std::set<std::string> seen;
  for (const std::string& event : golden_events()) {
    const Json address = Json::parse(event)["shipping_address"];
    const std::string country = address["country"];
    const std::string code = address["postal_code"];
    ASSERT_TRUE(forms.contains(country)) << event;
    ASSERT_TRUE(std::regex_match(code, forms.at(country))) << event;
    seen.insert(country);
  }
  EXPECT_EQ(seen.size(), forms.size());
}

TEST(GeneratorTest, CustomersAndProductsStayTheSame) {
  std::map<std::string, std::string> home;
  std::map<std::string, std::string> owner;
  std::map<std::string, std::string> product;
  for (const std::string& event : golden_events()) {
    const Json order = Json::parse(event);
    const std::string id = order["customer_id"];
    const std::string email = order["email"];
    const std::string where = email + order["currency"].dump() + order["shipping_address"].dump();
    ASSERT_EQ(home.emplace(id, where).first->second, where) << event;
    ASSERT_EQ(owner.emplace(email, id).first->second, id) << event;
    for (const Json& item : order["items"]) {
      const std::string sku = item["sku"];
      const std::string what = item["name"].dump();
      ASSERT_EQ(product.emplace(sku, what).first->second, what) << event;
      // The price is the country's: currencies are shared, price levels are not.
      const std::string place = sku + order["shipping_address"]["country"].dump();
      const std::string price = item["unit_price"].dump();
      ASSERT_EQ(product.emplace(place, price).first->second, price) << event;
    }
  }
}

TEST(GeneratorTest, FewCustomersAndProductsMakeManyOrders) {
  std::map<std::string, int> by_customer;
  std::map<std::string, int> by_product;
  int lines = 0;
  for (const std::string& event : golden_events()) {
    const Json order = Json::parse(event);
    ++by_customer[order["customer_id"]];
    for (const Json& item : order["items"]) {
      ++by_product[item["sku"]];
      ++lines;
    }
  }
  const auto share_of_first = [](const std::map<std::string, int>& counts, std::size_t first, int all) {
    std::vector<int> sorted;
    for (const auto& [name, count] : counts)
      sorted.push_back(count);
    std::ranges::sort(sorted, std::greater());
    return std::accumulate(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(first), 0) * 100 /
           all;
  };
  // Even draws would give the first 1,000 of 100,000 customers about 2 %, and the first 100 of 10,000
  // products about 5 % (the luckiest, in so small a sample).
  EXPECT_GT(share_of_first(by_customer, 1'000, 10'000), 20);
  EXPECT_LT(share_of_first(by_customer, 1, 10'000), 1);
  EXPECT_GT(share_of_first(by_product, 100, lines), 20);
}

TEST(GeneratorTest, EventsAreLinesOfAboutHalfAKilobyte) {
  std::size_t bytes = 0;
  for (const std::string& event : golden_events()) {
    ASSERT_LE(event.size(), kOrderJsonBytesMax) << event;
    ASSERT_EQ(event.find('\n'), std::string::npos) << event;
    bytes += event.size();
  }
  EXPECT_GT(bytes / golden_events().size(), 450u);
  EXPECT_LT(bytes / golden_events().size(), 550u);
}

TEST(OrderJsonTest, WritesCents) {
  const std::pair<std::int64_t, const char*> cases[] = {{0, "0.00"},
                                                        {5, "0.05"},
                                                        {99, "0.99"},
                                                        {100, "1.00"},
                                                        {-1, "-0.01"},
                                                        {-12345, "-123.45"},
                                                        {1'000'000, "10000.00"},
                                                        {999'999'999'999, "9999999999.99"},
                                                        {INT64_MIN, "-92233720368547758.08"}};
  for (const auto& [value, text] : cases) {
    char buffer[24];
    EXPECT_EQ(std::string(buffer, write_cents(value, buffer)), text);
  }
}

TEST(OrderJsonTest, WritesTimesToTheMillisecond) {
  Generator generator({.seed = 1, .customers = 1, .products = 1});
  const std::pair<std::int64_t, const char*> cases[] = {{0, "1970-01-01T00:00:00.000Z"},
                                                        {951'782'399'999'999, "2000-02-28T23:59:59.999Z"},
                                                        {951'868'799'010'000, "2000-02-29T23:59:59.010Z"},
                                                        {1'767'225'600'120'000, "2026-01-01T00:00:00.120Z"}};
  for (const auto& [micros, text] : cases) {
    Order order;
    std::vector<char> buffer(kOrderJsonBytesMax);
    generator.next(timestamp_from_micros(micros), order);
    EXPECT_EQ(Json::parse(buffer.data(), write_json(order, buffer.data()))["created_at"], text);
  }
}

TEST(OrderClockTest, DaysAreFullAndNightsAreQuiet) {
  OrderClock clock({.seed = 1, .start = kReproducibleStart, .orders_per_day = 100'000});
  std::map<std::int64_t, int> by_day;
  std::array<int, 24> by_hour{};
  Timestamp last = kReproducibleStart;
  while (last < kReproducibleStart + std::chrono::days(3)) {
    const Timestamp time = clock.next();
    ASSERT_GE(time, last);
    last = time;
    ++by_day[std::chrono::floor<std::chrono::days>(time).time_since_epoch().count()];
    ++by_hour[static_cast<std::size_t>(to_micros(time) / 3'600'000'000 % 24)];
  }
  for (auto day = by_day.begin(); day != std::prev(by_day.end()); ++day) {
    EXPECT_NEAR(day->second, 100'000, 2'000) << day->first;
  }
  EXPECT_GT(by_hour[20], 15 * by_hour[4]);
}

}  // namespace
}  // namespace calve::produce
