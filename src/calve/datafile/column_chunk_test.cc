// Files of one column by Writer, read by Arrow's low-level reader: entries, pages, statistics, page index.

#include "calve/datafile/column_chunk.h"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/io/memory.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/column_page.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>

#include "calve/datafile/read_back.h"
#include "calve/datafile/writer.h"
#include "calve/storage/memory_store.h"

namespace calve::datafile {
namespace {

using iceberg::PrimitiveKind;
using parquet::Encoding;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;

constexpr auto kPath = "memory://table/data/1.parquet";
constexpr FieldId kLeaf(1);
constexpr std::size_t kSliceRows = 8192;

enum class Shape { kRequired, kOptional, kLists };  // of optional elements, optional themselves

constexpr std::int16_t definition_level_max(Shape shape) {
  if (shape == Shape::kRequired) return 0;
  return shape == Shape::kOptional ? 1 : 3;
}

iceberg::Schema schema_of(Shape shape, const iceberg::PrimitiveType& type) {
  const iceberg::Type leaf = std::visit([](auto t) -> iceberg::Type { return t; }, type);
  if (shape == Shape::kLists) {
    return {.fields = {{.id = FieldId(2),
                        .name = "c",
                        .type = iceberg::ListType{.element_id = kLeaf, .element = leaf}}}};
  }
  const auto presence =
      shape == Shape::kRequired ? iceberg::Presence::kRequired : iceberg::Presence::kOptional;
  return {.fields = {{.id = kLeaf, .name = "c", .type = leaf, .presence = presence}}};
}

std::string file_of(const FileSchema& schema, const std::vector<batch::ColumnBatch>& batches,
                    const WriterOptions& options) {
  storage::MemoryStore store;
  auto writer = Writer::open(store, {.path = kPath}, schema, options);
  for (const auto& batch : batches) {
    const auto appended = writer->append(batch);
    EXPECT_TRUE(appended.has_value()) << appended.error().message;
  }
  const auto closed = writer->close();
  EXPECT_TRUE(closed.has_value()) << closed.error().message;
  return *store.read(kPath);
}

std::unique_ptr<parquet::ParquetFileReader> open(const std::string& bytes) {
  return parquet::ParquetFileReader::Open(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)));
}

// What a page says of itself.
struct PageFacts {
  Encoding::type encoding;
  std::int32_t entries;
  std::int64_t uncompressed_bytes;
  parquet::EncodedStatistics statistics;
};

std::vector<PageFacts> data_pages(parquet::ParquetFileReader& file, int group) {
  std::vector<PageFacts> facts;
  const auto pages = file.RowGroup(group)->GetColumnPageReader(0);
  while (const auto page = pages->NextPage()) {
    if (page->type() != parquet::PageType::DATA_PAGE) continue;
    const auto& data = static_cast<const parquet::DataPageV1&>(*page);
    facts.push_back({data.encoding(), data.num_values(), data.uncompressed_size(), data.statistics()});
  }
  return facts;
}

std::vector<std::int32_t> entries_of(const std::vector<PageFacts>& pages) {
  std::vector<std::int32_t> entries;
  for (const PageFacts& page : pages)
    entries.push_back(page.entries);
  return entries;
}

std::vector<Encoding::type> encodings_of(const std::vector<PageFacts>& pages) {
  std::vector<Encoding::type> encodings;
  for (const PageFacts& page : pages)
    encodings.push_back(page.encoding);
  return encodings;
}

// A column chunk as a reader sees it; values by the bytes of their physical type.
struct Entries {
  std::vector<std::int16_t> definition_levels;
  std::vector<std::int16_t> repetition_levels;
  std::vector<std::string> values;
};

template <class T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

template <class ParquetType>
Entries read_entries(parquet::ColumnReader& column) {
  auto& reader = static_cast<parquet::TypedColumnReader<ParquetType>&>(column);
  using Value = typename ParquetType::c_type;
  constexpr std::int64_t kBatch = 1000;
  std::vector<std::int16_t> definition_levels(kBatch);
  std::vector<std::int16_t> repetition_levels(kBatch);
  const auto values = std::make_unique<Value[]>(kBatch);
  Entries read;
  while (reader.HasNext()) {
    std::int64_t value_count = 0;
    const std::int64_t count = reader.ReadBatch(kBatch, definition_levels.data(), repetition_levels.data(),
                                                values.get(), &value_count);
    if (reader.descr()->max_definition_level() > 0) {
      read.definition_levels.insert(read.definition_levels.end(), definition_levels.begin(),
                                    definition_levels.begin() + count);
    }
    if (reader.descr()->max_repetition_level() > 0) {
      read.repetition_levels.insert(read.repetition_levels.end(), repetition_levels.begin(),
                                    repetition_levels.begin() + count);
    }
    for (std::int64_t i = 0; i < value_count; ++i) {
      if constexpr (std::same_as<ParquetType, parquet::ByteArrayType>) {
        read.values.emplace_back(std::string_view(values[i]));
      } else if constexpr (std::same_as<ParquetType, parquet::FLBAType>) {
        read.values.emplace_back(reinterpret_cast<const char*>(values[i].ptr),
                                 static_cast<std::size_t>(reader.descr()->type_length()));
      } else {
        read.values.push_back(bytes_of(values[i]));
      }
    }
  }
  return read;
}

Entries read_any(parquet::ColumnReader& column) {
  switch (column.type()) {
    case parquet::Type::BOOLEAN:
      return read_entries<parquet::BooleanType>(column);
    case parquet::Type::INT32:
      return read_entries<parquet::Int32Type>(column);
    case parquet::Type::INT64:
      return read_entries<parquet::Int64Type>(column);
    case parquet::Type::FLOAT:
      return read_entries<parquet::FloatType>(column);
    case parquet::Type::DOUBLE:
      return read_entries<parquet::DoubleType>(column);
    case parquet::Type::BYTE_ARRAY:
      return read_entries<parquet::ByteArrayType>(column);
    case parquet::Type::FIXED_LEN_BYTE_ARRAY:
      return read_entries<parquet::FLBAType>(column);
    default:
      ADD_FAILURE() << "not one of ours";
      return {};
  }
}

// One type of column: its values by number, and their bytes in Parquet.
template <class T>
struct Kind {
  iceberg::PrimitiveType type;
  std::function<T(std::uint32_t)> value;
  std::function<std::string(const T&)> bytes;
};

template <class T>
struct ColumnOf {
  Shape shape;
  std::size_t rows = 0;
  std::vector<std::int16_t> definition_levels;
  std::vector<std::int16_t> repetition_levels;
  std::vector<T> values;

  void add_value(const T& value) {
    add_level(definition_level_max(shape), 0);
    values.push_back(value);
    ++rows;
  }
  void add_level(std::int16_t definition, std::int16_t repetition) {
    if (shape != Shape::kRequired) definition_levels.push_back(definition);
    if (shape == Shape::kLists) repetition_levels.push_back(repetition);
  }

  batch::ColumnBatch batch() const {
    return {.row_count = rows,
            .columns = {{.field = kLeaf,
                         .max_definition_level = definition_level_max(shape),
                         .max_repetition_level = static_cast<std::int16_t>(shape == Shape::kLists ? 1 : 0),
                         .definition_levels = definition_levels,
                         .repetition_levels = repetition_levels,
                         .values = values}}};
  }
};

template <class T>
struct Expected {
  std::int64_t nulls = 0;
  std::optional<std::string> min;
  std::optional<std::string> max;

  Expected(const Kind<T>& kind, std::span<const T> values, std::size_t entries)
      : nulls(static_cast<std::int64_t>(entries - values.size())) {
    std::vector<T> ordered(values.begin(), values.end());
    if constexpr (std::is_floating_point_v<T>)
      std::erase_if(ordered, [](T value) { return std::isnan(value); });
    if (ordered.empty()) return;
    auto [low, high] = std::ranges::minmax(ordered);
    if constexpr (std::is_floating_point_v<T>) {
      if (low == 0) low = -T{0};
      if (high == 0) high = T{0};
    }
    min = kind.bytes(low);
    max = kind.bytes(high);
    if (min->size() > 4096) min.reset();
    if (max->size() > 4096) max.reset();
  }

  void expect_of(const parquet::EncodedStatistics& statistics) const {
    EXPECT_TRUE(statistics.has_null_count);
    EXPECT_EQ(statistics.null_count, nulls);
    ASSERT_EQ(statistics.has_min, min.has_value());
    ASSERT_EQ(statistics.has_max, max.has_value());
    EXPECT_EQ(statistics.min(), min.value_or(""));
    EXPECT_EQ(statistics.max(), max.value_or(""));
  }
};

std::vector<std::int16_t> part(const std::vector<std::int16_t>& levels, std::size_t begin,
                               std::size_t count) {
  if (levels.empty()) return {};
  return {levels.begin() + static_cast<std::ptrdiff_t>(begin),
          levels.begin() + static_cast<std::ptrdiff_t>(begin + count)};
}

// Pages begin with rows, and their statistics, their chunk's and the page index are those of the values.
template <class T>
void expect_file(const std::string& bytes, const Kind<T>& kind, const ColumnOf<T>& all) {
  const auto file = open(bytes);
  const std::int16_t present = definition_level_max(all.shape);
  std::size_t entry = 0;
  std::size_t value = 0;
  std::int64_t rows = 0;
  const std::size_t entries =
      all.shape == Shape::kRequired ? all.values.size() : all.definition_levels.size();
  for (int g = 0; g < file->metadata()->num_row_groups(); ++g) {
    const auto chunk = file->metadata()->RowGroup(g)->ColumnChunk(0);
    const auto chunk_entries = static_cast<std::size_t>(chunk->num_values());
    ASSERT_LE(entry + chunk_entries, entries);
    const Entries read = read_any(*file->RowGroup(g)->Column(0));
    ASSERT_EQ(read.definition_levels, part(all.definition_levels, entry, chunk_entries));
    ASSERT_EQ(read.repetition_levels, part(all.repetition_levels, entry, chunk_entries));
    ASSERT_LE(value + read.values.size(), all.values.size());
    const std::span<const T> chunk_values = std::span(all.values).subspan(value, read.values.size());
    for (std::size_t i = 0; i < read.values.size(); ++i)
      ASSERT_EQ(read.values[i], kind.bytes(chunk_values[i])) << "value " << value + i;
    Expected<T>(kind, chunk_values, chunk_entries).expect_of(*chunk->encoded_statistics());

    const auto pages = data_pages(*file, g);
    const auto index = file->GetPageIndexReader()->RowGroup(g);
    const auto places = index ? index->GetOffsetIndex(0) : nullptr;
    const auto bounds = index ? index->GetColumnIndex(0) : nullptr;
    if (index) {
      ASSERT_EQ(places->page_locations().size(), pages.size());
    }
    bool all_bounded = true;
    std::int64_t group_rows = 0;
    for (std::size_t p = 0; p < pages.size(); ++p) {
      SCOPED_TRACE(testing::Message() << "page " << p << " of row group " << g);
      const auto count = static_cast<std::size_t>(pages[p].entries);
      EXPECT_GT(count, 0U);
      const auto definition = part(all.definition_levels, entry, count);
      const auto repetition = part(all.repetition_levels, entry, count);
      ASSERT_TRUE(repetition.empty() || repetition.front() == 0);
      if (index) {
        EXPECT_EQ(places->page_locations()[p].first_row_index, group_rows);
      }
      group_rows +=
          all.shape == Shape::kLists ? std::ranges::count(repetition, 0) : static_cast<std::int64_t>(count);
      const std::size_t value_count = all.shape == Shape::kRequired
                                          ? count
                                          : static_cast<std::size_t>(std::ranges::count(definition, present));
      const Expected<T> expected(kind, std::span(all.values).subspan(value, value_count), count);
      if (!index) expected.expect_of(pages[p].statistics);  // Arrow writes either
      const bool is_null = expected.nulls == static_cast<std::int64_t>(count);
      all_bounded &= is_null || (expected.min && expected.max);
      if (bounds) {
        EXPECT_EQ(bounds->null_pages()[p], is_null);
        EXPECT_EQ(bounds->null_counts()[p], expected.nulls);
        EXPECT_EQ(bounds->encoded_min_values()[p], expected.min.value_or(""));
        EXPECT_EQ(bounds->encoded_max_values()[p], expected.max.value_or(""));
      }
      entry += count;
      value += value_count;
    }
    EXPECT_EQ(bounds != nullptr, index && all_bounded);
    EXPECT_EQ(group_rows, file->metadata()->RowGroup(g)->num_rows());
    rows += group_rows;
  }
  EXPECT_EQ(entry, entries);
  EXPECT_EQ(value, all.values.size());
  EXPECT_EQ(rows, static_cast<std::int64_t>(all.rows));
  const auto table = read_table(bytes);
  EXPECT_EQ(table->num_rows(), rows);
  EXPECT_TRUE(table->ValidateFull().ok());
}

enum class Numbers { kFew, kUnique, kFewThenUnique, kFewThenNull };

template <class T>
class RandomFile {
 public:
  RandomFile(const Kind<T>& kind, Shape shape, Numbers numbers, std::uint32_t seed)
      : kind_(kind), shape_(shape), numbers_(numbers), random_(seed), all_{.shape = shape} {}

  void check() {
    const FileSchema schema = make_file_schema(schema_of(shape_, kind_.type));
    std::vector<batch::ColumnBatch> batches;
    for (std::size_t b = 1 + random_() % 6; b > 0; --b)
      batches.push_back(next_batch(batches.empty()));
    const auto pick = [&](auto... choices) {
      const std::common_type_t<decltype(choices)...> all[] = {choices...};
      return all[random_() % sizeof...(choices)];
    };
    const WriterOptions options{
        .codec = pick(Codec::kUncompressed, Codec::kSnappy, Codec::kLz4Raw, Codec::kZstd),
        .page_bytes_max = pick(1, 100, 5'000, 1 << 20),
        .dictionary_bytes_max = pick(1, 500, 50'000, 2 << 20),
        .row_group_bytes_max = pick(1, 128 << 20),
        .encodings = pick(EncodingSet::kPortable, EncodingSet::kDelta),
        .page_index = pick(PageIndex::kOmit, PageIndex::kWrite)};
    expect_file(file_of(schema, batches, options), kind_, all_);
  }

 private:
  batch::ColumnBatch next_batch(bool is_first) {
    constexpr std::size_t kRows[] = {1, 7, 8, 9, 100, 3'000, kSliceRows, 10'000};
    ColumnOf<T> column{.shape = shape_};
    const std::size_t rows = is_first ? 100 : kRows[random_() % std::size(kRows)];
    for (std::size_t row = 0; row < rows; ++row)
      add_row(column, is_first);
    all_.rows += column.rows;
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(all_.definition_levels, column.definition_levels);
    append(all_.repetition_levels, column.repetition_levels);
    append(all_.values, column.values);
    return column.batch();
  }

  void add_row(ColumnOf<T>& column, bool is_first) {
    ++column.rows;
    if (shape_ != Shape::kLists) return add_leaf(column, 0, 0, is_first);
    const std::size_t length = random_() % 5;
    if (length == 4) return column.add_level(0, 0);
    if (length == 0) return column.add_level(1, 0);
    for (std::size_t i = 0; i < length; ++i)
      add_leaf(column, 2, i == 0 ? 0 : 1, is_first);
  }

  void add_leaf(ColumnOf<T>& column, std::int16_t null, std::int16_t repetition, bool is_first) {
    const bool only_null = numbers_ == Numbers::kFewThenNull && !is_first;
    // Long runs of nulls and of values, and short ones.
    if (random_() % 40 == 0) null_in_ = random_() % 3;
    if (shape_ != Shape::kRequired && (only_null || (!is_first && random_() % 3 < null_in_))) {
      return column.add_level(null, repetition);
    }
    column.add_level(definition_level_max(shape_), repetition);
    const bool is_few = numbers_ != Numbers::kUnique && (is_first || numbers_ != Numbers::kFewThenUnique);
    if (!is_few || random_() % 3 == 0)
      number_ = is_few ? random_() % 20 : static_cast<std::uint32_t>(random_());
    column.values.push_back(kind_.value(number_));
  }

  const Kind<T>& kind_;
  Shape shape_;
  Numbers numbers_;
  std::mt19937 random_;
  ColumnOf<T> all_;
  std::uint32_t number_ = 0;
  std::uint32_t null_in_ = 1;
};

template <class T>
void check_random_files(const Kind<T>& kind) {
  std::uint32_t seed = 1;
  for (const Shape shape : {Shape::kRequired, Shape::kOptional, Shape::kLists}) {
    for (const Numbers numbers :
         {Numbers::kFew, Numbers::kUnique, Numbers::kFewThenUnique, Numbers::kFewThenNull}) {
      for (int round = 0; round < 3; ++round, ++seed) {
        SCOPED_TRACE(testing::Message()
                     << std::visit([](auto t) { return iceberg::to_string(iceberg::Type(t)); }, kind.type)
                     << ", seed " << seed);
        RandomFile<T>(kind, shape, numbers, seed).check();
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

template <class T>
T integer(std::uint32_t number) {
  if (number == 3) return std::numeric_limits<T>::min();
  if (number == 4) return std::numeric_limits<T>::max();
  return static_cast<T>(number % 2 == 0 ? number : -static_cast<std::int64_t>(number));
}

template <class T>
T floating(std::uint32_t number) {
  constexpr T kSpecial[] = {-T{0},
                            T{0},
                            std::numeric_limits<T>::quiet_NaN(),
                            std::numeric_limits<T>::infinity(),
                            -std::numeric_limits<T>::infinity(),
                            std::numeric_limits<T>::denorm_min()};
  return number < std::size(kSpecial) ? kSpecial[number] : static_cast<T>(integer<std::int32_t>(number)) / 3;
}

std::string big_endian(batch::Int128 value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text.push_back(static_cast<char>(value >> shift));
  return text;
}

TEST(ColumnChunkTest, RandomColumnsReadBackWithTheirStatistics) {
  check_random_files<std::uint8_t>({PrimitiveKind::kBoolean,
                                    [](auto n) { return static_cast<std::uint8_t>(n % 2); },
                                    bytes_of<std::uint8_t>});
  for (const PrimitiveKind kind : {PrimitiveKind::kInt, PrimitiveKind::kDate})
    check_random_files<std::int32_t>({kind, integer<std::int32_t>, bytes_of<std::int32_t>});
  check_random_files<std::int64_t>(
      {PrimitiveKind::kTime, [](auto n) { return std::int64_t{n}; }, bytes_of<std::int64_t>});
  for (const PrimitiveKind kind :
       {PrimitiveKind::kLong, PrimitiveKind::kTimestamp, PrimitiveKind::kTimestamptz})
    check_random_files<std::int64_t>({kind, integer<std::int64_t>, bytes_of<std::int64_t>});
  check_random_files<float>({PrimitiveKind::kFloat, floating<float>, bytes_of<float>});
  check_random_files<double>({PrimitiveKind::kDouble, floating<double>, bytes_of<double>});
}

TEST(ColumnChunkTest, RandomDecimalsReadBackWithTheirStatistics) {
  const auto decimal = [](int precision) { return iceberg::DecimalType{.precision = precision, .scale = 2}; };
  check_random_files<std::int64_t>(
      {decimal(9), [](auto n) { return integer<std::int32_t>(n) % 1'000'000'000; },
       [](std::int64_t value) { return bytes_of(static_cast<std::int32_t>(value)); }});
  check_random_files<std::int64_t>(
      {decimal(18), [](auto n) { return integer<std::int64_t>(n) % 1'000'000'000'000'000'000; },
       bytes_of<std::int64_t>});
  for (const auto& [precision, bytes] : {std::pair{19, 9}, {30, 13}, {38, 16}}) {
    check_random_files<batch::Int128>(
        {decimal(precision), [](auto n) { return batch::Int128{integer<std::int32_t>(n)} * 4'000'000'000; },
         [bytes](batch::Int128 value) { return big_endian(value, bytes); }});
  }
}

TEST(ColumnChunkTest, RandomTextsReadBackWithTheirStatistics) {
  std::deque<std::string> texts;
  const auto text = [&](std::uint32_t number) -> std::string_view {
    if (number == 0) return "";
    if (number == 1) return texts.emplace_back(4'097, 'a');
    if (number == 2) return texts.emplace_back(4'096, 'a');
    return texts.emplace_back(std::to_string(number) +
                              std::string(number % 50, static_cast<char>('!' + number % 90)));
  };
  const auto same = [](std::string_view value) { return std::string(value); };
  for (const PrimitiveKind kind : {PrimitiveKind::kString, PrimitiveKind::kBinary}) {
    check_random_files<std::string_view>({kind, text, same});
    texts.clear();
  }
  check_random_files<std::string_view>(
      {iceberg::FixedType{.length_bytes = 5},
       [&](auto n) -> std::string_view { return texts.emplace_back(big_endian(n, 5)); }, same});
  check_random_files<Uuid>({PrimitiveKind::kUuid,
                            [](auto n) {
                              Uuid uuid;
                              std::memcpy(uuid.bytes.data(), &n, sizeof n);
                              return uuid;
                            },
                            bytes_of<Uuid>});
}

Kind<std::int64_t> longs() {
  return {PrimitiveKind::kLong, integer<std::int64_t>, bytes_of<std::int64_t>};
}
Kind<std::string_view> texts() {
  return {PrimitiveKind::kString, nullptr, [](std::string_view value) { return std::string(value); }};
}

template <class T>
std::string check_file(const Kind<T>& kind, const ColumnOf<T>& column, const WriterOptions& options) {
  std::string bytes =
      file_of(make_file_schema(schema_of(column.shape, kind.type)), {column.batch()}, options);
  expect_file(bytes, kind, column);
  return bytes;
}

TEST(ColumnChunkTest, EndsPagesBySize) {
  ColumnOf<std::int64_t> column{.shape = Shape::kRequired};
  for (std::size_t i = 0; i < 2 * kSliceRows + 5; ++i)
    column.add_value(static_cast<std::int64_t>(i));
  const std::string bytes = check_file(longs(), column, {.page_bytes_max = 8 * kSliceRows});
  EXPECT_THAT(entries_of(data_pages(*open(bytes), 0)), ElementsAre(kSliceRows, kSliceRows, 5));
}

TEST(ColumnChunkTest, LongTextsDoNotMakeLongPages) {
  std::deque<std::string> kept;
  for (const Shape shape : {Shape::kRequired, Shape::kOptional, Shape::kLists}) {
    ColumnOf<std::string_view> column{.shape = shape};
    for (int i = 0; i < 100; ++i)
      column.add_value(kept.emplace_back(std::to_string(i) + std::string(990, 'x')));
    column.add_value(kept.emplace_back(50'000, 'y'));
    column.add_value("z");
    const std::string bytes = check_file(texts(), column, {.page_bytes_max = 10'000});
    const auto pages = data_pages(*open(bytes), 0);
    EXPECT_GE(pages.size(), 8U);
    for (const PageFacts& page : pages) {
      const bool has_the_longest = page.statistics.has_max ? page.statistics.max()[0] == 'y' : true;
      EXPECT_LE(page.uncompressed_bytes, has_the_longest ? 61'000 : 21'000);
    }
  }
}

TEST(ColumnChunkTest, NullsDoNotMakeEndlessPages) {
  constexpr std::size_t kEntriesMax = 1 << 20;
  ColumnOf<std::int64_t> column{.shape = Shape::kOptional, .rows = kEntriesMax + 1};
  column.definition_levels.assign(column.rows, 0);
  const std::string bytes = check_file(longs(), column, {});
  EXPECT_THAT(entries_of(data_pages(*open(bytes), 0)), ElementsAre(kEntriesMax, 1));
}

TEST(ColumnChunkTest, ALongRowStaysWhole) {
  ColumnOf<std::int64_t> column{.shape = Shape::kLists};
  column.add_value(1);
  for (const int length : {30'000, 8'191, 8'192, 8'193, 1}) {
    column.add_value(length);
    for (int i = 1; i < length; ++i) {
      column.add_level(3, 1);
      column.values.push_back(i);
    }
  }
  const std::string bytes = check_file(longs(), column, {.page_bytes_max = 1});
  EXPECT_THAT(entries_of(data_pages(*open(bytes), 0)), ElementsAre(30'001, 16'383, 8'193, 1));
}

TEST(ColumnChunkTest, GivesUpADictionaryThatGrowsTooLarge) {
  ColumnOf<std::int64_t> column{.shape = Shape::kRequired};
  for (std::size_t i = 0; i < kSliceRows; ++i)
    column.add_value(static_cast<std::int64_t>(i % 10));
  for (std::size_t i = 0; i < 2 * kSliceRows; ++i)
    column.add_value(static_cast<std::int64_t>(i));
  const WriterOptions options{.page_bytes_max = 1, .dictionary_bytes_max = 8'000};
  const auto file = open(check_file(longs(), column, options));
  EXPECT_THAT(encodings_of(data_pages(*file, 0)),
              ElementsAre(Encoding::RLE_DICTIONARY, Encoding::RLE_DICTIONARY, Encoding::PLAIN));
  const auto chunk = file->metadata()->RowGroup(0)->ColumnChunk(0);
  EXPECT_TRUE(chunk->has_dictionary_page());
  EXPECT_THAT(chunk->encodings(), Contains(Encoding::RLE_DICTIONARY));
  EXPECT_THAT(chunk->encodings(), Contains(Encoding::PLAIN));
  EXPECT_THAT(chunk->encodings(), Contains(Encoding::RLE));
  std::vector<std::pair<parquet::PageType::type, Encoding::type>> kinds;
  for (const auto& stats : chunk->encoding_stats())
    kinds.emplace_back(stats.page_type, stats.encoding);
  EXPECT_THAT(kinds,
              testing::UnorderedElementsAre(std::pair(parquet::PageType::DICTIONARY_PAGE, Encoding::PLAIN),
                                            std::pair(parquet::PageType::DATA_PAGE, Encoding::RLE_DICTIONARY),
                                            std::pair(parquet::PageType::DATA_PAGE, Encoding::PLAIN)));
}

TEST(ColumnChunkTest, KeepsADictionaryOfItsLimit) {
  ColumnOf<std::int64_t> column{.shape = Shape::kRequired};
  for (std::size_t i = 0; i < 2 * kSliceRows; ++i)
    column.add_value(static_cast<std::int64_t>(i % 600));
  const auto file = open(check_file(longs(), column, {.page_bytes_max = 1, .dictionary_bytes_max = 4'800}));
  EXPECT_THAT(encodings_of(data_pages(*file, 0)), Each(Encoding::RLE_DICTIONARY));
  // So a reader knows that all of the chunk is in the dictionary.
  const auto chunk = file->metadata()->RowGroup(0)->ColumnChunk(0);
  for (const auto& stats : chunk->encoding_stats()) {
    EXPECT_EQ(stats.encoding,
              stats.page_type == parquet::PageType::DATA_PAGE ? Encoding::RLE_DICTIONARY : Encoding::PLAIN);
  }
}

TEST(ColumnChunkTest, DictionariesOfNoneOneAndTwo) {
  for (const Codec codec :
       {Codec::kUncompressed, Codec::kSnappy, Codec::kGzip, Codec::kLz4Raw, Codec::kZstd}) {
    ColumnOf<std::int64_t> all{.shape = Shape::kOptional};
    std::vector<batch::ColumnBatch> batches;
    for (const std::size_t distinct : {1, 2, 0}) {
      ColumnOf<std::int64_t> group{.shape = Shape::kOptional, .rows = 100};
      for (std::size_t i = 0; i < group.rows; ++i) {
        group.add_level(distinct == 0 ? 0 : 1, 0);
        all.add_level(distinct == 0 ? 0 : 1, 0);
        if (distinct > 0) all.values.push_back(group.values.emplace_back(i % distinct));
      }
      all.rows += group.rows;
      batches.push_back(group.batch());
    }
    const std::string bytes =
        file_of(make_file_schema(schema_of(all.shape, longs().type)), batches,
                {.codec = codec, .row_group_bytes_max = 1, .page_index = PageIndex::kWrite});
    expect_file(bytes, longs(), all);
    const auto file = open(bytes);
    ASSERT_EQ(file->metadata()->num_row_groups(), 3);
    for (int g = 0; g < 3; ++g)
      EXPECT_THAT(encodings_of(data_pages(*file, g)), ElementsAre(Encoding::RLE_DICTIONARY)) << g;
  }
}

TEST(ColumnChunkTest, EncodesDeltasWhereTheyAreAllowed) {
  ColumnOf<std::int64_t> column{.shape = Shape::kOptional};
  for (std::size_t i = 0; i < 2 * kSliceRows; ++i)
    column.add_value(static_cast<std::int64_t>(i));
  const WriterOptions options{.page_bytes_max = 1, .encodings = EncodingSet::kDelta};
  EXPECT_THAT(encodings_of(data_pages(*open(check_file(longs(), column, options)), 0)),
              ElementsAre(Encoding::DELTA_BINARY_PACKED, Encoding::DELTA_BINARY_PACKED));
}

// The page under way, whatever it consists of.
TEST(ColumnChunkTest, HoldsWhatIsInNoPageYet) {
  constexpr std::size_t kRows = 1'000;
  storage::MemoryStore store;
  const FileSchema schema = make_file_schema(schema_of(Shape::kLists, PrimitiveKind::kLong));
  const auto held = [&](auto value, EncodingSet encodings) {
    ColumnOf<std::int64_t> column{.shape = Shape::kLists};
    for (std::size_t i = 0; i < kRows; ++i)
      column.add_value(static_cast<std::int64_t>(value(i)));
    auto writer = Writer::open(store, {.path = kPath}, schema, {.encodings = encodings});
    EXPECT_EQ(writer->buffered_bytes(), 0);
    EXPECT_TRUE(writer->append(column.batch()).has_value());
    return writer->buffered_bytes();
  };
  constexpr std::int64_t kLevels = 4 * kRows;  // two of two bytes each
  EXPECT_GE(held([](auto i) { return i; }, EncodingSet::kPortable), kLevels + 8 * kRows);
  EXPECT_GE(held([](auto i) { return i * i * i * 1'000; }, EncodingSet::kDelta), kLevels + 3 * kRows);
  constexpr std::int64_t kIndices = 4 * kRows;
  const std::int64_t small = held([](auto i) { return i % 2; }, EncodingSet::kPortable);
  const std::int64_t large = held([](auto i) { return i % 500; }, EncodingSet::kPortable);
  EXPECT_GE(small, kLevels + kIndices);
  EXPECT_GE(large, small + std::int64_t{500} * 8);
}

// What takes most of the memory where texts are long and compress well.
TEST(ColumnChunkTest, HoldsPagesStatistics) {
  constexpr int kRows = 2'000;
  constexpr std::size_t kTextBytes = 4'000;
  std::deque<std::string> kept;
  ColumnOf<std::string_view> column{.shape = Shape::kRequired};
  for (int i = 0; i < kRows; ++i)
    column.add_value(kept.emplace_back(std::to_string(i) + std::string(kTextBytes - 4, 'x')));
  storage::MemoryStore store;
  const FileSchema schema = make_file_schema(schema_of(column.shape, PrimitiveKind::kString));
  auto writer = Writer::open(store, {.path = kPath}, schema, {.page_bytes_max = 10 * kTextBytes});
  ASSERT_TRUE(writer->append(column.batch()).has_value());
  const std::int64_t held = writer->buffered_bytes();
  const std::int64_t in_file = writer->file_bytes();
  ASSERT_TRUE(writer->close().has_value());
  const auto pages = data_pages(*open(*store.read(kPath)), 0);
  const auto statistics = static_cast<std::int64_t>((pages.size() - 1) * 2 * (kTextBytes - 4));
  ASSERT_GE(pages.size(), 100U);
  EXPECT_GE(held, statistics);
  EXPECT_LE(held, 2 * statistics);
  EXPECT_GE(in_file, statistics);
}

}  // namespace
}  // namespace calve::datafile
