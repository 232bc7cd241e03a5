// Realistic orders from a seed.

#pragma once

#include <cstdint>

#include "calve/base/time.h"
#include "calve/produce/customers.h"
#include "calve/produce/order.h"
#include "calve/produce/prng.h"
#include "calve/produce/products.h"

namespace calve::produce {

struct GeneratorOptions {
  std::uint64_t seed = 1;
  std::uint32_t customers = 100'000;  // 1 .. Customers::kCountMax
  std::uint32_t products = 10'000;    // 1 .. Products::kCountMax
};

// Two generators of equal options that are asked for the same times give the same orders, on every
// machine. Making one takes some 100 ms and 30 MB at the default sizes; a draw allocates nothing.
// One owner, one thread. Orders point into the generator, which must outlive them.
class Generator {
 public:
  explicit Generator(const GeneratorOptions& options);
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  // Fills every field of `order`; ids do not repeat.
  void next(Timestamp created_at, Order& order);

 private:
  void draw_lines(Order& order);
  void draw_amounts(Order& order);

  Customers customers_;
  Products products_;
  Prng prng_;
};

}  // namespace calve::produce
