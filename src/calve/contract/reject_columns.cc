#include "calve/contract/reject_columns.h"

namespace calve::contract {
namespace {

using iceberg::Presence;
using iceberg::PrimitiveKind;

enum RejectField : std::int32_t {
  kSourceTopic = 1,
  kSourcePartition,
  kSourceOffset,
  kSourceTimestamp,
  kRejectedAt,
  kReason,
  kPointer,
  kDetail,
  kPayload,
  kContractVersion,
};

iceberg::NestedField field(RejectField id, std::string name, PrimitiveKind kind, std::string doc,
                           Presence presence = Presence::kRequired) {
  return {
      .id = FieldId(id), .name = std::move(name), .type = kind, .presence = presence, .doc = std::move(doc)};
}

std::vector<batch::Column> empty_columns() {
  std::vector<batch::Column> columns;
  for (const iceberg::NestedField& each : rejects_schema().fields) {
    batch::Column& column = columns.emplace_back();
    column.field = each.id;
    column.max_definition_level = each.presence == Presence::kOptional ? 1 : 0;
    switch (static_cast<RejectField>(each.id.value())) {
      case kSourcePartition:
        column.values = std::vector<std::int32_t>();
        break;
      case kSourceOffset:
      case kSourceTimestamp:
      case kRejectedAt:
        column.values = std::vector<std::int64_t>();
        break;
      case kSourceTopic:
      case kReason:
      case kPointer:
      case kDetail:
      case kPayload:
      case kContractVersion:
        column.values = std::vector<std::string_view>();
        break;
    }
  }
  return columns;
}

template <class T>
void put(batch::ColumnBatch& rows, RejectField id, T value) {
  std::get<std::vector<T>>(rows.columns[id - 1].values).push_back(value);
}

}  // namespace

const iceberg::Schema& rejects_schema() {
  using enum PrimitiveKind;
  static const iceberg::Schema kSchema{
      .fields = {
          field(kSourceTopic, "source_topic", kString, "The topic that the event came from."),
          field(kSourcePartition, "source_partition", kInt, "Its partition."),
          field(kSourceOffset, "source_offset", kLong, "Its offset there."),
          field(kSourceTimestamp, "source_timestamp", kTimestamptz, "The source's time of the event."),
          field(kRejectedAt, "rejected_at", kTimestamptz, "When the engine refused it."),
          field(kReason, "reason", kString, "A code: see docs/reference/contract.md."),
          field(kPointer, "pointer", kString, "JSON pointer of the value; empty for the event as a whole."),
          field(kDetail, "detail", kString, "What was wrong, for people."),
          field(kPayload, "payload", kBinary, "The event's bytes; null if it had none.", Presence::kOptional),
          field(kContractVersion, "contract_version", kString, "The contract that refused it."),
      }};
  return kSchema;
}

const iceberg::PartitionSpec& rejects_partition_spec() {
  static const iceberg::PartitionSpec kSpec{.fields = {{.source_id = FieldId(kRejectedAt),
                                                        .field_id = FieldId(1000),
                                                        .name = "rejected_at_day",
                                                        .transform = iceberg::SimpleTransform::kDay}}};
  return kSpec;
}

const iceberg::SortOrder& rejects_sort_order() {
  static const iceberg::SortOrder kUnsorted;
  return kUnsorted;
}

void write_reject_columns(std::span<const Reject> rejects, const RejectOrigin& origin,
                          batch::ColumnBatch& rows) {
  rows.clear();
  if (rows.columns.empty()) rows.columns = empty_columns();
  rows.row_count = rejects.size();
  for (const Reject& reject : rejects) {
    put(rows, kSourceTopic, origin.topic);
    put(rows, kSourcePartition, origin.partition.value());
    put(rows, kSourceOffset, reject.offset.value());
    put(rows, kSourceTimestamp, to_micros(reject.source_timestamp));
    put(rows, kRejectedAt, to_micros(origin.rejected_at));
    put(rows, kReason, reject.code);
    put(rows, kPointer, std::string_view(reject.pointer));
    put(rows, kDetail, std::string_view(reject.detail));
    const bool has_payload = reject.reason != Reason::kTombstone;
    rows.columns[kPayload - 1].definition_levels.push_back(has_payload ? 1 : 0);
    if (has_payload) put(rows, kPayload, reject.payload);
    put(rows, kContractVersion, origin.contract_version);
  }
}

}  // namespace calve::contract
