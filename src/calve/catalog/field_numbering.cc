#include "calve/catalog/field_numbering.h"

#include <utility>
#include <variant>
#include <vector>

namespace calve::catalog {
namespace {

using iceberg::Nested;

template <class... Handlers>
struct Overload : Handlers... {
  using Handlers::operator()...;
};

// Compares ids with a count that goes on in the order of the services.
class Count {
 public:
  bool meets(const std::vector<iceberg::NestedField>& fields) {
    for (const auto& field : fields) {
      if (!meets(field.id)) return false;
    }
    for (const auto& field : fields) {
      if (!meets(field.type)) return false;
    }
    return true;
  }

 private:
  bool meets(FieldId id) { return id == std::exchange(next_, next_.plus(1)); }

  bool meets(const iceberg::Type& type) {
    return std::visit(
        Overload{[](const auto&) { return true; },
                 [&](const Nested<iceberg::StructType>& nested) { return meets(nested->fields); },
                 [&](const Nested<iceberg::ListType>& list) {
                   return meets(list->element_id) && meets(list->element);
                 },
                 [&](const Nested<iceberg::MapType>& map) {
                   return meets(map->key_id) && meets(map->value_id) && meets(map->key) && meets(map->value);
                 }},
        type);
  }

  FieldId next_{1};
};

}  // namespace

bool is_numbered_afresh(const iceberg::Schema& schema) {
  return Count().meets(schema.fields);
}

}  // namespace calve::catalog
