#include "calve/produce/products.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace calve::produce {
namespace {

constexpr std::uint32_t kFlatness = 20;  // the first product of 10,000 is in one line of 125

struct Kind {
  std::string_view noun;
  std::string_view category;
  std::uint32_t cents_min;
  std::uint32_t cents_max;
};

constexpr Kind kKinds[] = {
    {"Mug", "KI", 600, 2200},       {"Kettle", "KI", 2500, 8900},    {"Teapot", "KI", 1800, 6500},
    {"Pan", "KI", 1900, 9900},      {"Knife", "KI", 1200, 14900},    {"Bowl", "KI", 700, 3500},
    {"Tray", "KI", 900, 3900},      {"Grinder", "KI", 3900, 19900},  {"Chair", "HO", 4900, 29900},
    {"Desk", "HO", 12900, 69900},   {"Shelf", "HO", 2900, 19900},    {"Lamp", "HO", 1900, 14900},
    {"Rug", "HO", 3900, 39900},     {"Cushion", "HO", 900, 4900},    {"Blanket", "HO", 2500, 12900},
    {"Mirror", "HO", 2900, 15900},  {"Candle", "HO", 500, 2900},     {"Vase", "HO", 1200, 5900},
    {"Shirt", "CL", 1500, 6900},    {"Jacket", "CL", 4900, 24900},   {"Scarf", "CL", 1200, 7900},
    {"Socks", "CL", 500, 1900},     {"Hat", "CL", 1500, 5900},       {"Belt", "CL", 1900, 6900},
    {"Boots", "CL", 5900, 22900},   {"Sweater", "CL", 3500, 14900},  {"Backpack", "OU", 3900, 18900},
    {"Tent", "OU", 8900, 49900},    {"Bottle", "OU", 900, 3900},     {"Torch", "OU", 1200, 6900},
    {"Stove", "OU", 2900, 12900},   {"Hammock", "OU", 2500, 9900},   {"Headphones", "EL", 2900, 34900},
    {"Speaker", "EL", 2500, 29900}, {"Keyboard", "EL", 1900, 17900}, {"Mouse", "EL", 900, 8900},
    {"Charger", "EL", 900, 4900},   {"Monitor", "EL", 9900, 59900},  {"Cable", "EL", 400, 2900},
    {"Notebook", "OF", 300, 2500},  {"Pen", "OF", 200, 4900},        {"Planner", "OF", 900, 3900},
    {"Puzzle", "TO", 900, 3900},    {"Kite", "TO", 1200, 4900},      {"Soap", "BE", 300, 1500},
    {"Towel", "BE", 900, 3900},     {"Brush", "BE", 500, 2900},      {"Seeds", "GA", 200, 900},
    {"Planter", "GA", 900, 7900},   {"Shears", "GA", 1500, 6900}};

constexpr std::string_view kQualities[] = {
    "Oak",    "Walnut", "Steel",   "Copper", "Linen",   "Wool",  "Cotton", "Bamboo",  "Ceramic", "Glass",
    "Nordic", "Slim",   "Classic", "Mini",   "Compact", "Grand", "Travel", "Vintage", "Modern",  "Matte",
    "Black",  "White",  "Navy",    "Olive",  "Amber",   "Coral", "Grey",   "Ivory",   "Ruby",    "Crème"};

}  // namespace

Products::Products(std::uint32_t count, std::uint64_t seed) : picker_(count, kFlatness) {
  products_.reserve(count);
  Prng prng(seed, 2);
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    const Kind& kind = kKinds[prng.below(std::size(kKinds))];
    const std::string_view quality = kQualities[prng.below(std::size(kQualities))];
    // Cheap things outnumber dear ones.
    const std::uint32_t cents = kind.cents_min + prng.below(1 + prng.below(kind.cents_max - kind.cents_min));
    products_.push_back(
        {.json = fmt::format(R"("sku":"{}-{:05}","name":"{} {}")", kind.category, rank, quality, kind.noun),
         .price_cents = cents});
  }
}

std::uint32_t price_in(const Country& country, const Product& product) {
  return product.price_cents * country.price_percent / 1'000 * 10 + 9;
}

}  // namespace calve::produce
