#include "calve/datafile/sample_orders.h"

#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace calve::datafile {
namespace {

using iceberg::NestedField;
using iceberg::Presence;
using iceberg::PrimitiveKind;
using iceberg::StructType;
using iceberg::Type;

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr iceberg::DecimalType kMoney{.precision = 12, .scale = 2};

enum Leaf {
  kOrderId,
  kCustomerId,
  kEmail,
  kCreatedAt,
  kStatus,
  kChannel,
  kPaymentMethod,
  kCurrency,
  kSku,
  kName,
  kQuantity,
  kUnitPrice,
  kSubtotal,
  kDiscount,
  kShipping,
  kTax,
  kTotal,
  kStreet,
  kCity,
  kPostalCode,
  kCountry,
  kCoupon,
  kNote,
  kProcessedAt,
  kSourcePartition,
  kSourceOffset,
  kSourceTimestamp,
};

NestedField required(int id, std::string name, Type type) {
  return {
      .id = FieldId(id), .name = std::move(name), .type = std::move(type), .presence = Presence::kRequired};
}
NestedField optional(int id, std::string name, Type type) {
  return {.id = FieldId(id), .name = std::move(name), .type = std::move(type)};
}

constexpr std::array<std::string_view, 6> kStatuses = {"created", "paid",      "packed",
                                                       "shipped", "delivered", "returned"};
constexpr std::array<std::string_view, 4> kChannels = {"web", "mobile_app", "store", "marketplace"};
constexpr std::array<std::string_view, 5> kPaymentMethods = {"credit_card", "paypal", "invoice",
                                                             "bank_transfer", "gift_card"};
constexpr std::array<std::string_view, 6> kCurrencies = {"EUR", "USD", "GBP", "CHF", "SEK", "PLN"};
constexpr std::array<std::string_view, 8> kCountries = {"DE", "US", "GB", "CH", "SE", "PL", "FR", "ES"};
constexpr std::array<std::string_view, 12> kFirstNames = {
    "anna", "ben", "clara", "david", "emma", "felix", "greta", "henri", "ida", "jonas", "karla", "lukas"};
constexpr std::array<std::string_view, 12> kLastNames = {"meyer",  "smith",  "novak",  "rossi",
                                                         "jensen", "garcia", "keller", "dubois",
                                                         "larsen", "wagner", "taylor", "moreau"};
constexpr std::array<std::string_view, 8> kMaterials = {"Walnut", "Steel",   "Linen", "Glass",
                                                        "Cotton", "Ceramic", "Oak",   "Leather"};
constexpr std::array<std::string_view, 10> kThings = {"Desk Lamp", "Chair",   "Notebook", "Backpack",
                                                      "Teapot",    "Blanket", "Picture",  "Vase",
                                                      "Cabinet",   "Mirror"};
constexpr std::array<std::string_view, 12> kCities = {"Hamburg", "Boston", "Leeds",   "Zürich",
                                                      "Malmö",   "Gdańsk", "Lyon",    "Sevilla",
                                                      "Köln",    "Austin", "Bristol", "Bern"};

}  // namespace

iceberg::Schema orders_schema() {
  const StructType item = {
      {required(31, "sku", PrimitiveKind::kString), required(32, "name", PrimitiveKind::kString),
       required(33, "quantity", PrimitiveKind::kInt), required(34, "unit_price", kMoney)}};
  const StructType address = {
      {required(41, "street", PrimitiveKind::kString), required(42, "city", PrimitiveKind::kString),
       required(43, "postal_code", PrimitiveKind::kString), required(44, "country", PrimitiveKind::kString)}};
  return {
      .id = iceberg::SchemaId(0),
      .fields = {
          required(1, "order_id", PrimitiveKind::kUuid),
          required(2, "customer_id", PrimitiveKind::kString),
          required(3, "email", PrimitiveKind::kString),
          required(4, "created_at", PrimitiveKind::kTimestamptz),
          required(5, "status", PrimitiveKind::kString),
          required(6, "channel", PrimitiveKind::kString),
          required(7, "payment_method", PrimitiveKind::kString),
          required(8, "currency", PrimitiveKind::kString),
          required(9, "items",
                   iceberg::ListType{
                       .element_id = FieldId(30), .element = item, .element_presence = Presence::kRequired}),
          required(10, "subtotal", kMoney),
          required(11, "discount", kMoney),
          required(12, "shipping", kMoney),
          required(13, "tax", kMoney),
          required(14, "total", kMoney),
          required(15, "shipping_address", address),
          optional(16, "coupon", PrimitiveKind::kString),
          optional(17, "note", PrimitiveKind::kString),
          required(18, "processed_at", PrimitiveKind::kTimestamptz),
          required(19, "source_partition", PrimitiveKind::kInt),
          required(20, "source_offset", PrimitiveKind::kLong),
          required(21, "source_timestamp", PrimitiveKind::kTimestamptz),
      }};
}

iceberg::PartitionSpec orders_by_day() {
  return {.id = iceberg::SpecId(0),
          .fields = {{.source_id = FieldId(4),
                      .field_id = FieldId(1000),
                      .name = "created_at_day",
                      .transform = iceberg::SimpleTransform::kDay}}};
}

SampleOrders::SampleOrders(Options options) : options_(options), random_(options.seed) {
  constexpr int kProducts = 20'000;
  for (int i = 0; i < kProducts; ++i) {
    products_.push_back({.sku = fmt::format("SKU-{:06}", uniform(1'000'000)),
                         .name = fmt::format("{} {} No. {}", kMaterials[static_cast<std::size_t>(uniform(8))],
                                             kThings[static_cast<std::size_t>(uniform(10))], uniform(400)),
                         .unit_price = 99 + 50 * uniform(600)});
  }
  for (const iceberg::Leaf& leaf : iceberg::leaves(orders_schema())) {
    batch_.columns.push_back({.field = leaf.id,
                              .max_definition_level = leaf.max_definition_level,
                              .max_repetition_level = leaf.max_repetition_level,
                              .values = std::vector<std::string_view>{}});
  }
  batch_.columns[kOrderId].values = std::vector<Uuid>{};
  for (const int leaf : {kCreatedAt, kUnitPrice, kSubtotal, kDiscount, kShipping, kTax, kTotal, kProcessedAt,
                         kSourceOffset, kSourceTimestamp}) {
    batch_.columns[static_cast<std::size_t>(leaf)].values = std::vector<std::int64_t>{};
  }
  for (const int leaf : {kQuantity, kSourcePartition}) {
    batch_.columns[static_cast<std::size_t>(leaf)].values = std::vector<std::int32_t>{};
  }
}

const batch::ColumnBatch& SampleOrders::next(std::size_t row_count) {
  texts_.clear();
  batch_.clear();
  batch_.row_count = row_count;
  for (std::size_t i = 0; i < row_count; ++i)
    push_order();
  return batch_;
}

std::int64_t SampleOrders::uniform(std::int64_t below) {
  return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(below));
}

std::string_view SampleOrders::keep(std::string text) {
  return texts_.emplace_back(std::move(text));
}

template <class T>
void SampleOrders::push(int leaf, T value) {
  std::get<std::vector<T>>(batch_.columns[static_cast<std::size_t>(leaf)].values).push_back(value);
}

std::int64_t SampleOrders::push_items() {
  const std::int64_t count = 1 + uniform(5);
  std::int64_t subtotal = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    for (const int leaf : {kSku, kName, kQuantity, kUnitPrice}) {
      batch_.columns[static_cast<std::size_t>(leaf)].definition_levels.push_back(1);
      batch_.columns[static_cast<std::size_t>(leaf)].repetition_levels.push_back(i == 0 ? 0 : 1);
    }
    // Squared: a few products sell often, most seldom.
    const double rank = std::pow(static_cast<double>(uniform(1 << 20)) / (1 << 20), 3);
    const Product& product =
        products_[static_cast<std::size_t>(rank * static_cast<double>(products_.size()))];
    const auto quantity = static_cast<std::int32_t>(uniform(4) == 0 ? 1 + uniform(5) : 1);
    push<std::string_view>(kSku, product.sku);
    push<std::string_view>(kName, product.name);
    push(kQuantity, quantity);
    push(kUnitPrice, product.unit_price);
    subtotal += product.unit_price * quantity;
  }
  return subtotal;
}

void SampleOrders::push_order() {
  const auto pick = [&](const auto& from) {
    return from[static_cast<std::size_t>(uniform(static_cast<std::int64_t>(from.size())))];
  };
  const std::int64_t offset = next_offset_++;
  const std::int64_t created_at =
      options_.days == 1 ? options_.first_created_at_micros + offset * 2000 + uniform(50'000)
                         : options_.first_created_at_micros + uniform(options_.days * kMicrosPerDay);
  Uuid id;
  for (const std::size_t half : {0, 8}) {
    const std::uint64_t bits = random_();
    std::memcpy(id.bytes.data() + half, &bits, sizeof bits);
  }
  push(kOrderId, id);
  const std::int64_t customer = uniform(200'000);
  push(kCustomerId, keep(fmt::format("C{:08}", customer)));
  push(kEmail, keep(fmt::format("{}.{}{}@example.com", kFirstNames[static_cast<std::size_t>(customer % 12)],
                                kLastNames[static_cast<std::size_t>(customer / 12 % 12)], customer)));
  push(kCreatedAt, created_at);
  push(kStatus, pick(kStatuses));
  push(kChannel, pick(kChannels));
  push(kPaymentMethod, pick(kPaymentMethods));
  push(kCurrency, pick(kCurrencies));
  const std::int64_t subtotal = push_items();
  const std::int64_t discount = uniform(10) == 0 ? subtotal / 10 : 0;
  const std::int64_t shipping = subtotal > 10'000 ? 0 : 495;
  const std::int64_t tax = (subtotal - discount) * 19 / 100;
  push(kSubtotal, subtotal);
  push(kDiscount, discount);
  push(kShipping, shipping);
  push(kTax, tax);
  push(kTotal, subtotal - discount + shipping + tax);
  push(kStreet, keep(fmt::format("{} {} Street", 1 + uniform(300), pick(kThings))));
  push(kCity, pick(kCities));
  push(kPostalCode, keep(fmt::format("{:05}", 10'000 + uniform(20'000))));
  push(kCountry, pick(kCountries));
  const bool has_coupon = uniform(10) == 0;
  batch_.columns[kCoupon].definition_levels.push_back(has_coupon ? 1 : 0);
  if (has_coupon) push(kCoupon, keep(fmt::format("WELCOME{}", uniform(40))));
  const bool has_note = uniform(20) == 0;
  batch_.columns[kNote].definition_levels.push_back(has_note ? 1 : 0);
  if (has_note)
    push(kNote, keep(fmt::format("Please ring at {} on floor {}", pick(kLastNames), uniform(30))));
  push(kProcessedAt, options_.first_created_at_micros + offset / 4096 * 1'000'000);
  push(kSourcePartition, static_cast<std::int32_t>(offset / 8192 % 4));
  push(kSourceOffset, offset * 512);
  push(kSourceTimestamp, options_.first_created_at_micros + offset * 2 / 1000 * 1'000'000);
}

}  // namespace calve::datafile
