#include "calve/datafile/partitioner.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace calve::datafile {
namespace {

using iceberg::Literal;
using iceberg::OptionalLiteral;
using iceberg::PrimitiveKind;

// What makes two values the same partition, as something that has == and std::hash.
template <class T>
auto identity(const T& value) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<std::uint32_t>(value);
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<std::uint64_t>(value);
  } else if constexpr (std::is_same_v<T, iceberg::Binary>) {
    return std::string_view(value.bytes);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return std::string_view(value);
  } else if constexpr (std::is_same_v<T, Uuid> || std::is_same_v<T, __int128>) {
    return std::string_view(reinterpret_cast<const char*>(&value), sizeof value);
  } else {
    return value;
  }
}

bool same(const OptionalLiteral& left, const OptionalLiteral& right) {
  if (!left || !right) return left.has_value() == right.has_value();
  if (left->index() != right->index()) return false;
  return std::visit([&]<class T>(const T& value) { return identity(value) == identity(std::get<T>(*right)); },
                    *left);
}

std::size_t hash(const OptionalLiteral& literal) {
  if (!literal) return 0;
  return std::visit(
      [](const auto& value) {
        const auto key = identity(value);
        return std::hash<std::decay_t<decltype(key)>>{}(key);
      },
      *literal);
}

template <class T>
Literal literal(const T& value, const iceberg::PrimitiveType& type) {
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return value != 0;
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    if (type == iceberg::PrimitiveType(PrimitiveKind::kString)) return std::string(value);
    return iceberg::Binary{std::string(value)};
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    if (std::holds_alternative<iceberg::DecimalType>(type)) return static_cast<__int128>(value);
    return value;
  } else {
    return value;
  }
}

bool has_value(const batch::Column& column, std::size_t row) {
  return column.max_definition_level == 0 || column.definition_levels[row] == column.max_definition_level;
}

// True if a <= b means transform(a) <= transform(b), for numbers.
bool keeps_order(const iceberg::Transform& transform) {
  return std::holds_alternative<iceberg::SimpleTransform>(transform) ||
         std::holds_alternative<iceberg::TruncateTransform>(transform);
}

}  // namespace

bool SamePartition::operator()(const iceberg::PartitionTuple& left,
                               const iceberg::PartitionTuple& right) const {
  return std::ranges::equal(left, right, same);
}

std::size_t PartitionHash::operator()(const iceberg::PartitionTuple& tuple) const {
  std::size_t combined = 0;
  for (const OptionalLiteral& value : tuple)
    combined = (combined ^ hash(value)) * 0x9E3779B97F4A7C15;
  return combined;
}

Result<Partitioner> Partitioner::make(const iceberg::PartitionSpec& spec, const FileSchema& schema) {
  Partitioner partitioner;
  for (const iceberg::PartitionField& field : spec.fields) {
    const auto leaf = std::ranges::find(schema.leaves, field.source_id, &iceberg::Leaf::id);
    if (leaf == schema.leaves.end() || leaf->max_repetition_level > 0) {
      return fail(
          ErrorKind::kConfig,
          fmt::format("the partition field's source is no single value of a row in the table's schema: "
                      "partition field '{}', source id {}",
                      field.name, field.source_id));
    }
    CALVE_TRY(iceberg::result_type(field.transform, leaf->type));
    partitioner.sources_.push_back(
        {.transform = field.transform,
         .type = leaf->type,
         .leaf = static_cast<std::size_t>(std::distance(schema.leaves.begin(), leaf))});
  }
  return partitioner;
}

// Sure of a yes alone: looks at numbers under transforms that keep their order.
bool Partitioner::is_one_partition(const batch::ColumnBatch& batch) const {
  return std::ranges::all_of(sources_, [&](const Source& source) {
    const batch::Column& column = batch.columns[source.leaf];
    return keeps_order(source.transform) &&
           std::visit(
               [&]<class T>(const std::vector<T>& values) {
                 if constexpr (std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t>) {
                   if (values.size() != batch.row_count) return false;
                   const auto [min, max] = std::ranges::minmax(values);
                   return iceberg::apply(source.transform, source.type, literal(min, source.type)) ==
                          iceberg::apply(source.transform, source.type, literal(max, source.type));
                 } else {
                   return false;
                 }
               },
               column.values);
  });
}

DealtRows Partitioner::deal(const batch::ColumnBatch& batch) const {
  DealtRows dealt;
  if (batch.row_count == 0) return dealt;

  const std::size_t rows_looked_at = is_one_partition(batch) ? 1 : batch.row_count;
  std::unordered_map<iceberg::PartitionTuple, std::uint32_t, PartitionHash, SamePartition> index_of;
  std::vector<std::size_t> next_value(sources_.size());
  iceberg::PartitionTuple tuple(sources_.size());
  dealt.part_of_row.reserve(rows_looked_at);
  for (std::size_t row = 0; row < rows_looked_at; ++row) {
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const Source& source = sources_[i];
      const batch::Column& column = batch.columns[source.leaf];
      OptionalLiteral value;
      if (has_value(column, row)) {
        const std::size_t at = next_value[i]++;
        value =
            std::visit([&](const auto& values) { return literal(values[at], source.type); }, column.values);
      }
      tuple[i] = iceberg::apply(source.transform, source.type, value);
    }
    const auto [found, is_new] =
        index_of.try_emplace(tuple, static_cast<std::uint32_t>(dealt.partitions.size()));
    if (is_new) dealt.partitions.push_back(tuple);
    dealt.part_of_row.push_back(found->second);
  }
  if (dealt.partitions.size() == 1) dealt.part_of_row.clear();
  return dealt;
}

}  // namespace calve::datafile
