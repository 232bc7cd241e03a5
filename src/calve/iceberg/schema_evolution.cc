#include "calve/iceberg/schema_evolution.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace calve::iceberg {
namespace {

std::unexpected<Error> refuse(std::string_view what, std::string_view path) {
  return fail(
      ErrorKind::kConfig,
      fmt::format("The table's schema cannot become the contract's: {}. Change the contract, or the table "
                  "by hand. Field: {}",
                  what, path));
}

bool widens(const Type& from, const Type& to) {
  if (from == Type(PrimitiveKind::kInt)) return to == Type(PrimitiveKind::kLong);
  if (from == Type(PrimitiveKind::kFloat)) return to == Type(PrimitiveKind::kDouble);
  const auto* narrow = std::get_if<DecimalType>(&from);
  const auto* wide = std::get_if<DecimalType>(&to);
  return narrow != nullptr && wide != nullptr && narrow->scale == wide->scale &&
         narrow->precision < wide->precision;
}

// Each merge gives what the table should have: its own, changed as far as `wanted` asks.
class Merger {
 public:
  explicit Merger(FieldId last_used) : last_used_(last_used) {}

  Result<std::vector<NestedField>> fields(const std::vector<NestedField>& table,
                                          const std::vector<NestedField>& wanted, const std::string& parent) {
    std::vector<NestedField> merged;
    merged.reserve(wanted.size());
    for (const auto& field : table) {
      const auto match = std::ranges::find(wanted, field.id, &NestedField::id);
      if (match == wanted.end()) {
        return refuse(fmt::format("the table's field {} is not in it", field.id), path(parent, field.name));
      }
      merged.push_back(CALVE_TRY(this->field(field, *match, path(parent, field.name))));
    }
    for (const auto& field : wanted) {
      if (std::ranges::find(table, field.id, &NestedField::id) != table.end()) continue;
      CALVE_TRY(may_add(field, merged, path(parent, field.name)));
      merged.push_back(field);
    }
    return merged;
  }

 private:
  static std::string path(const std::string& parent, std::string_view name) {
    return parent.empty() ? std::string(name) : fmt::format("{}.{}", parent, name);
  }

  Result<NestedField> field(const NestedField& table, const NestedField& wanted, const std::string& path) {
    if (table.name != wanted.name) {
      return refuse(fmt::format("field {} is named {} in the table and {} in the contract", table.id,
                                table.name, wanted.name),
                    path);
    }
    NestedField merged = table;
    merged.presence = CALVE_TRY(presence(table.presence, wanted.presence, path));
    merged.type = CALVE_TRY(type(table.type, wanted.type, path));
    if (wanted.doc) merged.doc = wanted.doc;
    return merged;
  }

  static Result<Presence> presence(Presence table, Presence wanted, const std::string& path) {
    if (table == Presence::kOptional && wanted == Presence::kRequired) {
      return refuse("it is optional in the table and required in the contract", path);
    }
    return wanted;
  }

  Result<Type> type(const Type& table, const Type& wanted, const std::string& path) {
    if (table.index() == wanted.index()) {
      if (const auto* nested = std::get_if<Nested<StructType>>(&table)) {
        const auto& other = std::get<Nested<StructType>>(wanted);
        return Nested(StructType{CALVE_TRY(fields((*nested)->fields, other->fields, path))});
      }
      if (const auto* list = std::get_if<Nested<ListType>>(&table)) {
        return this->list(**list, *std::get<Nested<ListType>>(wanted), path);
      }
      if (const auto* map = std::get_if<Nested<MapType>>(&table)) {
        return this->map(**map, *std::get<Nested<MapType>>(wanted), path);
      }
    }
    if (table == wanted || widens(table, wanted)) return wanted;
    return refuse(
        fmt::format("it is {} in the table and {} in the contract", to_string(table), to_string(wanted)),
        path);
  }

  Result<Type> list(const ListType& table, const ListType& wanted, const std::string& parent) {
    const std::string path = parent + ".element";
    CALVE_TRY(same_id(table.element_id, wanted.element_id, path));
    ListType merged = table;
    merged.element_presence = CALVE_TRY(presence(table.element_presence, wanted.element_presence, path));
    merged.element = CALVE_TRY(type(table.element, wanted.element, path));
    return Nested(std::move(merged));
  }

  Result<Type> map(const MapType& table, const MapType& wanted, const std::string& parent) {
    CALVE_TRY(same_id(table.key_id, wanted.key_id, parent + ".key"));
    CALVE_TRY(same_id(table.value_id, wanted.value_id, parent + ".value"));
    // Another key type could make two keys one.
    if (table.key != wanted.key) return refuse("the keys of a map cannot change", parent + ".key");
    MapType merged = table;
    merged.value_presence =
        CALVE_TRY(presence(table.value_presence, wanted.value_presence, parent + ".value"));
    merged.value = CALVE_TRY(type(table.value, wanted.value, parent + ".value"));
    return Nested(std::move(merged));
  }

  static Result<void> same_id(FieldId table, FieldId wanted, const std::string& path) {
    if (table == wanted) return {};
    return refuse(fmt::format("its id is {} in the table and {} in the contract", table, wanted), path);
  }

  Result<void> may_add(const NestedField& field, const std::vector<NestedField>& siblings,
                       const std::string& path) const {
    if (field.presence == Presence::kRequired) {
      return refuse("a new field must be optional, because the rows that are there have no value for it",
                    path);
    }
    // Its own id and those below it: an id that a dropped field had would bring back that field's values.
    const std::vector<FieldId> ids = all_ids(field);
    if (const FieldId lowest = std::ranges::min(ids); lowest <= last_used_) {
      return refuse(
          fmt::format("a new field's ids must be above {}, the last one that the table has used; this has {}",
                      last_used_, lowest),
          path);
    }
    if (std::ranges::find(siblings, field.name, &NestedField::name) != siblings.end()) {
      return refuse("the table has another field of that name", path);
    }
    return {};
  }

  static std::vector<FieldId> all_ids(const NestedField& field) {
    std::vector<FieldId> ids = {field.id};
    append_ids(field.type, ids);
    return ids;
  }

  static void append_ids(const Type& type, std::vector<FieldId>& ids) {
    if (const auto* nested = std::get_if<Nested<StructType>>(&type)) {
      for (const auto& field : (*nested)->fields) {
        ids.push_back(field.id);
        append_ids(field.type, ids);
      }
    } else if (const auto* list = std::get_if<Nested<ListType>>(&type)) {
      ids.push_back((*list)->element_id);
      append_ids((*list)->element, ids);
    } else if (const auto* map = std::get_if<Nested<MapType>>(&type)) {
      ids.insert(ids.end(), {(*map)->key_id, (*map)->value_id});
      append_ids((*map)->key, ids);
      append_ids((*map)->value, ids);
    }
  }

  FieldId last_used_;
};

}  // namespace

Result<std::vector<TableUpdate>> evolve(const TableMetadata& table, const Schema& wanted) {
  const Schema& current = current_schema(table);
  Schema merged = current;
  merged.fields = CALVE_TRY(Merger(table.last_column_id).fields(current.fields, wanted.fields, ""));
  if (!wanted.identifier_field_ids.empty() && wanted.identifier_field_ids != current.identifier_field_ids) {
    return refuse("the identifier fields differ",
                  fmt::format("{}", fmt::join(wanted.identifier_field_ids, ", ")));
  }
  if (merged == current) return std::vector<TableUpdate>{};
  return std::vector<TableUpdate>{AddSchema{std::move(merged)}, SetCurrentSchema{SchemaId(-1)}};
}

}  // namespace calve::iceberg
