#include "calve/produce/faults.h"

#include <array>

#include <fmt/format.h>

#include "calve/produce/order_json.h"

namespace calve::produce {
namespace {

constexpr auto kAll = [] {
  std::array<FaultClass, kFaultClassCount> all{};
  for (std::size_t at = 0; at < all.size(); ++at)
    all[at] = static_cast<FaultClass>(at);
  return all;
}();

// Required members that are neither object nor array, with another member after each.
constexpr std::string_view kScalars[] = {
    "order_id", "customer_id", "email",    "created_at", "status", "channel", "payment_method",
    "currency", "subtotal",    "discount", "shipping",   "tax",    "total"};

template <class T, std::size_t N>
const T& pick(const T (&choices)[N], Prng& prng) {
  return choices[prng.below(N)];
}

std::string money(std::int64_t cents) {
  char text[24];
  return {text, write_cents(cents, text)};
}

// The text of an event that write_json made, edited by the names of its members. Such a name occurs
// once with its colon: inside texts a quote is escaped.
class Text {
 public:
  explicit Text(std::string& event) : event_(event) {}

  void set(std::string_view name, std::string_view json) {
    const std::size_t begin = value_of(name);
    event_.replace(begin, end_of_scalar(begin) - begin, json);
  }

  std::string get(std::string_view name) const {
    const std::size_t begin = value_of(name);
    return event_.substr(begin, end_of_scalar(begin) - begin);
  }

  void remove(std::string_view name) {
    const std::size_t value = value_of(name);
    const std::size_t begin = value - name.size() - 3;  // two quotes and a colon
    event_.erase(begin, end_of_scalar(value) + 1 - begin);
  }

  // Inserts into a member that is a string, before its first character.
  void insert_into(std::string_view name, std::string_view bytes) {
    event_.insert(value_of(name) + 1, bytes);
  }

  void insert_last_member(std::string_view member) { event_.insert(event_.size() - 1, member); }
  void insert_last_item(std::string_view item) { event_.insert(items_end(), item); }

  void empty_items() {
    const std::size_t begin = value_of("items") + 1;
    event_.erase(begin, items_end() - begin);
  }

 private:
  std::size_t value_of(std::string_view name) const {
    const std::string key = fmt::format("\"{}\":", name);
    return event_.find(key) + key.size();
  }

  std::size_t items_end() const { return event_.find("],\"subtotal\":"); }

  std::size_t end_of_scalar(std::size_t begin) const {
    return event_[begin] == '"' ? event_.find('"', begin + 1) + 1 : event_.find_first_of(",}", begin);
  }

  std::string& event_;
};

std::string form_of_another_format(const std::string& id, Prng& prng) {
  switch (prng.below(4)) {
    case 0:
      return fmt::format("order {} created", id);
    case 1:
      return fmt::format("<order id={}/>", id);
    case 2:
      return fmt::format("order_id={}&status=paid", id);
    default:
      return fmt::format("{{order_id: {}}}", id);
  }
}

void set_wrong_type(const Order& order, Prng& prng, Text& text) {
  switch (prng.below(5)) {
    case 0:
      return text.set("total", fmt::format("\"{}\"", money(order.total_cents())));
    case 1:
      return text.set("created_at", fmt::format("{}", to_millis(order.created_at)));
    case 2:
      return text.set("status", "1");
    case 3:
      return text.set("email", "false");
    default:
      return text.set("customer_id", "[]");
  }
}

void set_bad_uuid(Prng& prng, Text& text) {
  std::string uuid = text.get("order_id");
  switch (prng.below(3)) {
    case 0:
      uuid.erase(uuid.size() - 2, 1);
      break;
    case 1:
      uuid[1 + prng.below(8)] = 'g';
      break;
    default:
      std::erase(uuid, '-');
  }
  text.set("order_id", uuid);
}

void set_amount_out_of_range(FaultClass fault, const Order& order, Text& text) {
  constexpr std::int64_t kFirstTooLargeCents = 1'000'000'000'000;
  if (fault == FaultClass::kNegativeAmount) {
    const std::int64_t discount_cents = -(order.discount_cents + 100);
    text.set("discount", money(discount_cents));
    text.set("total", money(order.total_cents() + order.discount_cents - discount_cents));
  } else {
    text.set("shipping", money(kFirstTooLargeCents));
    text.set("total", money(order.total_cents() - order.shipping_cents + kFirstTooLargeCents));
  }
}

}  // namespace

std::span<const FaultClass> all_fault_classes() {
  return kAll;
}

std::string_view fault_class_name(FaultClass fault) {
  switch (fault) {
    case FaultClass::kNotJson:
      return "not_json";
    case FaultClass::kTruncated:
      return "truncated";
    case FaultClass::kTrailingData:
      return "trailing_data";
    case FaultClass::kInvalidUtf8:
      return "invalid_utf8";
    case FaultClass::kLoneSurrogate:
      return "lone_surrogate";
    case FaultClass::kNotANumber:
      return "not_a_number";
    case FaultClass::kDuplicateKey:
      return "duplicate_key";
    case FaultClass::kMissingField:
      return "missing_field";
    case FaultClass::kNullField:
      return "null_field";
    case FaultClass::kWrongType:
      return "wrong_type";
    case FaultClass::kEmptyItems:
      return "empty_items";
    case FaultClass::kBadUuid:
      return "bad_uuid";
    case FaultClass::kBadTimestamp:
      return "bad_timestamp";
    case FaultClass::kBadEmail:
      return "bad_email";
    case FaultClass::kBadCountry:
      return "bad_country";
    case FaultClass::kUnknownStatus:
      return "unknown_status";
    case FaultClass::kUnknownCurrency:
      return "unknown_currency";
    case FaultClass::kZeroQuantity:
      return "zero_quantity";
    case FaultClass::kNegativeAmount:
      return "negative_amount";
    case FaultClass::kAmountTooLarge:
      return "amount_too_large";
    case FaultClass::kTooManyDecimals:
      return "too_many_decimals";
    case FaultClass::kSubtotalMismatch:
      return "subtotal_mismatch";
    case FaultClass::kTotalMismatch:
      return "total_mismatch";
  }
  return "unknown";
}

Result<std::vector<FaultClass>> parse_fault_classes(std::string_view text) {
  std::vector<FaultClass> classes;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view name = text.substr(begin, end - begin);
    begin = end + 1;
    bool known = false;
    for (const FaultClass fault : kAll) {
      if (fault_class_name(fault) != name) continue;
      classes.push_back(fault);
      known = true;
    }
    if (!known) {
      std::vector<std::string_view> names;
      for (const FaultClass fault : kAll)
        names.push_back(fault_class_name(fault));
      return fail(ErrorKind::kUsage,
                  fmt::format("\"{}\" is no class of invalid events; write some of these, with commas and no "
                              "spaces between: {}",
                              name, fmt::join(names, ", ")));
    }
  }
  return classes;
}

void break_event(FaultClass fault, const Order& order, Prng& prng, std::string& event) {
  Text text(event);
  switch (fault) {
    case FaultClass::kNotJson:
      event = form_of_another_format(text.get("order_id"), prng);
      return;
    case FaultClass::kTruncated:
      event.resize(1 + prng.below(event.size() - 1));
      return;
    case FaultClass::kTrailingData:
      event += "{}";
      return;
    case FaultClass::kInvalidUtf8:
      // A byte that never occurs, a sequence cut short, an over-long slash, half a surrogate pair.
      text.insert_into("city", pick<std::string_view>({"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80"}, prng));
      return;
    case FaultClass::kLoneSurrogate:
      text.insert_into("street", pick<std::string_view>({"\\ud83d", "\\udc00"}, prng));
      return;
    case FaultClass::kNotANumber:
      text.set("tax", pick<std::string_view>({"NaN", "Infinity"}, prng));
      return;
    case FaultClass::kDuplicateKey:
      text.insert_last_member(fmt::format(",\"status\":\"{}\"", order.status));
      return;
    case FaultClass::kMissingField:
      text.remove(pick(kScalars, prng));
      return;
    case FaultClass::kNullField:
      text.set(pick(kScalars, prng), "null");
      return;
    case FaultClass::kWrongType:
      set_wrong_type(order, prng, text);
      return;
    case FaultClass::kEmptyItems:
      text.empty_items();
      text.set("subtotal", "0.00");
      text.set("discount", "0.00");
      text.set("total", money(order.shipping_cents + order.tax_cents));
      return;
    case FaultClass::kBadUuid:
      set_bad_uuid(prng, text);
      return;
    case FaultClass::kBadTimestamp:
      // No such day, no zone, no RFC 3339 at all.
      text.set("created_at",
               pick<std::string_view>(
                   {"\"2026-02-30T10:00:00Z\"", "\"2026-03-01T10:00:00\"", "\"yesterday\""}, prng));
      return;
    case FaultClass::kBadEmail: {
      std::string email = text.get("email");
      email.replace(email.find('@'), 1, " at ");
      text.set("email", email);
      return;
    }
    case FaultClass::kBadCountry:
      text.set("country", pick<std::string_view>({"\"Germany\"", "\"de\"", "\"\""}, prng));
      return;
    case FaultClass::kUnknownStatus:
      text.set("status", pick<std::string_view>({"\"PAID\"", "\"teleported\"", "\"\""}, prng));
      return;
    case FaultClass::kUnknownCurrency:
      text.set("currency", pick<std::string_view>({"\"eur\"", "\"XXX\"", "\"€\""}, prng));
      return;
    case FaultClass::kZeroQuantity:
      text.insert_last_item(R"(,{"sku":"GIFT-0","name":"Nothing","quantity":0,"unit_price":9.99})");
      return;
    case FaultClass::kNegativeAmount:
    case FaultClass::kAmountTooLarge:
      set_amount_out_of_range(fault, order, text);
      return;
    case FaultClass::kTooManyDecimals:
      text.set("shipping", money(order.shipping_cents) + "5");
      text.set("tax", money(order.tax_cents) + "5");
      text.set("total", money(order.total_cents() + 1));
      return;
    case FaultClass::kSubtotalMismatch:
      text.set("subtotal", money(order.subtotal_cents + 1));
      text.set("total", money(order.total_cents() + 1));
      return;
    case FaultClass::kTotalMismatch:
      text.set("total", money(order.total_cents() + 1));
      return;
  }
}

}  // namespace calve::produce
