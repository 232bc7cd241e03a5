#include "calve/iceberg/schema.h"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>

namespace calve::iceberg {

template <class T>
Nested<T>::Nested(T value) : value_(std::make_unique<T>(std::move(value))) {}

template <class T>
Nested<T>::Nested(const Nested& other) : value_(std::make_unique<T>(*other.value_)) {}

template <class T>
Nested<T>& Nested<T>::operator=(const Nested& other) {
  if (this != &other) value_ = std::make_unique<T>(*other.value_);
  return *this;
}

template <class T>
Nested<T>::~Nested() = default;

template <class T>
bool Nested<T>::operator==(const Nested& other) const {
  return *value_ == *other.value_;
}

template class Nested<StructType>;
template class Nested<ListType>;
template class Nested<MapType>;

namespace {

// A list's element and a map's key and value, by the names that paths and Parquet use.
constexpr std::string_view kElement = "element";
constexpr std::string_view kKey = "key";
constexpr std::string_view kValue = "value";

const NestedField* find_in(const std::vector<NestedField>& fields, FieldId id);

const NestedField* find_in(const Type& type, FieldId id) {
  if (const auto* nested = std::get_if<Nested<StructType>>(&type)) return find_in((*nested)->fields, id);
  if (const auto* list = std::get_if<Nested<ListType>>(&type)) return find_in((*list)->element, id);
  if (const auto* map = std::get_if<Nested<MapType>>(&type)) {
    const NestedField* found = find_in((*map)->key, id);
    return found != nullptr ? found : find_in((*map)->value, id);
  }
  return nullptr;
}

const NestedField* find_in(const std::vector<NestedField>& fields, FieldId id) {
  for (const auto& field : fields) {
    if (field.id == id) return &field;
    if (const NestedField* found = find_in(field.type, id)) return found;
  }
  return nullptr;
}

// The rest of `path` after `step` and its dot; empty if that is all of it, nothing if it is not there.
std::optional<std::string_view> after(std::string_view path, std::string_view step) {
  if (!path.starts_with(step)) return std::nullopt;
  path.remove_prefix(step.size());
  if (path.empty()) return path;
  if (path.front() != '.' || path.size() == 1) return std::nullopt;
  return path.substr(1);
}

const NestedField* find_in(const std::vector<NestedField>& fields, std::string_view path);

const NestedField* find_in(const Type& type, std::string_view path) {
  if (const auto* nested = std::get_if<Nested<StructType>>(&type)) return find_in((*nested)->fields, path);
  if (const auto* list = std::get_if<Nested<ListType>>(&type)) {
    const auto rest = after(path, kElement);
    return rest ? find_in((*list)->element, *rest) : nullptr;
  }
  if (const auto* map = std::get_if<Nested<MapType>>(&type)) {
    if (const auto rest = after(path, kKey)) return find_in((*map)->key, *rest);
    if (const auto rest = after(path, kValue)) return find_in((*map)->value, *rest);
  }
  return nullptr;
}

// Names may themselves hold dots, so every field is tried.
const NestedField* find_in(const std::vector<NestedField>& fields, std::string_view path) {
  for (const auto& field : fields) {
    const auto rest = after(path, field.name);
    if (!rest) continue;
    if (rest->empty()) return &field;
    if (const NestedField* found = find_in(field.type, *rest)) return found;
  }
  return nullptr;
}

FieldId highest_in(const std::vector<NestedField>& fields);

FieldId highest_in(const Type& type) {
  if (const auto* nested = std::get_if<Nested<StructType>>(&type)) return highest_in((*nested)->fields);
  if (const auto* list = std::get_if<Nested<ListType>>(&type)) {
    return std::max((*list)->element_id, highest_in((*list)->element));
  }
  if (const auto* map = std::get_if<Nested<MapType>>(&type)) {
    const auto& [key_id, key, value_id, value, presence] = **map;
    return std::max({key_id, value_id, highest_in(key), highest_in(value)});
  }
  return FieldId(0);
}

FieldId highest_in(const std::vector<NestedField>& fields) {
  FieldId highest(0);
  for (const auto& field : fields)
    highest = std::max({highest, field.id, highest_in(field.type)});
  return highest;
}

// Dremel's levels: each optional node and each repeated one adds to the definition level, each
// repeated one to the repetition level.
struct Walk {
  FieldId id;
  std::string path;
  std::int16_t definition_level = 0;
  std::int16_t repetition_level = 0;

  Walk into(FieldId child, std::string_view name, Presence presence) const {
    Walk walk = *this;
    walk.id = child;
    walk.path = path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
    if (presence == Presence::kOptional) ++walk.definition_level;
    return walk;
  }
  Walk repeated() const {
    Walk walk = *this;
    ++walk.definition_level;
    ++walk.repetition_level;
    return walk;
  }
};

void append_leaves(const std::vector<NestedField>& fields, const Walk& walk, std::vector<Leaf>& leaves);

void append_leaves(const Type& type, const Walk& walk, std::vector<Leaf>& leaves) {
  const auto leaf = [&](PrimitiveType primitive) {
    leaves.push_back(Leaf{walk.id, walk.path, primitive, walk.definition_level, walk.repetition_level});
  };
  std::visit(
      [&]<class T>(const T& alternative) {
        if constexpr (std::is_same_v<T, Nested<StructType>>) {
          append_leaves(alternative->fields, walk, leaves);
        } else if constexpr (std::is_same_v<T, Nested<ListType>>) {
          append_leaves(
              alternative->element,
              walk.repeated().into(alternative->element_id, kElement, alternative->element_presence), leaves);
        } else if constexpr (std::is_same_v<T, Nested<MapType>>) {
          const Walk entry = walk.repeated();
          append_leaves(alternative->key, entry.into(alternative->key_id, kKey, Presence::kRequired), leaves);
          append_leaves(alternative->value,
                        entry.into(alternative->value_id, kValue, alternative->value_presence), leaves);
        } else {
          leaf(alternative);
        }
      },
      type);
}

void append_leaves(const std::vector<NestedField>& fields, const Walk& walk, std::vector<Leaf>& leaves) {
  for (const auto& field : fields) {
    append_leaves(field.type, walk.into(field.id, field.name, field.presence), leaves);
  }
}

}  // namespace

const NestedField* find_field(const Schema& schema, FieldId id) {
  return find_in(schema.fields, id);
}

const NestedField* find_field(const Schema& schema, std::string_view path) {
  return find_in(schema.fields, path);
}

FieldId highest_field_id(const Schema& schema) {
  return highest_in(schema.fields);
}

std::vector<Leaf> leaves(const Schema& schema) {
  std::vector<Leaf> found;
  append_leaves(schema.fields, Walk{}, found);
  return found;
}

}  // namespace calve::iceberg
