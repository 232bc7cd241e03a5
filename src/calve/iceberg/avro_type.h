// How C++ values lie in Avro. A record's fields are named once, with their ids, and the schema, the writer
// and the reader follow:
//
//   AvroRecord<FieldSummary>("r508")
//       .field(509, "contains_null", &FieldSummary::contains_null, avro_boolean())
//       .field(510, "lower_bound", &FieldSummary::lower_bound, avro_optional(avro_bytes()))
//       .type()
//
// A reader goes by the schema that the file's writer declared: it finds fields by their ids, in any
// order, skips those that it does not know, follows unions, and widens ints.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/iceberg/avro_bytes.h"
#include "calve/iceberg/avro_file.h"
#include "calve/iceberg/avro_schema.h"

namespace calve::iceberg {

template <class T>
struct AvroType {
  std::string schema;  // JSON
  std::function<void(AvroEncoder&, const T&)> write;
  // The value as `written` has it. kInvalidData if it is of no fitting type or malformed.
  std::function<Result<void>(AvroDecoder&, const AvroSchema& written, T&)> read;
};

// --- Single values ------------------------------------------------------------------------------

// Readers of one value that is not null, whatever union it stands in.
Result<bool> read_avro_boolean(AvroDecoder& in, const AvroSchema& written);
Result<std::int64_t> read_avro_integer(AvroDecoder& in, const AvroSchema& written, std::int64_t min,
                                       std::int64_t max);
Result<std::string_view> read_avro_bytes(AvroDecoder& in, const AvroSchema& written);

AvroType<bool> avro_boolean();
AvroType<std::string> avro_string();
AvroType<std::string> avro_bytes();

// A StrongId or an integer, as int or long by its size.
template <class T>
AvroType<T> avro_integer() {
  constexpr auto rep_of = [] {
    if constexpr (std::is_integral_v<T>) {
      return T{};
    } else {
      return typename T::rep{};
    }
  };
  using Rep = decltype(rep_of());
  return {.schema = sizeof(Rep) == sizeof(std::int32_t) ? R"("int")" : R"("long")",
          .write =
              [](AvroEncoder& out, const T& value) {
                if constexpr (std::is_integral_v<T>) {
                  out.put_long(value);
                } else {
                  out.put_long(value.value());
                }
              },
          .read = [](AvroDecoder& in, const AvroSchema& written, T& value) -> Result<void> {
            using Limits = std::numeric_limits<Rep>;
            value =
                T(static_cast<Rep>(CALVE_TRY(read_avro_integer(in, written, Limits::min(), Limits::max()))));
            return {};
          }};
}

// An enum whose values are 0 to `last`, as int.
template <class Enum>
AvroType<Enum> avro_enum(Enum last) {
  return {
      .schema = R"("int")",
      .write = [](AvroEncoder& out, const Enum& value) { out.put_long(static_cast<std::int64_t>(value)); },
      .read = [last](AvroDecoder& in, const AvroSchema& written, Enum& value) -> Result<void> {
        const auto max = static_cast<std::int64_t>(last);
        value = static_cast<Enum>(CALVE_TRY(read_avro_integer(in, written, 0, max)));
        return {};
      }};
}

template <class T>
AvroType<std::optional<T>> avro_optional(const AvroType<T>& type) {
  return {.schema = R"(["null",)" + type.schema + "]",
          .write =
              [write = type.write](AvroEncoder& out, const std::optional<T>& value) {
                out.put_long(value ? 1 : 0);
                if (value) write(out, *value);
              },
          .read = [read = type.read](AvroDecoder& in, const AvroSchema& written,
                                     std::optional<T>& value) -> Result<void> {
            value.reset();
            const AvroSchema& branch = *CALVE_TRY(read_branch(in, written));
            if (branch.kind == AvroKind::kNull) return {};
            return read(in, branch, value.emplace());
          }};
}

// --- Arrays and maps, null when empty -----------------------------------------------------------

// Calls read_item(item schema) for each item; none if the array is null.
template <class ReadItem>
Result<void> read_avro_items(AvroDecoder& in, const AvroSchema& written, ReadItem read_item) {
  const AvroSchema& array = *CALVE_TRY(read_branch(in, written));
  if (array.kind == AvroKind::kNull) return {};
  if (array.kind != AvroKind::kArray) return in.wrong("an Avro value is not an array");
  return in.items([&] { return read_item(array.members.front()); });
}

template <class T>
AvroType<std::vector<T>> avro_optional_array(int element_id, AvroType<T> element) {
  return {.schema = fmt::format(R"(["null",{{"type":"array","items":{},"element-id":{}}}])", element.schema,
                                element_id),
          .write =
              [write = element.write](AvroEncoder& out, const std::vector<T>& values) {
                out.put_long(values.empty() ? 0 : 1);
                if (values.empty()) return;
                out.put_items(values.size());
                for (const T& value : values)
                  write(out, value);
                out.put_items(0);
              },
          .read = [read = element.read](AvroDecoder& in, const AvroSchema& written,
                                        std::vector<T>& values) -> Result<void> {
            values.clear();
            return read_avro_items(
                in, written, [&](const AvroSchema& item) { return read(in, item, values.emplace_back()); });
          }};
}

// --- Records ------------------------------------------------------------------------------------

enum class WhenAbsent { kRefuse, kKeepDefault };

template <class Record>
class AvroRecord {
 public:
  explicit AvroRecord(std::string name) : name_(std::move(name)) {}

  // `when_absent`: what the reader does if the file's schema has no such field.
  template <class T>
  AvroRecord& field(int id, std::string_view name, T Record::* member, const AvroType<T>& type,
                    WhenAbsent when_absent = WhenAbsent::kKeepDefault) {
    add_schema(id, name, type.schema);
    fields_.push_back(
        {.id = FieldId(id),
         .name = std::string(name),
         .when_absent = when_absent,
         .write = [member, write = type.write](AvroEncoder& out,
                                               const Record& record) { write(out, record.*member); },
         .read = [member, read = type.read](AvroDecoder& in, const AvroSchema& written,
                                            Record& record) { return read(in, written, record.*member); }});
    return *this;
  }

  // A field that a writer must give and no reader needs.
  AvroRecord& constant(int id, std::string_view name, std::int64_t value) {
    add_schema(id, name, R"("long")");
    fields_.push_back(
        {.id = FieldId(id),
         .name = std::string(name),
         .when_absent = WhenAbsent::kKeepDefault,
         .write = [value](AvroEncoder& out, const Record&) { out.put_long(value); },
         .read = [](AvroDecoder& in, const AvroSchema& written, Record&) { return skip(in, written); }});
    return *this;
  }

  // The last call: it takes the fields.
  AvroType<Record> type() {
    // Shared by the two functions of the type and their copies.
    const auto fields = std::make_shared<const std::vector<Field>>(std::move(fields_));
    return {.schema = fmt::format(R"({{"type":"record","name":"{}","fields":[{}]}})", name_, fields_schema_),
            .write =
                [fields](AvroEncoder& out, const Record& record) {
                  for (const Field& field : *fields)
                    field.write(out, record);
                },
            .read = [fields](AvroDecoder& in, const AvroSchema& written,
                             Record& record) { return read_fields(*fields, in, written, record); }};
  }

 private:
  struct Field {
    FieldId id;
    std::string name;
    WhenAbsent when_absent;
    std::function<void(AvroEncoder&, const Record&)> write;
    std::function<Result<void>(AvroDecoder&, const AvroSchema&, Record&)> read;
  };

  void add_schema(int id, std::string_view name, std::string_view schema) {
    if (!fields_schema_.empty()) fields_schema_ += ',';
    const std::string_view absent = schema.starts_with(R"(["null")") ? R"("default":null,)" : "";
    fields_schema_ += fmt::format(R"({{"name":"{}","type":{},{}"field-id":{}}})", name, schema, absent, id);
  }

  static Result<void> read_fields(const std::vector<Field>& fields, AvroDecoder& in,
                                  const AvroSchema& written, Record& record) {
    const AvroSchema& declared = *CALVE_TRY(read_branch(in, written));
    if (declared.kind != AvroKind::kRecord) return in.wrong("an Avro value is not a record");
    std::uint64_t seen = 0;
    for (const AvroField& declared_field : declared.fields) {
      const auto field =
          std::ranges::find_if(fields, [&](const Field& f) { return declared_field.id == f.id; });
      if (field == fields.end()) {
        CALVE_TRY(skip(in, declared_field.schema));
        continue;
      }
      seen |= std::uint64_t{1} << (field - fields.begin());
      if (auto read = field->read(in, declared_field.schema, record); !read) {
        return fail(read.error().kind, fmt::format("{}, in field {}", read.error().message, field->name));
      }
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].when_absent == WhenAbsent::kRefuse && (seen >> i & 1) == 0) {
        return in.wrong(
            fmt::format("an Avro record lacks the field {} (id {})", fields[i].name, fields[i].id));
      }
    }
    return {};
  }

  std::string name_;
  std::string fields_schema_;
  std::vector<Field> fields_;  // at most 64
};

// Iceberg's maps with keys that are no strings: an array of records with logical type map.
template <class V>
AvroType<std::map<FieldId, V>> avro_optional_map(int key_id, int value_id, const AvroType<V>& value) {
  struct Entry {
    FieldId key;
    V value{};
  };
  auto entry = AvroRecord<Entry>(fmt::format("k{}_v{}", key_id, value_id))
                   .field(key_id, "key", &Entry::key, avro_integer<FieldId>(), WhenAbsent::kRefuse)
                   .field(value_id, "value", &Entry::value, value, WhenAbsent::kRefuse)
                   .type();
  return {
      .schema = fmt::format(R"(["null",{{"type":"array","items":{},"logicalType":"map"}}])", entry.schema),
      .write =
          [write = entry.write](AvroEncoder& out, const std::map<FieldId, V>& values) {
            out.put_long(values.empty() ? 0 : 1);
            if (values.empty()) return;
            out.put_items(values.size());
            for (const auto& [key, mapped] : values)
              write(out, {key, mapped});
            out.put_items(0);
          },
      .read = [read = entry.read](AvroDecoder& in, const AvroSchema& written,
                                  std::map<FieldId, V>& values) -> Result<void> {
        values.clear();
        return read_avro_items(in, written, [&](const AvroSchema& item) -> Result<void> {
          Entry next;
          CALVE_TRY(read(in, item, next));
          const auto [place, is_new] = values.try_emplace(next.key, std::move(next.value));
          if (!is_new) return in.wrong("an Avro map has a key twice");
          return {};
        });
      }};
}

// --- Whole files --------------------------------------------------------------------------------

// A block is written once it has this many bytes, before compression.
inline constexpr std::size_t kAvroBlockBytes = std::size_t{64} * 1024;
// Bounds what a small file of many tiny objects takes in memory.
inline constexpr std::int64_t kAvroObjectsMax = 4'000'000;

template <class T>
Result<std::vector<T>> read_objects(const AvroFile& file, const AvroType<T>& type) {
  std::vector<T> objects;
  std::int64_t total = 0;
  for (const AvroBlock& block : file.blocks) {
    AvroDecoder in(block.content, block.at);
    total += block.objects;
    if (total > kAvroObjectsMax) {
      return fail(
          ErrorKind::kUnsupported,
          fmt::format("an Avro file has more objects than are read at once: limit {}", kAvroObjectsMax));
    }
    for (std::int64_t i = 0; i < block.objects; ++i)
      CALVE_TRY(type.read(in, file.schema, objects.emplace_back()));
    if (in.remaining() > 0) return in.wrong("an Avro block has bytes after its last object");
  }
  return objects;
}

template <class T>
Result<std::string> write_objects(AvroMetadata metadata, const AvroType<T>& type,
                                  const std::vector<T>& objects, AvroCodec codec) {
  AvroFileWriter file(std::move(metadata), type.schema, codec);
  AvroEncoder block;
  std::int64_t in_block = 0;
  for (const T& object : objects) {
    type.write(block, object);
    ++in_block;
    if (block.bytes().size() < kAvroBlockBytes && &object != &objects.back()) continue;
    CALVE_TRY(file.append_block(in_block, block.bytes()));
    block.clear();
    in_block = 0;
  }
  return std::move(file).take();
}

}  // namespace calve::iceberg
