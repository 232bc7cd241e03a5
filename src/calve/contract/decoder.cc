#include "calve/contract/decoder.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "calve/contract/event_reader.h"
#include "calve/contract/row_writer.h"
#include "calve/contract/rule_check.h"
#include "calve/contract/text_arena.h"

namespace calve::contract {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
static_assert(batch::RecordBatch::kPadding >= simdjson::SIMDJSON_PADDING);

}  // namespace

class Decoder::Impl {
 public:
  explicit Impl(const Contract& contract)
      : plan_(contract.plan()), row_(plan_, decoded_.rows), reader_(plan_, row_, arena_) {}

  const Decoded& decode(const batch::RecordBatch& records, Timestamp processed_at) {
    row_.clear();
    decoded_.rejects.clear();
    decoded_.unknown_fields = 0;
    decoded_.min_event_time.reset();
    decoded_.max_event_time.reset();
    arena_.reset(records.bytes.size());
    for (const auto& record : records.records) {
      row_.begin_row();
      if (read(records, record)) {
        put_engine_columns(records, record, processed_at);
        row_.end_row();
        count_accepted();
      } else {
        row_.roll_back();
        reject(records, record);
      }
    }
    return decoded_;
  }

 private:
  bool read(const batch::RecordBatch& records, const batch::RecordBatch::Record& record) {
    if (batch::RecordBatch::is_tombstone(record)) {
      return refuse(Reason::kTombstone, "the record has no value");
    }
    const std::string_view payload = records.payload(record);
    if (payload.empty()) return refuse(Reason::kEmpty, "the value has no bytes");
    if (payload.size() > kPayloadBytesMax) {
      return refuse(Reason::kTooLarge,
                    fmt::format("{} bytes are more than {}", payload.size(), kPayloadBytesMax));
    }
    // simdjson would skip it.
    if (payload.starts_with(kByteOrderMark))
      return refuse(Reason::kNotJson, "the text starts with a byte order mark");
    assert(record.begin + payload.size() + simdjson::SIMDJSON_PADDING <= records.bytes.size());
    refusal_ = &reader_.refusal();
    const simdjson::padded_string_view text(payload.data(), payload.size(),
                                            records.bytes.size() - record.begin);
    if (!reader_.read(text)) return false;
    for (const Rule& rule : plan_.rules) {
      refusal_ = &own_refusal_;
      if (!check_rule(rule, row_, own_refusal_)) return false;
    }
    return true;
  }

  bool refuse(Reason reason, std::string detail) {
    refusal_ = &own_refusal_;
    return own_refusal_.set(reason, std::move(detail));
  }

  void put_engine_columns(const batch::RecordBatch& records, const batch::RecordBatch::Record& record,
                          Timestamp processed_at) {
    auto column = static_cast<std::uint32_t>(plan_.event_columns);
    row_.put<std::int64_t>(column++, 0, to_micros(processed_at));
    row_.put<std::int32_t>(column++, 0, records.partition.value());
    row_.put<std::int64_t>(column++, 0, record.offset.value());
    row_.put<std::int64_t>(column++, 0, to_micros(record.timestamp));
  }

  void count_accepted() {
    decoded_.unknown_fields += reader_.unknown_fields();
    if (const auto micros = reader_.event_time_micros()) {
      const Timestamp time = timestamp_from_micros(*micros);
      decoded_.min_event_time = std::min(decoded_.min_event_time.value_or(time), time);
      decoded_.max_event_time = std::max(decoded_.max_event_time.value_or(time), time);
    }
  }

  void reject(const batch::RecordBatch& records, const batch::RecordBatch::Record& record) {
    decoded_.rejects.push_back({.offset = record.offset,
                                .source_timestamp = record.timestamp,
                                .reason = refusal_->reason,
                                .code = refusal_->code,
                                .pointer = refusal_->pointer,
                                .detail = refusal_->detail,
                                .payload = records.payload(record)});
  }

  const Plan& plan_;
  Decoded decoded_;
  TextArena arena_;
  RowWriter row_;
  EventReader reader_;
  Refusal own_refusal_;
  const Refusal* refusal_ = nullptr;  // of the last event that was refused
};

Decoder::Decoder(const Contract& contract) : impl_(std::make_unique<Impl>(contract)) {}
Decoder::~Decoder() = default;

const Decoded& Decoder::decode(const batch::RecordBatch& records, Timestamp processed_at) {
  return impl_->decode(records, processed_at);
}

}  // namespace calve::contract
