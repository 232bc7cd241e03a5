// event    = '{' id ',' identity ',' created ',' words ',"items":[' line *(',' line) '],' amounts
//            ',"shipping_address":{' address '}' [',"coupon":"' text '"'] [',"note":"' text '"'] '}'
// line     = '{' product ',"quantity":' integer ',"unit_price":' cents '}'
// created  = '"created_at":"' YYYY-MM-DD 'T' HH:MM:SS.mmm 'Z"'
// cents    = integer '.' 2DIGIT
// `identity`, `address` and `product` lie ready in Customers and Products.

#include "calve/produce/order_json.h"

#include <array>
#include <chrono>
#include <cstring>

namespace calve::produce {
namespace {

constexpr std::array<char, 200> kTwoDigits = [] {
  std::array<char, 200> digits{};
  for (std::size_t value = 0; value < 100; ++value) {
    digits[2 * value] = static_cast<char>('0' + value / 10);
    digits[2 * value + 1] = static_cast<char>('0' + value % 10);
  }
  return digits;
}();

char* put(std::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// A literal's length is known, so its copy is a few moves.
template <std::size_t N>
char* put(const char (&literal)[N], char* out) {
  std::memcpy(out, literal, N - 1);
  return out + N - 1;
}

char* put_two_digits(std::uint32_t value, char* out) {
  std::memcpy(out, &kTwoDigits[std::size_t{2} * value], 2);
  return out + 2;
}

char* put_integer(std::uint64_t value, char* out) {
  char digits[20];
  char* begin = digits + sizeof(digits);
  while (value >= 100) {
    begin -= 2;
    put_two_digits(static_cast<std::uint32_t>(value % 100), begin);
    value /= 100;
  }
  if (value >= 10) {
    begin -= 2;
    put_two_digits(static_cast<std::uint32_t>(value), begin);
  } else {
    *--begin = static_cast<char>('0' + value);
  }
  return put(std::string_view(begin, digits + sizeof(digits)), out);
}

char* put_hex(std::uint64_t value, int digits, char* out) {
  for (int place = digits - 1; place >= 0; --place)
    *out++ = "0123456789abcdef"[(value >> (4 * place)) & 15];
  return out;
}

char* put_uuid(const std::array<std::uint64_t, 2>& id, char* out) {
  out = put_hex(id[0] >> 32, 8, out);
  *out++ = '-';
  out = put_hex(id[0] >> 16, 4, out);
  *out++ = '-';
  out = put_hex(id[0], 4, out);
  *out++ = '-';
  out = put_hex(id[1] >> 48, 4, out);
  *out++ = '-';
  return put_hex(id[1], 12, out);
}

char* put_time(Timestamp time, char* out) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto year = static_cast<std::uint32_t>(static_cast<int>(date.year()));
  const auto millis = static_cast<std::uint32_t>(std::chrono::floor<Milliseconds>(time - day).count());
  const std::uint32_t seconds = millis / 1'000;
  out = put_two_digits(year / 100, out);
  out = put_two_digits(year % 100, out);
  *out++ = '-';
  out = put_two_digits(static_cast<unsigned>(date.month()), out);
  *out++ = '-';
  out = put_two_digits(static_cast<unsigned>(date.day()), out);
  *out++ = 'T';
  out = put_two_digits(seconds / 3'600, out);
  *out++ = ':';
  out = put_two_digits(seconds / 60 % 60, out);
  *out++ = ':';
  out = put_two_digits(seconds % 60, out);
  *out++ = '.';
  *out++ = static_cast<char>('0' + millis % 1'000 / 100);
  return put_two_digits(millis % 100, out);
}

char* put_line(const OrderLine& line, char* out) {
  *out++ = '{';
  out = put(std::string_view(line.product->json), out);
  out = put(",\"quantity\":", out);
  out = put_integer(line.quantity, out);
  out = put(",\"unit_price\":", out);
  out = write_cents(line.unit_price_cents, out);
  *out++ = '}';
  return out;
}

}  // namespace

// What bounds an order: each part at its longest, with the names and signs between them.
static_assert(Customers::kJsonBytesMax + Order::kLinesMax * (Products::kJsonBytesMax + 64) + 512 <=
              kOrderJsonBytesMax);

char* write_cents(std::int64_t cents, char* out) {
  if (cents < 0) *out++ = '-';
  const std::uint64_t magnitude = cents < 0 ? 0 - static_cast<std::uint64_t>(cents) : cents;
  out = put_integer(magnitude / 100, out);
  *out++ = '.';
  return put_two_digits(static_cast<std::uint32_t>(magnitude % 100), out);
}

char* write_json(const Order& order, char* out) {
  out = put("{\"order_id\":\"", out);
  out = put_uuid(order.id, out);
  out = put("\",", out);
  out = put(order.customer->identity_json, out);
  out = put(",\"created_at\":\"", out);
  out = put_time(order.created_at, out);
  out = put("Z\",\"status\":\"", out);
  out = put(order.status, out);
  out = put("\",\"channel\":\"", out);
  out = put(order.channel, out);
  out = put("\",\"payment_method\":\"", out);
  out = put(order.payment_method, out);
  out = put("\",\"currency\":\"", out);
  out = put(order.customer->country->currency, out);
  out = put("\",\"items\":[", out);
  for (std::size_t at = 0; at < order.line_count; ++at) {
    if (at > 0) *out++ = ',';
    out = put_line(order.line_slots[at], out);
  }
  out = put("],\"subtotal\":", out);
  out = write_cents(order.subtotal_cents, out);
  out = put(",\"discount\":", out);
  out = write_cents(order.discount_cents, out);
  out = put(",\"shipping\":", out);
  out = write_cents(order.shipping_cents, out);
  out = put(",\"tax\":", out);
  out = write_cents(order.tax_cents, out);
  out = put(",\"total\":", out);
  out = write_cents(order.total_cents(), out);
  out = put(",\"shipping_address\":{", out);
  out = put(order.customer->address_json, out);
  *out++ = '}';
  if (!order.coupon.empty()) {
    out = put(",\"coupon\":\"", out);
    out = put(order.coupon, out);
    *out++ = '"';
  }
  if (!order.note.empty()) {
    out = put(",\"note\":\"", out);
    out = put(order.note, out);
    *out++ = '"';
  }
  *out++ = '}';
  return out;
}

}  // namespace calve::produce
