#include "calve/datafile/metrics.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include "calve/datafile/bounds.h"
#include "calve/iceberg/literal.h"

namespace calve::datafile {
namespace {

using iceberg::Literal;

template <class T>
T little_endian(const std::string& bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

Literal decode(iceberg::PrimitiveKind kind, const std::string& bytes) {
  switch (kind) {
    case iceberg::PrimitiveKind::kBoolean:
      return bytes[0] != 0;
    case iceberg::PrimitiveKind::kInt:
    case iceberg::PrimitiveKind::kDate:
      return little_endian<std::int32_t>(bytes);
    case iceberg::PrimitiveKind::kLong:
    case iceberg::PrimitiveKind::kTime:
    case iceberg::PrimitiveKind::kTimestamp:
    case iceberg::PrimitiveKind::kTimestamptz:
      return little_endian<std::int64_t>(bytes);
    case iceberg::PrimitiveKind::kFloat:
      return little_endian<float>(bytes);
    case iceberg::PrimitiveKind::kDouble:
      return little_endian<double>(bytes);
    case iceberg::PrimitiveKind::kString:
      return bytes;
    case iceberg::PrimitiveKind::kUuid:
      return Uuid{little_endian<std::array<std::uint8_t, 16>>(bytes)};
    case iceberg::PrimitiveKind::kBinary:
      return iceberg::Binary{bytes};
  }
  std::unreachable();
}

Literal decode(const iceberg::DecimalType& type, const std::string& bytes) {
  if (type.precision <= 9) return static_cast<__int128>(little_endian<std::int32_t>(bytes));
  if (type.precision <= 18) return static_cast<__int128>(little_endian<std::int64_t>(bytes));
  auto unscaled = static_cast<__int128>(static_cast<signed char>(bytes[0]) < 0 ? -1 : 0);
  for (const char byte : bytes)
    unscaled = unscaled << 8 | static_cast<unsigned char>(byte);
  return unscaled;
}

Literal decode(const iceberg::FixedType&, const std::string& bytes) {
  return iceberg::Binary{bytes};
}

// Parquet's statistics are one plain-encoded value, without the length before a byte array.
Literal decode_any(const iceberg::PrimitiveType& type, const std::string& bytes) {
  return std::visit([&](const auto& alternative) { return decode(alternative, bytes); }, type);
}

std::string lower_bound(const Literal& min, const iceberg::PrimitiveType& type) {
  if (type == iceberg::PrimitiveType(iceberg::PrimitiveKind::kString)) {
    return lower_bound_of_string(std::get<std::string>(min));
  }
  if (type == iceberg::PrimitiveType(iceberg::PrimitiveKind::kBinary)) {
    return lower_bound_of_binary(std::get<iceberg::Binary>(min).bytes);
  }
  return iceberg::to_binary(min, type);
}

std::optional<std::string> upper_bound(const Literal& max, const iceberg::PrimitiveType& type) {
  if (type == iceberg::PrimitiveType(iceberg::PrimitiveKind::kString)) {
    return upper_bound_of_string(std::get<std::string>(max));
  }
  if (type == iceberg::PrimitiveType(iceberg::PrimitiveKind::kBinary)) {
    return upper_bound_of_binary(std::get<iceberg::Binary>(max).bytes);
  }
  return iceberg::to_binary(max, type);
}

bool is_floating_point(const iceberg::PrimitiveType& type) {
  return type == iceberg::PrimitiveType(iceberg::PrimitiveKind::kFloat) ||
         type == iceberg::PrimitiveType(iceberg::PrimitiveKind::kDouble);
}

// One leaf's facts over all row groups.
struct LeafMetrics {
  std::int64_t size_bytes = 0;
  std::int64_t values = 0;
  std::int64_t nulls = 0;
  bool has_every_min = true;
  bool has_every_max = true;
  std::optional<Literal> min;
  std::optional<Literal> max;

  void add(const parquet::ColumnChunkMetaData& chunk, const iceberg::PrimitiveType& type) {
    size_bytes += chunk.total_compressed_size();
    values += chunk.num_values();
    const auto statistics = chunk.encoded_statistics();
    const std::int64_t chunk_nulls = statistics && statistics->has_null_count ? statistics->null_count : 0;
    nulls += chunk_nulls;
    if (chunk_nulls == chunk.num_values()) return;
    if (statistics && statistics->has_min) {
      Literal chunk_min = decode_any(type, statistics->min());
      if (!min || chunk_min < *min) min = std::move(chunk_min);
    } else if (!is_floating_point(type)) {  // where the values are NaN, and bound nothing
      has_every_min = false;
    }
    if (statistics && statistics->has_max) {
      Literal chunk_max = decode_any(type, statistics->max());
      if (!max || *max < chunk_max) max = std::move(chunk_max);
    } else if (!is_floating_point(type)) {
      has_every_max = false;
    }
  }
};

std::int64_t first_byte(const parquet::ColumnChunkMetaData& chunk) {
  return chunk.has_dictionary_page() ? std::min(chunk.dictionary_page_offset(), chunk.data_page_offset())
                                     : chunk.data_page_offset();
}

}  // namespace

void add_metrics(const parquet::FileMetaData& footer, const FileSchema& schema,
                 const std::vector<std::int64_t>& nan_counts, iceberg::DataFile& file) {
  std::vector<LeafMetrics> leaves(schema.leaves.size());
  for (int g = 0; g < footer.num_row_groups(); ++g) {
    const auto group = footer.RowGroup(g);
    file.split_offsets.push_back(first_byte(*group->ColumnChunk(0)));
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      leaves[i].add(*group->ColumnChunk(static_cast<int>(i)), schema.leaves[i].type);
    }
  }

  file.record_count = footer.num_rows();
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const iceberg::Leaf& leaf = schema.leaves[i];
    const LeafMetrics& metrics = leaves[i];
    file.column_sizes[leaf.id] = metrics.size_bytes;
    file.value_counts[leaf.id] = metrics.values;
    file.null_value_counts[leaf.id] = metrics.nulls;
    if (is_floating_point(leaf.type)) file.nan_value_counts[leaf.id] = nan_counts[i];
    if (leaf.max_repetition_level > 0) continue;
    if (metrics.min && metrics.has_every_min)
      file.lower_bounds[leaf.id] = lower_bound(*metrics.min, leaf.type);
    if (metrics.max && metrics.has_every_max) {
      if (auto bound = upper_bound(*metrics.max, leaf.type)) file.upper_bounds[leaf.id] = *std::move(bound);
    }
  }
}

}  // namespace calve::datafile
