// The shop's customers: made once from the seed, the same for every order they place.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calve/produce/places.h"
#include "calve/produce/prng.h"
#include "calve/produce/skew.h"

namespace calve::produce {

// Views into the Customers that gave it; the *_json members are members of the event's JSON object,
// ready to copy.
struct Customer {
  std::string_view id;
  std::string_view identity_json;  // "customer_id":"...","email":"..."
  std::string_view address_json;   // "street":"...","city":"...","postal_code":"...","country":"..."
  const Country* country = nullptr;
};

// Immutable once made; about 250 bytes a customer. No two customers share an e-mail address, and
// every address is under a domain that RFC 2606 keeps free, so that no real person is written to.
class Customers {
 public:
  static constexpr std::uint32_t kCountMax = 1'000'000;
  static constexpr std::size_t kJsonBytesMax = 320;  // of both members together

  Customers(std::uint32_t count, std::uint64_t seed);

  const Customer& draw(Prng& prng) const { return customers_[picker_.draw(prng)]; }

 private:
  std::string text_;  // what the views see
  std::vector<Customer> customers_;
  SkewedPicker picker_;
};

}  // namespace calve::produce
