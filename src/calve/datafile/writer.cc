#include "calve/datafile/writer.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>
#include <variant>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/column_writer.h>
#include <parquet/file_writer.h>
#include <parquet/properties.h>

#include "calve/datafile/column_append.h"
#include "calve/datafile/encoding.h"
#include "calve/datafile/metrics.h"
#include "calve/datafile/object_sink.h"
#include "calve/iceberg/schema_json.h"

namespace calve::datafile {
namespace {

constexpr int kDefaultZstdLevel = 1;
// What a column writer holds beside its pool's buffers: objects, statistics, level encoders.
constexpr std::int64_t kColumnOverheadBytes = 6 << 10;
// Values handed to an encoder at once; the library's 1,024 costs a quarter more CPU in its loops.
constexpr std::int64_t kWriteBatchValues = 8 << 10;

arrow::Compression::type compression(Codec codec) {
  switch (codec) {
    case Codec::kUncompressed:
      return arrow::Compression::UNCOMPRESSED;
    case Codec::kSnappy:
      return arrow::Compression::SNAPPY;
    case Codec::kGzip:
      return arrow::Compression::GZIP;
    case Codec::kLz4Raw:
      return arrow::Compression::LZ4;
    case Codec::kZstd:
      return arrow::Compression::ZSTD;
  }
  std::unreachable();
}

void set_encoding(parquet::WriterProperties::Builder& builder, const std::string& path,
                  ColumnEncoding encoding) {
  switch (encoding) {
    case ColumnEncoding::kDictionary:
      builder.enable_dictionary(path);
      return;
    case ColumnEncoding::kPlain:
      builder.disable_dictionary(path);
      return;
    case ColumnEncoding::kDeltaBinaryPacked:
      builder.disable_dictionary(path)->encoding(path, parquet::Encoding::DELTA_BINARY_PACKED);
      return;
    case ColumnEncoding::kDeltaLengthByteArray:
      builder.disable_dictionary(path)->encoding(path, parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY);
      return;
  }
  std::unreachable();
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
  // Not Arrow's default: mimalloc hands its memory back after each file and has it cleared by the kernel
  // for the next one, a tenth of the whole stream's CPU time and twice its memory.
  arrow::ProxyMemoryPool pool{arrow::system_memory_pool()};
  // Shared with `file`, as the library asks for.
  std::shared_ptr<ObjectSink> sink;
  std::unique_ptr<parquet::ParquetFileWriter> file;  // from the first rows on: they decide the encodings
  parquet::RowGroupWriter* group = nullptr;          // owned by `file`; null between row groups
  std::int64_t row_count = 0;
  std::vector<std::int64_t> nan_counts;

  Impl(FileTarget file_target, const FileSchema& file_schema, const WriterOptions& writer_options,
       std::unique_ptr<storage::ObjectWriter> object)
      : target(std::move(file_target)),
        schema(file_schema),
        options(writer_options),
        sink(std::make_shared<ObjectSink>(std::move(object))),
        nan_counts(file_schema.leaves.size()) {}

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() { sink->discard(); }

  Result<void> check_shape(const batch::ColumnBatch& batch) const;
  std::shared_ptr<parquet::WriterProperties> properties(const batch::ColumnBatch& first_rows);
  void start(const batch::ColumnBatch& first_rows);
  void append_rows(const batch::ColumnBatch& batch);

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

std::shared_ptr<parquet::WriterProperties> Writer::Impl::properties(const batch::ColumnBatch& first_rows) {
  parquet::WriterProperties::Builder builder;
  builder.created_by("calve")
      ->memory_pool(&pool)
      ->version(parquet::ParquetVersion::PARQUET_2_6)
      ->compression(compression(options.codec))
      ->data_pagesize(options.page_bytes_max)
      ->dictionary_pagesize_limit(options.dictionary_bytes_max)
      ->write_batch_size(kWriteBatchValues)
      ->set_size_statistics_level(parquet::SizeStatisticsLevel::None);
  if (options.codec == Codec::kZstd || options.compression_level) {
    builder.compression_level(options.compression_level.value_or(kDefaultZstdLevel));
  }
  switch (options.page_index) {
    case PageIndex::kOmit:
      builder.disable_write_page_index();
      break;
    case PageIndex::kWrite:
      builder.enable_write_page_index();
      break;
  }
  parquet::SchemaDescriptor descriptor;
  descriptor.Init(schema.root);
  for (std::size_t i = 0; i < schema.leaves.size(); ++i) {
    set_encoding(builder, descriptor.Column(static_cast<int>(i))->path()->ToDotString(),
                 choose_encoding(schema.leaves[i].type, first_rows.columns[i], options.encodings));
  }
  return builder.build();
}

void Writer::Impl::start(const batch::ColumnBatch& first_rows) {
  // Java's reader takes the ids from here where a file's own are missing; ours are there.
  auto metadata =
      parquet::KeyValueMetadata::Make({"iceberg.schema"}, {iceberg::serialize_schema(schema.schema)});
  file = parquet::ParquetFileWriter::Open(sink, schema.root, properties(first_rows), std::move(metadata));
}

void Writer::Impl::append_rows(const batch::ColumnBatch& batch) {
  // Its memory outlives a file, and one thread may have thousands of files open.
  thread_local AppendScratch scratch;
  if (!file) start(batch);
  if (group == nullptr) group = file->AppendBufferedRowGroup();
  for (std::size_t i = 0; i < schema.leaves.size(); ++i) {
    append_column(batch.columns[i], schema.leaves[i].type, scratch, *group->column(static_cast<int>(i)));
    nan_counts[i] += count_nans(batch.columns[i]);
  }
  row_count += static_cast<std::int64_t>(batch.row_count);
  if (pool.bytes_allocated() >= options.row_group_bytes_max) std::exchange(group, nullptr)->Close();
}

Result<Writer> Writer::open(storage::ObjectStore& store, FileTarget target, const FileSchema& schema,
                            const WriterOptions& options) {
  auto object = CALVE_TRY(store.open_writer(target.path));
  return Writer(std::make_unique<Impl>(std::move(target), schema, options, std::move(object)));
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
    if (!impl_->file) {
      batch::ColumnBatch no_rows;
      no_rows.columns.resize(impl_->schema.leaves.size());
      impl_->start(no_rows);
    }
    impl_->file->Close();
    add_metrics(*impl_->file->metadata(), impl_->schema, impl_->nan_counts, data_file);
  }));
  data_file.file_size_in_bytes = impl_->sink->position();
  CALVE_TRY(impl_->sink->finish());
  return data_file;
}

std::int64_t Writer::row_count() const {
  return impl_->row_count;
}

std::int64_t Writer::buffered_bytes() const {
  const auto columns = static_cast<std::int64_t>(impl_->schema.leaves.size());
  return impl_->file ? impl_->pool.bytes_allocated() + columns * kColumnOverheadBytes : 0;
}

std::int64_t Writer::file_bytes() const {
  std::int64_t bytes = impl_->sink->position();
  if (impl_->group != nullptr) {
    const auto pending = impl_->group->estimated_buffered_stats();
    bytes += impl_->group->total_compressed_bytes() + impl_->group->total_compressed_bytes_written() +
             pending.def_level_bytes + pending.rep_level_bytes + pending.value_bytes + pending.dict_bytes;
  }
  return bytes;
}

const std::string& Writer::path() const {
  return impl_->target.path;
}

}  // namespace calve::datafile
