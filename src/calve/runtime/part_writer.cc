#include "calve/runtime/part_writer.h"

#include <bit>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "calve/base/log.h"
#include "calve/runtime/sealed_part.h"

namespace calve::runtime {
namespace {

static_assert(std::endian::native == std::endian::little, "frames are read as they lie");

// As in the native runtime: a batch's columns stay in the core's cache between the stages.
constexpr std::size_t kBatchRecordsMax = 2'048;
constexpr std::size_t kBatchBytesMax = std::size_t{1} << 20;

constexpr std::int32_t kTombstoneLength = -1;
constexpr std::int32_t kStartLength = -2;

template <class T>
T take_integer(std::string_view& from) {
  T value;
  std::memcpy(&value, from.data(), sizeof(value));
  from.remove_prefix(sizeof(value));
  return value;
}

}  // namespace

struct PartWriter::Frame {
  PartitionId partition;
  Offset offset;
  Timestamp timestamp;
  std::int32_t length = 0;
  std::string_view value;

  static constexpr std::size_t kHeaderBytes = 24;

  // Off the front of `frames`; nothing if they are cut off or no frames.
  static std::optional<Frame> take(std::string_view& frames) {
    if (frames.size() < kHeaderBytes) return std::nullopt;
    Frame frame;
    frame.partition = PartitionId(take_integer<std::int32_t>(frames));
    frame.offset = Offset(take_integer<std::int64_t>(frames));
    frame.timestamp = Timestamp(Milliseconds(take_integer<std::int64_t>(frames)));
    frame.length = take_integer<std::int32_t>(frames);
    if (frame.length <= 0) return frame.length < kStartLength ? std::nullopt : std::optional(frame);
    const auto length = static_cast<std::size_t>(frame.length);
    if (frames.size() < length) return std::nullopt;
    frame.value = frames.substr(0, length);
    frames.remove_prefix(length);
    return frame;
  }
};

PartWriter::PartWriter(const TaskParts& parts, TaskOptions options)
    : options_(std::move(options)),
      committer_(parts.catalog, parts.store, parts.clock,
                 {.pipeline = options_.pipeline,
                  .source = options_.source,
                  .orders = options_.orders,
                  .rejects = options_.rejects}) {}

Result<std::unique_ptr<PartWriter>> PartWriter::open(const TaskParts& parts, TaskOptions options) {
  std::unique_ptr<PartWriter> writer(new PartWriter(parts, std::move(options)));
  CALVE_TRY(writer->committer_.resume());
  writer->writer_ =
      CALVE_TRY(EpochWriter::make({.contract = parts.contract,
                                   .store = parts.store,
                                   .clock = parts.clock,
                                   .topic = writer->options_.source.topic,
                                   .orders = writer->committer_.orders().table(),
                                   .rejects = writer->committer_.rejects().table(),
                                   .open_writers_bytes_max = writer->options_.open_writers_bytes_max}));
  return writer;
}

PartWriter::~PartWriter() {
  if (writer_) writer_->abandon();
  if (!epoch_) return;
  if (const auto given_up = committer_.give_up(*epoch_); !given_up) {
    log::warn("files of an epoch that was not sealed remain, named by its journal: {}",
              given_up.error().message);
  }
}

Result<void> PartWriter::write(std::string_view frames) {
  while (!frames.empty()) {
    const auto frame = Frame::take(frames);
    if (!frame) {
      return fail(ErrorKind::kInvalidData,
                  fmt::format("The records' frames are damaged, {} bytes before their end", frames.size()));
    }
    CALVE_TRY(frame->length == kStartLength ? start(frame->partition, frame->offset) : take(*frame));
  }
  return flush();
}

Result<void> PartWriter::start(PartitionId partition, Offset next) {
  if (writer_->has(partition)) {
    return fail(ErrorKind::kInternal, fmt::format("Partition {} was given to this task twice", partition));
  }
  // The source may stand before the table (the job was restored from an old savepoint), never behind
  // it: what lies between is in parts that the committer has yet to commit, or it refuses ours.
  const auto recorded = next_offset(committer_.position(), partition);
  const Offset first_wanted = recorded && *recorded > next ? *recorded : next;
  first_wanted_[partition] = first_wanted;
  writer_->add(partition, first_wanted, committer_.known_rejects(partition));
  return {};
}

Result<void> PartWriter::take(const Frame& frame) {
  const auto first_wanted = first_wanted_.find(frame.partition);
  if (first_wanted == first_wanted_.end()) {
    return fail(ErrorKind::kInternal,
                fmt::format("A record of partition {} came before the partition's start", frame.partition));
  }
  if (frame.offset < first_wanted->second) {
    ++counts_.passed_over;
    return {};
  }
  const bool is_full = batch_.records.size() >= kBatchRecordsMax || batch_.bytes.size() >= kBatchBytesMax;
  if (is_batching_ && (batch_.partition != frame.partition || is_full)) CALVE_TRY(flush());
  if (!is_batching_) {
    batch_.reset(frame.partition, frame.offset);
    is_batching_ = true;
  }
  if (frame.length == kTombstoneLength) {
    batch_.append_tombstone(frame.offset, frame.timestamp);
  } else {
    batch_.append(frame.offset, frame.timestamp, frame.value);
  }
  return {};
}

Result<void> PartWriter::flush() {
  if (!is_batching_) return {};
  is_batching_ = false;
  if (!epoch_) CALVE_TRY(open_epoch());
  batch_.seal(batch_.records.back().offset.plus(1));
  const contract::Decoded* decoded = CALVE_TRY(writer_->append(batch_));
  counts_.read += static_cast<std::int64_t>(batch_.records.size());
  counts_.bytes += static_cast<std::int64_t>(batch_.payload_bytes());
  counts_.valid += static_cast<std::int64_t>(decoded->rows.row_count);
  counts_.rejected += static_cast<std::int64_t>(decoded->rejects.size());
  for (const contract::Reject& reject : decoded->rejects)
    ++counts_.rejects_by_reason[std::string(reject.code)];
  return {};
}

Result<void> PartWriter::open_epoch() {
  // On the table as it is now: clean-up tells by an epoch's age whether it may still be filled.
  CALVE_TRY(committer_.resume());
  epoch_ = committer_.open_epoch();
  writer_->open(*epoch_);
  return {};
}

Result<std::string> PartWriter::seal() {
  CALVE_TRY(flush());
  if (!epoch_) return std::string();
  EpochPart part = CALVE_TRY(writer_->finish());
  std::map<PartitionId, Offset> from;
  for (const commit::LedgerRange& range : part.ranges)
    from[range.partition] = range.from;
  CALVE_TRY(epoch_->open_journal(from));
  auto sealed = CALVE_TRY(serialize_part({.journal = epoch_->journal(),
                                          .ranges = std::move(part.ranges),
                                          .orders_files = std::move(part.orders_files),
                                          .rejects_files = std::move(part.rejects_files),
                                          .rejects_from = std::move(part.rejects_from),
                                          .oldest_source_timestamp = part.oldest_source_timestamp},
                                         committer_.orders().table(), committer_.rejects().table()));
  epoch_.reset();  // the part is the committer's now
  return sealed;
}

}  // namespace calve::runtime
