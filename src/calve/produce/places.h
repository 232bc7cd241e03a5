// Where customers live: countries, their cities, and how each writes a street and a postal code.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "calve/produce/prng.h"

namespace calve::produce {

struct City {
  std::string_view name;
  // '#' stands for 0-9, '%' for 1-9, '@' for a capital letter; the rest is the city's own.
  std::string_view postal_form;
};

struct Country {
  enum class HouseNumber { kBeforeStreet, kAfterStreet };

  std::string_view code;  // ISO 3166-1 alpha-2
  std::string_view currency;
  std::uint32_t weight;         // share of the customers, in per mille of all countries
  std::uint32_t price_percent;  // of the price in euro, in the country's currency
  std::uint32_t tax_basis_points;
  std::uint32_t shipping_cents;
  std::uint32_t shipping_free_from_cents;
  HouseNumber house_number;
  std::span<const City> cities;
  std::span<const std::string_view> streets;
  // In ASCII, as they stand in an e-mail address.
  std::span<const std::string_view> first_names;
  std::span<const std::string_view> surnames;
};

std::span<const Country> countries();

const Country& draw_country(Prng& prng);
std::string draw_postal_code(const City& city, Prng& prng);
std::string draw_street(const Country& country, Prng& prng);

}  // namespace calve::produce
