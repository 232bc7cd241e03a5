#include "calve/produce/generator.h"

#include <array>

namespace calve::produce {
namespace {

template <class T>
struct Choice {
  T value;
  std::uint32_t weight;  // in per cent of all choices
};

// A hundred slots, each choice in as many as its weight: one look-up for a draw.
template <class T>
class WeightedTable {
 public:
  template <std::size_t N>
  consteval explicit WeightedTable(const Choice<T> (&choices)[N]) {
    std::size_t slot = 0;
    for (const auto& choice : choices) {
      for (std::uint32_t i = 0; i < choice.weight; ++i)
        slots_[slot++] = choice.value;
    }
    if (slot != slots_.size()) throw "the weights do not add up to 100";
  }

  const T& draw(Prng& prng) const { return slots_[prng.below(static_cast<std::uint32_t>(slots_.size()))]; }

 private:
  std::array<T, 100> slots_{};
};

using Words = WeightedTable<std::string_view>;
using Counts = WeightedTable<std::uint32_t>;
using Word = Choice<std::string_view>;
using Count = Choice<std::uint32_t>;

constexpr Words kStatuses({Word{"paid", 62}, {"authorized", 21}, {"pending", 15}, {"on_hold", 2}});
constexpr Words kChannels({Word{"web", 48}, {"app", 36}, {"marketplace", 9}, {"store", 5}, {"phone", 2}});
constexpr Words kPayments({Word{"card", 44},
                           {"paypal", 22},
                           {"apple_pay", 11},
                           {"google_pay", 8},
                           {"invoice", 7},
                           {"bank_transfer", 6},
                           {"gift_card", 2}});
constexpr Counts kLineCounts({Count{1, 70}, {2, 19}, {3, 7}, {4, 2}, {6, 1}, {8, 1}});
constexpr Counts kQuantities({Count{1, 82}, {2, 12}, {3, 3}, {4, 2}, {10, 1}});

struct Coupon {
  std::string_view code;
  std::uint32_t percent = 0;
};
constexpr WeightedTable<Coupon> kCoupons({Choice<Coupon>{{"", 0}, 91},
                                          {{"WELCOME10", 10}, 4},
                                          {{"FREUNDE5", 5}, 2},
                                          {{"SPRING15", 15}, 2},
                                          {{"VIP20", 20}, 1}});

constexpr WeightedTable<std::string_view> kNotes({Word{"", 95},
                                                  {"Please ring twice", 1},
                                                  {"Leave it \\\"by the door\\\"", 1},
                                                  {"Bitte beim Nachbarn abgeben – danke", 1},
                                                  {"Un cadeau 🎁, pas de facture", 1},
                                                  {"Gate code 4471\\nThen left", 1}});

}  // namespace

Generator::Generator(const GeneratorOptions& options)
    : customers_(options.customers, options.seed),
      products_(options.products, options.seed),
      prng_(options.seed, 3) {}

void Generator::next(Timestamp created_at, Order& order) {
  // Version 4, variant 2 of RFC 9562.
  order.id = {(prng_.next() & ~0xf000ULL) | 0x4000ULL, (prng_.next() & ~(3ULL << 62)) | (1ULL << 63)};
  order.customer = &customers_.draw(prng_);
  order.created_at = created_at;
  order.status = kStatuses.draw(prng_);
  order.channel = kChannels.draw(prng_);
  order.payment_method = kPayments.draw(prng_);
  draw_lines(order);
  draw_amounts(order);
  order.note = kNotes.draw(prng_);
}

void Generator::draw_lines(Order& order) {
  order.line_count = kLineCounts.draw(prng_);
  for (std::size_t at = 0; at < order.line_count; ++at) {
    const Product& product = products_.draw(prng_);
    order.line_slots[at] = {.product = &product,
                            .quantity = kQuantities.draw(prng_),
                            .unit_price_cents = price_in(*order.customer->country, product)};
  }
}

void Generator::draw_amounts(Order& order) {
  const Country& country = *order.customer->country;
  order.subtotal_cents = 0;
  for (const OrderLine& line : order.lines()) {
    order.subtotal_cents += static_cast<std::int64_t>(line.quantity) * line.unit_price_cents;
  }
  const Coupon& coupon = kCoupons.draw(prng_);
  order.coupon = coupon.code;
  order.discount_cents = order.subtotal_cents * coupon.percent / 100;
  const std::int64_t goods_cents = order.subtotal_cents - order.discount_cents;
  order.shipping_cents = goods_cents >= country.shipping_free_from_cents ? 0 : country.shipping_cents;
  order.tax_cents = (goods_cents * country.tax_basis_points + 5'000) / 10'000;
}

}  // namespace calve::produce
