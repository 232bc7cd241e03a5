#include "calve/iceberg/avro_type.h"

namespace calve::iceberg {

Result<bool> read_avro_boolean(AvroDecoder& in, const AvroSchema& written) {
  const AvroSchema& branch = *CALVE_TRY(read_branch(in, written));
  if (branch.kind != AvroKind::kBoolean) return in.wrong("an Avro value is not a boolean");
  return in.boolean();
}

Result<std::int64_t> read_avro_integer(AvroDecoder& in, const AvroSchema& written, std::int64_t min,
                                       std::int64_t max) {
  const AvroSchema& branch = *CALVE_TRY(read_branch(in, written));
  if (branch.kind != AvroKind::kInt && branch.kind != AvroKind::kLong) {
    return in.wrong("an Avro value is not an int or long");
  }
  const std::int64_t value = CALVE_TRY(in.long_value());
  if (value < min || value > max) {
    return in.wrong(fmt::format("an Avro number is out of range: {} for {} to {}", value, min, max));
  }
  return value;
}

Result<std::string_view> read_avro_bytes(AvroDecoder& in, const AvroSchema& written) {
  const AvroSchema& branch = *CALVE_TRY(read_branch(in, written));
  if (branch.kind == AvroKind::kFixed) return in.fixed(branch.size_bytes);
  if (branch.kind != AvroKind::kBytes && branch.kind != AvroKind::kString) {
    return in.wrong("an Avro value is not a string or bytes");
  }
  return in.bytes();
}

AvroType<bool> avro_boolean() {
  return {.schema = R"("boolean")",
          .write = [](AvroEncoder& out, const bool& value) { out.put_boolean(value); },
          .read = [](AvroDecoder& in, const AvroSchema& written, bool& value) -> Result<void> {
            value = CALVE_TRY(read_avro_boolean(in, written));
            return {};
          }};
}

AvroType<std::string> avro_bytes() {
  return {.schema = R"("bytes")",
          .write = [](AvroEncoder& out, const std::string& value) { out.put_bytes(value); },
          .read = [](AvroDecoder& in, const AvroSchema& written, std::string& value) -> Result<void> {
            value = CALVE_TRY(read_avro_bytes(in, written));
            return {};
          }};
}

AvroType<std::string> avro_string() {
  AvroType<std::string> type = avro_bytes();
  type.schema = R"("string")";
  return type;
}

}  // namespace calve::iceberg
