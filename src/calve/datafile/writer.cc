#include "calve/datafile/writer.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>
#include <variant>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/util/compression.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/column_writer.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/properties.h>

#include "calve/datafile/column_chunk.h"
#include "calve/datafile/encoding.h"
#include "calve/datafile/metrics.h"
#include "calve/datafile/object_sink.h"
#include "calve/datafile/page_compressor.h"
#include "calve/iceberg/schema_json.h"

namespace calve::datafile {
namespace {

constexpr std::string_view kMagic = "PAR1";

std::shared_ptr<parquet::WriterProperties> make_properties(arrow::Compression::type codec) {
  parquet::WriterProperties::Builder builder;
  builder.created_by("calve")
      ->version(parquet::ParquetVersion::PARQUET_2_6)
      ->compression(codec)
      ->set_size_statistics_level(parquet::SizeStatisticsLevel::None);
  return builder.build();
}

std::int64_t count_nans(const batch::Column& column) {
  return std::visit(
      []<class T>(const std::vector<T>& values) -> std::int64_t {
        if constexpr (std::is_floating_point_v<T>) {
          return std::ranges::count_if(values, [](T value) { return std::isnan(value); });
        } else {
          return 0;
        }
      },
      column.values);
}

}  // namespace

struct Writer::Impl {
  FileTarget target;
  const FileSchema& schema;
  WriterOptions options;
  PageCompressor compressor;
  parquet::SchemaDescriptor descriptor;
  std::shared_ptr<parquet::WriterProperties> properties;
  std::shared_ptr<ObjectSink> sink;  // shared with Parquet's page writers, as the library asks for
  std::unique_ptr<parquet::FileMetaDataBuilder> footer;
  std::unique_ptr<parquet::PageIndexBuilder> page_index;  // null if it is omitted
  std::vector<ColumnEncoding> encodings;                  // from the first rows on: they decide
  std::vector<std::unique_ptr<ColumnChunk>> chunks;       // of the row group under way; none between two
  std::int64_t group_row_count = 0;
  std::int64_t held_bytes = 0;   // by the chunks; asked for all open files with each batch
  std::int64_t chunk_bytes = 0;  // that the chunks would have in the file
  std::int16_t group_count = 0;
  std::int64_t row_count = 0;
  std::vector<std::int64_t> nan_counts;

  Impl(FileTarget file_target, const FileSchema& file_schema, const WriterOptions& writer_options,
       PageCompressor page_compressor, std::unique_ptr<storage::ObjectWriter> object)
      : target(std::move(file_target)),
        schema(file_schema),
        options(writer_options),
        compressor(std::move(page_compressor)),
        properties(make_properties(compressor.type())),
        sink(std::make_shared<ObjectSink>(std::move(object))),
        nan_counts(file_schema.leaves.size()) {
    descriptor.Init(schema.root);
    footer = parquet::FileMetaDataBuilder::Make(&descriptor, properties);
    if (options.page_index == PageIndex::kWrite) page_index = parquet::PageIndexBuilder::Make(&descriptor);
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() { sink->discard(); }

  Result<void> check_shape(const batch::ColumnBatch& batch) const;
  void write(std::string_view bytes);
  void begin_row_group(const batch::ColumnBatch& rows);
  void append_rows(const batch::ColumnBatch& batch);
  void end_row_group();
  std::unique_ptr<parquet::FileMetaData> write_footer();

  // Parquet's exceptions end here.
  template <class Action>
  Result<void> guarded(Action action) {
    try {
      action();
      return {};
    } catch (const std::exception& exception) {
      if (sink->error()) return std::unexpected(*sink->error());
      return fail(ErrorKind::kInternal,
                  fmt::format("the Parquet library could not write the data file; report this "
                              "with the table's schema: {}: '{}'",
                              exception.what(), target.path));
    }
  }
};

Result<void> Writer::Impl::check_shape(const batch::ColumnBatch& batch) const {
  bool fits = batch.columns.size() == schema.leaves.size();
  for (std::size_t i = 0; fits && i < schema.leaves.size(); ++i) {
    const iceberg::Leaf& leaf = schema.leaves[i];
    const batch::Column& column = batch.columns[i];
    fits = column.field == leaf.id && column.max_definition_level == leaf.max_definition_level &&
           column.max_repetition_level == leaf.max_repetition_level;
    if (!fits) {
      return fail(
          ErrorKind::kInternal,
          fmt::format("a batch's column does not fit the table's leaf '{}': field {} with levels {}/{}, "
                      "expected field {} with levels {}/{}",
                      leaf.path, column.field, column.max_definition_level, column.max_repetition_level,
                      leaf.id, leaf.max_definition_level, leaf.max_repetition_level));
    }
  }
  if (!fits) {
    return fail(ErrorKind::kInternal,
                fmt::format("a batch does not have the table's leaves: {} columns, expected {}",
                            batch.columns.size(), schema.leaves.size()));
  }
  return {};
}

void Writer::Impl::write(std::string_view bytes) {
  PARQUET_THROW_NOT_OK(sink->Write(bytes.data(), static_cast<std::int64_t>(bytes.size())));
}

void Writer::Impl::begin_row_group(const batch::ColumnBatch& rows) {
  for (std::size_t i = encodings.size(); i < schema.leaves.size(); ++i)
    encodings.push_back(choose_encoding(schema.leaves[i].type, rows.columns[i], options.encodings));
  for (std::size_t i = 0; i < schema.leaves.size(); ++i) {
    chunks.push_back(make_column_chunk(schema.leaves[i], *descriptor.Column(static_cast<int>(i)), compressor,
                                       {.encoding = encodings[i],
                                        .page_bytes_max = options.page_bytes_max,
                                        .dictionary_bytes_max = options.dictionary_bytes_max}));
  }
}

void Writer::Impl::append_rows(const batch::ColumnBatch& batch) {
  if (chunks.empty()) begin_row_group(batch);
  held_bytes = chunk_bytes = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    chunks[i]->append(batch.columns[i]);
    nan_counts[i] += count_nans(batch.columns[i]);
    held_bytes += chunks[i]->held_bytes();
    chunk_bytes += chunks[i]->file_bytes();
  }
  group_row_count += static_cast<std::int64_t>(batch.row_count);
  row_count += static_cast<std::int64_t>(batch.row_count);
  if (held_bytes >= options.row_group_bytes_max) end_row_group();
}

void Writer::Impl::end_row_group() {
  if (chunks.empty()) return;
  if (sink->position() == 0) write(kMagic);
  const std::int64_t begin = sink->position();
  parquet::RowGroupMetaDataBuilder& group = *footer->AppendRowGroup();
  group.set_num_rows(group_row_count);
  if (page_index) page_index->AppendRowGroup();
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const auto ordinal = static_cast<std::int16_t>(i);
    parquet::ColumnIndexBuilder* bounds = page_index ? page_index->GetColumnIndexBuilder(ordinal) : nullptr;
    parquet::OffsetIndexBuilder* places = page_index ? page_index->GetOffsetIndexBuilder(ordinal) : nullptr;
    parquet::ColumnChunkMetaDataBuilder& metadata = *group.NextColumnChunk();
    const auto pages = parquet::PageWriter::Open(
        sink, compressor.type(), &metadata, group_count, ordinal, arrow::system_memory_pool(),
        /*buffered_row_group=*/false, nullptr, nullptr,
        /*page_write_checksum_enabled=*/false, bounds, places, arrow::util::CodecOptions(compressor.level()));
    chunks[i]->write_to(*pages, metadata);
    chunks[i].reset();
  }
  chunks.clear();
  group.Finish(sink->position() - begin, group_count++);
  group_row_count = held_bytes = chunk_bytes = 0;
}

std::unique_ptr<parquet::FileMetaData> Writer::Impl::write_footer() {
  if (sink->position() == 0) write(kMagic);
  if (page_index) {
    page_index->Finish();
    const auto written = page_index->WriteTo(sink.get());
    footer->SetIndexLocations(parquet::IndexKind::kColumnIndex, written.column_index_locations);
    footer->SetIndexLocations(parquet::IndexKind::kOffsetIndex, written.offset_index_locations);
  }
  // Java's reader takes the ids from here where a file's own are missing; ours are there.
  auto metadata = footer->Finish(
      parquet::KeyValueMetadata::Make({"iceberg.schema"}, {iceberg::serialize_schema(schema.schema)}));
  parquet::WriteFileMetaData(*metadata, sink.get());
  return metadata;
}

Result<Writer> Writer::open(storage::ObjectStore& store, FileTarget target, const FileSchema& schema,
                            const WriterOptions& options) {
  auto compressor = CALVE_TRY(PageCompressor::make(options.codec, options.compression_level));
  auto object = CALVE_TRY(store.open_writer(target.path));
  return Writer(
      std::make_unique<Impl>(std::move(target), schema, options, std::move(compressor), std::move(object)));
}

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

Result<void> Writer::append(const batch::ColumnBatch& batch) {
  CALVE_TRY(impl_->check_shape(batch));
  if (batch.row_count == 0) return {};
  return impl_->guarded([&] { impl_->append_rows(batch); });
}

Result<iceberg::DataFile> Writer::close() {
  iceberg::DataFile data_file{.file_path = impl_->target.path,
                              .spec_id = impl_->target.spec_id,
                              .partition = impl_->target.partition,
                              .sort_order_id = impl_->target.sort_order_id};
  CALVE_TRY(impl_->guarded([&] {
    impl_->end_row_group();
    add_metrics(*impl_->write_footer(), impl_->schema, impl_->nan_counts, data_file);
  }));
  data_file.file_size_in_bytes = impl_->sink->position();
  CALVE_TRY(impl_->sink->finish());
  return data_file;
}

std::int64_t Writer::row_count() const {
  return impl_->row_count;
}

std::int64_t Writer::buffered_bytes() const {
  return impl_->held_bytes;
}

std::int64_t Writer::file_bytes() const {
  return impl_->sink->position() + impl_->chunk_bytes;
}

const std::string& Writer::path() const {
  return impl_->target.path;
}

}  // namespace calve::datafile
