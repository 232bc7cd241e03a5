// One order as facts. contracts/orders.created.v1.schema.json says what each means.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "calve/base/time.h"
#include "calve/produce/customers.h"
#include "calve/produce/products.h"

namespace calve::produce {

struct OrderLine {
  const Product* product = nullptr;
  std::uint32_t quantity = 0;
  std::uint32_t unit_price_cents = 0;
};

// Points into the Customers and Products that it was drawn from. Amounts are cents of the customer's
// currency. Texts hold nothing that JSON would have to escape, or hold it escaped.
struct Order {
  static constexpr std::size_t kLinesMax = 8;

  std::array<std::uint64_t, 2> id{};  // a UUID, most significant half first
  const Customer* customer = nullptr;
  Timestamp created_at;
  std::string_view status;
  std::string_view channel;
  std::string_view payment_method;
  std::array<OrderLine, kLinesMax> line_slots;
  std::size_t line_count = 0;
  std::int64_t subtotal_cents = 0;
  std::int64_t discount_cents = 0;
  std::int64_t shipping_cents = 0;
  std::int64_t tax_cents = 0;
  std::string_view coupon;  // empty: none
  std::string_view note;    // empty: none

  std::span<const OrderLine> lines() const { return std::span(line_slots).first(line_count); }
  std::int64_t total_cents() const { return subtotal_cents - discount_cents + shipping_cents + tax_cents; }
};

}  // namespace calve::produce
