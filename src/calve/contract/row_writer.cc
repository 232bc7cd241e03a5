#include "calve/contract/row_writer.h"

#include <algorithm>

namespace calve::contract {
namespace {

batch::Values empty_values(const iceberg::PrimitiveType& type) {
  if (const auto* decimal = std::get_if<iceberg::DecimalType>(&type)) {
    if (decimal->precision > 18) return std::vector<batch::Int128>();
    return std::vector<std::int64_t>();
  }
  if (std::holds_alternative<iceberg::FixedType>(type)) return std::vector<std::string_view>();
  switch (std::get<iceberg::PrimitiveKind>(type)) {
    using enum iceberg::PrimitiveKind;
    case kBoolean:
      return std::vector<std::uint8_t>();
    case kInt:
    case kDate:
      return std::vector<std::int32_t>();
    case kLong:
    case kTime:
    case kTimestamp:
    case kTimestamptz:
      return std::vector<std::int64_t>();
    case kFloat:
      return std::vector<float>();
    case kDouble:
      return std::vector<double>();
    case kUuid:
      return std::vector<Uuid>();
    case kString:
    case kBinary:
      return std::vector<std::string_view>();
  }
  std::unreachable();
}

}  // namespace

RowWriter::RowWriter(const Plan& plan, batch::ColumnBatch& rows) : rows_(rows) {
  rows_.row_count = 0;
  rows_.columns.clear();
  rows_.columns.reserve(plan.columns.size());
  for (const LeafColumn& leaf : plan.columns) {
    rows_.columns.push_back({.field = leaf.field,
                             .max_definition_level = leaf.max_definition_level,
                             .max_repetition_level = leaf.max_repetition_level,
                             .values = empty_values(leaf.type)});
  }
  for (batch::Column& column : rows_.columns) {
    cells_.push_back(
        {.values = &column.values,
         .definition_levels = column.max_definition_level > 0 ? &column.definition_levels : nullptr,
         .repetition_levels = column.max_repetition_level > 0 ? &column.repetition_levels : nullptr,
         .max_definition = column.max_definition_level});
  }
  ends_.resize(cells_.size());
  row_begin_ = ends_;
}

void RowWriter::clear() {
  rows_.clear();
  std::ranges::fill(ends_, Counts{});
  row_begin_ = ends_;
}

void RowWriter::roll_back() {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const Cell& cell = cells_[i];
    const Counts& begin = row_begin_[i];
    std::visit([&](auto& values) { values.resize(begin.values); }, *cell.values);
    if (cell.definition_levels != nullptr) cell.definition_levels->resize(begin.levels);
    if (cell.repetition_levels != nullptr) cell.repetition_levels->resize(begin.levels);
  }
  ends_ = row_begin_;
}

}  // namespace calve::contract
