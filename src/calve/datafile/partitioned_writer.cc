#include "calve/datafile/partitioned_writer.h"

#include <algorithm>
#include <utility>

namespace calve::datafile {
namespace {

// Fewer rows than this, of one partition at a time, are staged. A Parquet writer takes each batch
// column by column; below this the calls cost more than the rows.
constexpr std::size_t kDenseRowsMin = 512;
// Staged rows go to a Parquet writer once they are worth its own memory.
constexpr std::int64_t kStageBytesMax = 1 << 20;

}  // namespace

PartitionedWriter::PartitionedWriter(storage::ObjectStore& store, iceberg::Schema schema,
                                     iceberg::SpecId spec_id, PartitionedWriterOptions options,
                                     NextFilePath next_file_path)
    : store_(&store),
      schema_(std::make_unique<FileSchema>(make_file_schema(std::move(schema)))),
      spec_id_(spec_id),
      options_(options),
      next_file_path_(std::move(next_file_path)) {
  options_.files.row_group_bytes_max =
      std::min(options_.files.row_group_bytes_max, options_.open_writers_bytes_max / 4);
}

Result<PartitionedWriter> PartitionedWriter::make(storage::ObjectStore& store, iceberg::Schema schema,
                                                  const iceberg::PartitionSpec& spec,
                                                  PartitionedWriterOptions options,
                                                  NextFilePath next_file_path) {
  PartitionedWriter writer(store, std::move(schema), spec.id, options, std::move(next_file_path));
  writer.partitioner_ = CALVE_TRY(Partitioner::make(spec, *writer.schema_));
  return writer;
}

Result<void> PartitionedWriter::append(const batch::ColumnBatch& batch) {
  if (batch.row_count == 0) return {};
  if (no_rows_.columns.empty()) no_rows_ = RowStage().rows(batch);

  const DealtRows dealt = partitioner_.deal(batch);
  if (dealt.partitions.size() == 1) {
    CALVE_TRY(append_dense(*partitions_.try_emplace(dealt.partitions.front()).first, batch));
  } else if (batch.row_count / dealt.partitions.size() >= kDenseRowsMin) {
    const auto parts = batch::split_rows(batch, dealt.part_of_row, dealt.partitions.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      CALVE_TRY(append_dense(*partitions_.try_emplace(dealt.partitions[i]).first, parts[i]));
    }
  } else {
    CALVE_TRY(append_scattered(batch, dealt));
  }
  row_count_ += static_cast<std::int64_t>(batch.row_count);
  return close_down_to_budget();
}

Result<std::vector<iceberg::DataFile>> PartitionedWriter::flush() {
  while (!partitions_.empty()) {
    CALVE_TRY(close(*partitions_.begin()));
    partitions_.erase(partitions_.begin());
  }
  row_count_ = 0;
  return std::exchange(finished_, {});
}

std::vector<std::string> PartitionedWriter::abandon() {
  partitions_.clear();
  row_count_ = 0;
  std::vector<std::string> paths;
  for (iceberg::DataFile& file : std::exchange(finished_, {}))
    paths.push_back(std::move(file.file_path));
  return paths;
}

std::int64_t PartitionedWriter::buffered_bytes() const {
  std::int64_t bytes = 0;
  for (const auto& [tuple, partition] : partitions_)
    bytes += partition.held_bytes();
  return bytes;
}

std::int64_t PartitionedWriter::file_bytes() const {
  std::int64_t bytes = 0;
  for (const iceberg::DataFile& file : finished_)
    bytes += file.file_size_in_bytes;
  for (const auto& [tuple, partition] : partitions_)
    bytes += partition.stage.packed_bytes() + (partition.file ? partition.file->file_bytes() : 0);
  return bytes;
}

Result<void> PartitionedWriter::append_dense(Partitions::value_type& partition,
                                             const batch::ColumnBatch& rows) {
  RowStage& stage = partition.second.stage;
  if (stage.row_count() + rows.row_count < kDenseRowsMin) {
    const std::vector<std::uint32_t> stage_of_row(rows.row_count, 0);
    RowStage* const only[] = {&stage};
    stage_rows(rows, stage_of_row, only);
    return {};
  }
  CALVE_TRY(write_stage(partition));
  return write(partition, rows);
}

Result<void> PartitionedWriter::append_scattered(const batch::ColumnBatch& batch, const DealtRows& dealt) {
  std::vector<Partitions::value_type*> touched;
  std::vector<RowStage*> stages;
  touched.reserve(dealt.partitions.size());
  stages.reserve(dealt.partitions.size());
  for (const iceberg::PartitionTuple& tuple : dealt.partitions) {
    touched.push_back(&*partitions_.try_emplace(tuple).first);
    stages.push_back(&touched.back()->second.stage);
  }
  stage_rows(batch, dealt.part_of_row, stages);
  for (Partitions::value_type* partition : touched) {
    if (partition->second.stage.packed_bytes() >= kStageBytesMax) CALVE_TRY(write_stage(*partition));
  }
  return {};
}

Result<void> PartitionedWriter::write(Partitions::value_type& partition, const batch::ColumnBatch& rows) {
  std::optional<Writer>& file = partition.second.file;
  if (!file) {
    FileTarget target{
        .path = CALVE_TRY(next_file_path_()), .spec_id = spec_id_, .partition = partition.first};
    file = CALVE_TRY(Writer::open(*store_, std::move(target), *schema_, options_.files));
  }
  CALVE_TRY(file->append(rows));
  if (file->file_bytes() >= options_.files.target_file_bytes) CALVE_TRY(close(partition));
  return {};
}

Result<void> PartitionedWriter::write_stage(Partitions::value_type& partition) {
  // Taken out first: write() closes a file that is full, which asks for the staged rows again.
  const RowStage stage = std::exchange(partition.second.stage, {});
  if (stage.row_count() == 0) return {};
  return write(partition, stage.rows(no_rows_));
}

// The rows' file is finished; what is left of the partition is empty.
Result<void> PartitionedWriter::close(Partitions::value_type& partition) {
  std::optional<Writer>& file = partition.second.file;
  CALVE_TRY(write_stage(partition));
  if (!file) return {};
  finished_.push_back(CALVE_TRY(file->close()));
  file.reset();
  return {};
}

Result<void> PartitionedWriter::close_down_to_budget() {
  std::int64_t held = buffered_bytes();
  if (held <= options_.open_writers_bytes_max) return {};
  std::vector<std::pair<std::int64_t, Partitions::iterator>> by_bytes;
  by_bytes.reserve(partitions_.size());
  for (auto at = partitions_.begin(); at != partitions_.end(); ++at)
    by_bytes.emplace_back(at->second.held_bytes(), at);
  std::ranges::sort(by_bytes, std::ranges::greater{}, [](const auto& entry) { return entry.first; });
  for (const auto& [bytes, at] : by_bytes) {
    if (held <= options_.open_writers_bytes_max) break;
    CALVE_TRY(close(*at));
    partitions_.erase(at);
    held -= bytes;
  }
  return {};
}

}  // namespace calve::datafile
