// Reading a JSON document member by member; whatever is wrong is named by its JSON pointer (RFC 6901).

#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/base/uuid.h"
#include "calve/iceberg/schema.h"

namespace calve::iceberg {

// One value of a document. Refers to its document and to the node it was reached from: both outlive it.
class JsonNode {
 public:
  // A member of this object. kInvalidData if this is no object, or has no such member.
  Result<JsonNode> member(std::string_view name) const;
  // Nothing if the member is absent or null.
  Result<std::optional<JsonNode>> find(std::string_view name) const;

  // bool, an integer, std::string, a StrongId, Uuid, or Timestamp (from milliseconds). kInvalidData
  // for another type, and for numbers out of range.
  template <class T>
  Result<T> as() const;
  template <class T>
  Result<T> required(std::string_view name) const;
  template <class T>
  Result<std::optional<T>> optional(std::string_view name) const;

  // read(const JsonNode&) -> Result<T> for each element of this array.
  template <class Read>
  auto list(Read read) const
      -> Result<std::vector<typename std::invoke_result_t<Read, const JsonNode&>::value_type>>;
  // The same for each member of this object, by name.
  template <class Read>
  auto map(Read read) const
      -> Result<std::map<std::string, typename std::invoke_result_t<Read, const JsonNode&>::value_type>>;
  Result<std::map<std::string, std::string>> string_map() const;

  // The members of this object that are not among `known`.
  UnknownMembers members_except(std::initializer_list<std::string_view> known) const;

  bool is_string() const { return element_.is_string(); }
  bool is_array() const { return element_.is_array(); }
  // This value as JSON text without white space.
  std::string text() const;
  // "/snapshots/3/snapshot-id"; empty for the document itself.
  std::string pointer() const;
  // kInvalidData: what is wrong with this value, and where it is.
  std::unexpected<Error> wrong(std::string_view what) const;

 private:
  friend class JsonDocument;

  explicit JsonNode(simdjson::dom::element element) : element_(element) {}
  JsonNode(simdjson::dom::element element, const JsonNode& parent, std::string_view name)
      : element_(element), parent_(&parent), name_(name) {}
  JsonNode(simdjson::dom::element element, const JsonNode& parent, std::size_t index)
      : element_(element), parent_(&parent), index_(index) {}

  Result<simdjson::dom::object> object() const;
  Result<simdjson::dom::array> array() const;
  Result<std::string_view> string() const;
  Result<bool> boolean() const;
  Result<std::int64_t> integer(std::int64_t min, std::int64_t max) const;
  Result<Uuid> uuid() const;
  Result<Timestamp> milliseconds() const;

  simdjson::dom::element element_;
  const JsonNode* parent_ = nullptr;
  std::string_view name_;  // of this member; elements have an index instead
  std::optional<std::size_t> index_;
};

// Owns a parsed document. Nesting deeper than simdjson's 1,024 levels is refused.
class JsonDocument {
 public:
  // kInvalidData if the text is not JSON as RFC 8259 has it.
  static Result<JsonDocument> parse(std::string_view text);

  JsonNode root() const { return JsonNode(parser_.doc.root()); }

 private:
  JsonDocument() = default;

  simdjson::dom::parser parser_;
};

template <class T>
Result<T> JsonNode::as() const {
  if constexpr (std::is_same_v<T, bool>) {
    return boolean();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return std::string(CALVE_TRY(string()));
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return uuid();
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return milliseconds();
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(CALVE_TRY(integer(std::numeric_limits<T>::min(), std::numeric_limits<T>::max())));
  } else {
    return T(CALVE_TRY(as<typename T::rep>()));
  }
}

template <class T>
Result<T> JsonNode::required(std::string_view name) const {
  return CALVE_TRY(member(name)).template as<T>();
}

template <class T>
Result<std::optional<T>> JsonNode::optional(std::string_view name) const {
  const auto found = CALVE_TRY(find(name));
  if (!found) return std::nullopt;
  return CALVE_TRY(found->template as<T>());
}

template <class Read>
auto JsonNode::list(Read read) const
    -> Result<std::vector<typename std::invoke_result_t<Read, const JsonNode&>::value_type>> {
  const auto elements = CALVE_TRY(array());
  std::vector<typename std::invoke_result_t<Read, const JsonNode&>::value_type> values;
  values.reserve(elements.size());
  for (const auto element : elements) {
    const JsonNode node(element, *this, values.size());
    values.push_back(CALVE_TRY(read(node)));
  }
  return values;
}

template <class Read>
auto JsonNode::map(Read read) const
    -> Result<std::map<std::string, typename std::invoke_result_t<Read, const JsonNode&>::value_type>> {
  std::map<std::string, typename std::invoke_result_t<Read, const JsonNode&>::value_type> values;
  for (const auto& [name, element] : CALVE_TRY(object())) {
    const JsonNode node(element, *this, name);
    values.insert_or_assign(std::string(name), CALVE_TRY(read(node)));
  }
  return values;
}

}  // namespace calve::iceberg
