// What the shop sells: made once from the seed; a sku keeps its name and its price in each currency.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "calve/produce/places.h"
#include "calve/produce/prng.h"
#include "calve/produce/skew.h"

namespace calve::produce {

struct Product {
  std::string json;               // "sku":"...","name":"..."
  std::uint32_t price_cents = 0;  // in euro
};

// Immutable once made.
class Products {
 public:
  static constexpr std::uint32_t kCountMax = 1'000'000;
  static constexpr std::size_t kJsonBytesMax = 80;

  Products(std::uint32_t count, std::uint64_t seed);

  const Product& draw(Prng& prng) const { return products_[picker_.draw(prng)]; }

 private:
  std::vector<Product> products_;
  SkewedPicker picker_;
};

// In cents of the country's currency; ends in 9, as prices do.
std::uint32_t price_in(const Country& country, const Product& product);

}  // namespace calve::produce
