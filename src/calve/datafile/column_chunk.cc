#include "calve/datafile/column_chunk.h"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <parquet/column_page.h>
#include <parquet/column_writer.h>
#include <parquet/encoding.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include "calve/datafile/column_slices.h"
#include "calve/datafile/delta.h"
#include "calve/datafile/dictionary.h"
#include "calve/datafile/parquet_schema.h"
#include "calve/datafile/plain.h"
#include "calve/datafile/rle_hybrid.h"
#include "calve/datafile/value_bounds.h"

namespace calve::datafile {
namespace {

using batch::Column;
using parquet::Encoding;

// Statistics beyond it are left out, as Parquet's other writers do.
constexpr std::size_t kStatisticsBytesMax = 4 << 10;
// A page's size is a 32-bit number; half of the numbers are left for the slice that passes the limit.
constexpr std::int64_t kPageBytesMax = 1 << 30;
// Nulls and what repeats take next to no bytes of a page, but memory until it ends.
constexpr std::size_t kPageEntriesMax = 1 << 20;

struct Page {
  std::string bytes;  // compressed
  std::int64_t uncompressed_bytes = 0;
  std::int32_t entries = 0;
  Encoding::type encoding = Encoding::PLAIN;
  parquet::EncodedStatistics statistics;
  std::int64_t first_row = 0;  // in the row group
};

std::shared_ptr<arrow::Buffer> view(std::string_view bytes) {
  return std::make_shared<arrow::Buffer>(bytes);
}

void append_levels(std::span<const std::int16_t> levels, std::int16_t max, std::string& to) {
  const std::size_t length_at = to.size();
  to.resize(length_at + sizeof(std::uint32_t));
  append_rle_hybrid(levels, bit_width_of(static_cast<std::uint32_t>(max)), to);
  const auto length = static_cast<std::uint32_t>(to.size() - length_at - sizeof(std::uint32_t));
  std::memcpy(to.data() + length_at, &length, sizeof length);
}

template <class Plain>
class TypedColumnChunk final : public ColumnChunk {
 public:
  using Value = typename Plain::Value;

  TypedColumnChunk(Plain plain, const parquet::ColumnDescriptor& descriptor, const PageCompressor& compressor,
                   const ColumnChunkOptions& options)
      : plain_(plain),
        descriptor_(descriptor),
        compressor_(compressor),
        options_(options),
        encoding_(options.encoding),
        dictionary_(plain) {
    options_.page_bytes_max = std::min(options.page_bytes_max, kPageBytesMax);
    options_.dictionary_bytes_max = std::min(options.dictionary_bytes_max, kPageBytesMax);
  }

  void append(const Column& column) override {
    ColumnSlices<Value> slices(column, options_.page_bytes_max);
    while (!slices.done()) {
      append_slice(slices.next());
      if (page_bytes() >= options_.page_bytes_max || page_entries_ >= kPageEntriesMax) end_page();
    }
  }

  std::int64_t held_bytes() const override {
    const auto held =
        values_.capacity() + (definition_levels_.capacity() + repetition_levels_.capacity()) * 2 +
        indices_.capacity() * sizeof(std::uint32_t) + pages_.capacity() * sizeof(Page) + sizeof *this;
    return static_cast<std::int64_t>(held) + dictionary_.held_bytes() + pages_bytes_ + delta_bytes();
  }

  std::int64_t file_bytes() const override {
    return pages_bytes_ + page_bytes() + static_cast<std::int64_t>(dictionary_.plain_bytes().size());
  }

  void write_to(parquet::PageWriter& pages, parquet::ColumnChunkMetaDataBuilder& metadata) override {
    if (page_entries_ > 0) end_page();
    const bool has_dictionary = options_.encoding == ColumnEncoding::kDictionary;
    if (has_dictionary) {
      pages.WriteDictionaryPage(
          {view(dictionary_.plain_bytes()), static_cast<std::int32_t>(dictionary_.size()), Encoding::PLAIN});
    }
    for (const Page& page : pages_) {
      pages.WriteDataPage(parquet::DataPageV1(view(page.bytes), page.entries, page.encoding, Encoding::RLE,
                                              Encoding::RLE, page.uncompressed_bytes, page.statistics,
                                              page.first_row));
    }
    metadata.SetStatistics(statistics(bounds_, nulls_));
    pages.Close(has_dictionary, encoding_ != options_.encoding);
  }

 private:
  static constexpr bool kIsText = std::same_as<Value, std::string_view>;

  bool has_definition_levels() const { return descriptor_.max_definition_level() > 0; }
  bool has_repetition_levels() const { return descriptor_.max_repetition_level() > 0; }

  void append_slice(const Slice<Value>& slice) {
    definition_levels_.insert(definition_levels_.end(), slice.definition_levels.begin(),
                              slice.definition_levels.end());
    repetition_levels_.insert(repetition_levels_.end(), slice.repetition_levels.begin(),
                              slice.repetition_levels.end());
    page_entries_ += slice.entries;
    page_rows_ += slice.rows;
    page_nulls_ += slice.entries - slice.values.size();
    switch (encoding_) {
      case ColumnEncoding::kPlain:
        plain_.append(slice.values, values_);
        page_bounds_.add(slice.values);
        return;
      case ColumnEncoding::kDictionary:
        return append_indices(slice.values);
      case ColumnEncoding::kDeltaBinaryPacked:
      case ColumnEncoding::kDeltaLengthByteArray:
        if constexpr (DeltaEncodable<Plain>) put_delta(plain_, slice.values, delta());
        page_bounds_.add(slice.values);
        return;
    }
    std::unreachable();
  }

  void append_indices(std::span<const Value> values) {
    const std::size_t before = indices_.size();
    indices_.resize(before + values.size());
    std::ranges::transform(values, indices_.begin() + static_cast<std::ptrdiff_t>(before),
                           [&](const Value& value) { return dictionary_.index_of(value); });
    if constexpr (!kIsText) page_bounds_.add(values);
    if (static_cast<std::int64_t>(dictionary_.plain_bytes().size()) > options_.dictionary_bytes_max) {
      end_page();
      encoding_ = ColumnEncoding::kPlain;
      indices_ = {};
    }
  }

  // Each distinct text of the page once.
  void bound_indices() {
    std::vector<bool> seen(dictionary_.size());
    for (const std::uint32_t index : indices_) {
      if (seen[index]) continue;
      seen[index] = true;
      const Value value = dictionary_.value(index);
      page_bounds_.add(std::span(&value, 1));
    }
  }

  parquet::Encoder& delta() {
    if (!delta_) {
      delta_ = parquet::MakeEncoder(descriptor_.physical_type(), parquet_encoding(), false, &descriptor_,
                                    arrow::system_memory_pool());
    }
    return *delta_;
  }
  std::int64_t delta_bytes() const { return delta_ ? delta_->EstimatedDataEncodedSize() : 0; }

  Encoding::type parquet_encoding() const {
    switch (encoding_) {
      case ColumnEncoding::kPlain:
        return Encoding::PLAIN;
      case ColumnEncoding::kDictionary:
        return Encoding::RLE_DICTIONARY;
      case ColumnEncoding::kDeltaBinaryPacked:
        return Encoding::DELTA_BINARY_PACKED;
      case ColumnEncoding::kDeltaLengthByteArray:
        return Encoding::DELTA_LENGTH_BYTE_ARRAY;
    }
    std::unreachable();
  }

  int index_bits() const {
    return dictionary_.size() > 1 ? bit_width_of(dictionary_.size() - 1)
                                  : static_cast<int>(dictionary_.size());
  }

  // Of the page under way, before compression.
  std::int64_t page_bytes() const {
    const auto bits = static_cast<std::int64_t>(indices_.size()) * index_bits() +
                      static_cast<std::int64_t>(definition_levels_.size() + repetition_levels_.size());
    return static_cast<std::int64_t>(values_.size()) + delta_bytes() + bits / 8;
  }

  void append_values(std::string& to) {
    switch (encoding_) {
      case ColumnEncoding::kPlain:
        if constexpr (std::same_as<Plain, PlainBoolean>) {
          to += pack_bits(values_);
        } else {
          to += values_;
        }
        return;
      case ColumnEncoding::kDictionary:
        to.push_back(static_cast<char>(index_bits()));
        append_rle_hybrid(std::span<const std::uint32_t>(indices_), index_bits(), to);
        return;
      case ColumnEncoding::kDeltaBinaryPacked:
      case ColumnEncoding::kDeltaLengthByteArray:
        to += std::string_view(*delta().FlushValues());
        return;
    }
    std::unreachable();
  }

  void end_page() {
    if constexpr (kIsText) {
      if (encoding_ == ColumnEncoding::kDictionary) bound_indices();
    }
    // Its memory outlives a page, and one thread may have thousands of chunks.
    thread_local std::string assembled;
    std::string_view page = values_;
    const bool is_bare = !has_definition_levels() && encoding_ == ColumnEncoding::kPlain;
    if (!is_bare || std::same_as<Plain, PlainBoolean>) {
      assembled.clear();
      if (has_repetition_levels())
        append_levels(repetition_levels_, descriptor_.max_repetition_level(), assembled);
      if (has_definition_levels())
        append_levels(definition_levels_, descriptor_.max_definition_level(), assembled);
      append_values(assembled);
      page = assembled;
    }
    pages_.push_back({.bytes = compressor_.compress(page),
                      .uncompressed_bytes = static_cast<std::int64_t>(page.size()),
                      .entries = static_cast<std::int32_t>(page_entries_),
                      .encoding = parquet_encoding(),
                      .statistics = statistics(page_bounds_, page_nulls_),
                      .first_row = rows_});
    const Page& ended = pages_.back();
    pages_bytes_ += static_cast<std::int64_t>(ended.bytes.size() + ended.statistics.min().size() +
                                              ended.statistics.max().size());
    rows_ += static_cast<std::int64_t>(page_rows_);
    nulls_ += page_nulls_;
    bounds_.add(page_bounds_);
    page_bounds_ = {};
    page_entries_ = page_rows_ = page_nulls_ = 0;
    values_.clear();
    indices_.clear();
    definition_levels_.clear();
    repetition_levels_.clear();
  }

  std::string statistics_bytes(const Value& value) const {
    std::string bytes;
    if constexpr (kIsText) {
      bytes = value;
    } else {
      plain_.append({&value, 1}, bytes);
    }
    return bytes;
  }

  parquet::EncodedStatistics statistics(const ValueBounds<Value>& bounds, std::size_t nulls) const {
    parquet::EncodedStatistics encoded;
    encoded.set_null_count(static_cast<std::int64_t>(nulls));
    encoded.set_is_signed(descriptor_.sort_order() == parquet::SortOrder::SIGNED);
    encoded.all_null_value = nulls > 0 && nulls == page_entries_;
    if (!bounds.empty()) {
      encoded.set_min(statistics_bytes(bounds.low()));
      encoded.set_max(statistics_bytes(bounds.high()));
      encoded.ApplyStatSizeLimits(kStatisticsBytesMax);
    }
    return encoded;
  }

  Plain plain_;
  const parquet::ColumnDescriptor& descriptor_;
  const PageCompressor& compressor_;
  ColumnChunkOptions options_;
  ColumnEncoding encoding_;  // what it is, or kPlain after a dictionary that was given up
  Dictionary<Plain> dictionary_;
  std::unique_ptr<parquet::Encoder> delta_;  // from the first values on

  std::vector<Page> pages_;
  std::int64_t pages_bytes_ = 0;  // with their statistics
  std::int64_t rows_ = 0;         // of pages_
  std::size_t nulls_ = 0;
  ValueBounds<Value> bounds_;

  // The page under way.
  std::string values_;
  std::vector<std::uint32_t> indices_;
  std::vector<std::int16_t> definition_levels_;
  std::vector<std::int16_t> repetition_levels_;
  std::size_t page_entries_ = 0;
  std::size_t page_rows_ = 0;
  std::size_t page_nulls_ = 0;  // and empty lists
  ValueBounds<Value> page_bounds_;
};

struct Maker {
  const parquet::ColumnDescriptor& descriptor;
  const PageCompressor& compressor;
  const ColumnChunkOptions& options;

  template <class Plain>
  std::unique_ptr<ColumnChunk> make(Plain plain) const {
    return std::make_unique<TypedColumnChunk<Plain>>(plain, descriptor, compressor, options);
  }

  std::unique_ptr<ColumnChunk> operator()(iceberg::PrimitiveKind kind) const {
    switch (kind) {
      case iceberg::PrimitiveKind::kBoolean:
        return make(PlainBoolean{});
      case iceberg::PrimitiveKind::kInt:
      case iceberg::PrimitiveKind::kDate:
        return make(PlainAsItLies<std::int32_t>{});
      case iceberg::PrimitiveKind::kLong:
      case iceberg::PrimitiveKind::kTime:
      case iceberg::PrimitiveKind::kTimestamp:
      case iceberg::PrimitiveKind::kTimestamptz:
        return make(PlainAsItLies<std::int64_t>{});
      case iceberg::PrimitiveKind::kFloat:
        return make(PlainAsItLies<float>{});
      case iceberg::PrimitiveKind::kDouble:
        return make(PlainAsItLies<double>{});
      case iceberg::PrimitiveKind::kString:
      case iceberg::PrimitiveKind::kBinary:
        return make(PlainByteArray{});
      case iceberg::PrimitiveKind::kUuid:
        return make(PlainAsItLies<Uuid>{});
    }
    std::unreachable();
  }
  std::unique_ptr<ColumnChunk> operator()(const iceberg::DecimalType& type) const {
    if (type.precision <= 9) return make(PlainNarrowed{});
    if (type.precision <= 18) return make(PlainAsItLies<std::int64_t>{});
    return make(PlainBigEndian{static_cast<std::size_t>(decimal_bytes(type.precision))});
  }
  std::unique_ptr<ColumnChunk> operator()(const iceberg::FixedType&) const { return make(PlainFixed{}); }
};

}  // namespace

std::unique_ptr<ColumnChunk> make_column_chunk(const iceberg::Leaf& leaf,
                                               const parquet::ColumnDescriptor& descriptor,
                                               const PageCompressor& compressor,
                                               const ColumnChunkOptions& options) {
  return std::visit(Maker{descriptor, compressor, options}, leaf.type);
}

}  // namespace calve::datafile
