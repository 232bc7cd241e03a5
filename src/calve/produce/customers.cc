#include "calve/produce/customers.h"

#include <array>
#include <unordered_map>

#include <fmt/format.h>

namespace calve::produce {
namespace {

constexpr std::uint32_t kFlatness = 300;  // the first customer of 100,000 places one order in 1,700

constexpr std::array<std::string_view, 4> kDomains = {"example.com", "example.org", "example.net",
                                                      "mail.example"};

// "jan.nowak", "j.nowak": a second of the same name becomes "jan.nowak2".
class Mailboxes {
 public:
  std::string draw(const Country& country, Prng& prng) {
    const std::string_view first = country.first_names[prng.below(country.first_names.size())];
    const std::string_view last = country.surnames[prng.below(country.surnames.size())];
    const std::string_view domain = kDomains[prng.below(kDomains.size())];
    std::string name = prng.below(4) == 0 ? fmt::format("{}.{}", first.substr(0, 1), last)
                                          : fmt::format("{}.{}", first, last);
    const std::uint32_t number = ++taken_[name];
    return number == 1 ? fmt::format("{}@{}", name, domain) : fmt::format("{}{}@{}", name, number, domain);
  }

 private:
  std::unordered_map<std::string, std::uint32_t> taken_;
};

// Rank to number: a permutation, so that the best customers are not the first numbers.
std::uint32_t number_of(std::uint32_t rank, std::uint32_t count) {
  constexpr std::uint64_t kPrime = 1'000'003;
  static_assert(kPrime > Customers::kCountMax);
  return static_cast<std::uint32_t>((rank * kPrime + 4'711) % count) + 1;
}

}  // namespace

Customers::Customers(std::uint32_t count, std::uint64_t seed) : picker_(count, kFlatness) {
  constexpr std::size_t kIdAt = std::string_view(R"("customer_id":")").size();
  constexpr std::size_t kIdLength = std::string_view("C0000001").size();

  // Places in text_ first: views hold only once it no longer grows.
  struct Place {
    std::size_t identity, address, end;
    const Country* country;
  };
  std::vector<Place> places;
  places.reserve(count);
  text_.reserve(std::size_t{count} * 160);
  Mailboxes mailboxes;
  Prng prng(seed, 1);
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    const Country& country = draw_country(prng);
    const City& city = country.cities[prng.below(country.cities.size())];
    Place place{.identity = text_.size(), .country = &country};
    fmt::format_to(std::back_inserter(text_), R"("customer_id":"C{:07}","email":"{}")",
                   number_of(rank, count), mailboxes.draw(country, prng));
    place.address = text_.size();
    // Drawn in order: the order in which arguments are evaluated is the compiler's.
    const std::string street = draw_street(country, prng);
    const std::string postal_code = draw_postal_code(city, prng);
    fmt::format_to(std::back_inserter(text_),
                   R"("street":"{}","city":"{}","postal_code":"{}","country":"{}")", street, city.name,
                   postal_code, country.code);
    place.end = text_.size();
    places.push_back(place);
  }

  customers_.reserve(count);
  const std::string_view text = text_;
  for (const Place& place : places) {
    customers_.push_back({.id = text.substr(place.identity + kIdAt, kIdLength),
                          .identity_json = text.substr(place.identity, place.address - place.identity),
                          .address_json = text.substr(place.address, place.end - place.address),
                          .country = place.country});
  }
}

}  // namespace calve::produce
