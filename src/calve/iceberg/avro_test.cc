#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/iceberg/avro_bytes.h"
#include "calve/iceberg/avro_codec.h"
#include "calve/iceberg/avro_file.h"
#include "calve/iceberg/avro_schema.h"
#include "calve/iceberg/avro_type.h"

namespace calve::iceberg {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

// --- Bytes --------------------------------------------------------------------------------------

TEST(AvroBytesTest, WritesAndReadsTheSpecificationsNumbers) {
  struct Case {
    std::int64_t number;
    std::string bytes;
  };
  const Case cases[] = {{0, "\0"s},
                        {-1, "\1"},
                        {1, "\2"},
                        {-64, "\x7f"},
                        {64, "\x80\1"},
                        {std::numeric_limits<std::int64_t>::max(), "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\1"},
                        {std::numeric_limits<std::int64_t>::min(), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"}};
  for (const auto& [number, bytes] : cases) {
    AvroEncoder out;
    out.put_long(number);
    EXPECT_EQ(out.bytes(), bytes) << number;
    EXPECT_EQ(AvroDecoder(bytes).long_value(), Result<std::int64_t>(number)) << number;
  }
}

template <class T>
Result<void> outcome(const Result<T>& result) {
  if (!result) return std::unexpected(result.error());
  return {};
}

TEST(AvroBytesTest, RefusesWhatDoesNotFit) {
  struct Case {
    std::string bytes;
    std::string_view message;
    Result<void> (*read)(AvroDecoder&);
  };
  const auto long_value = [](AvroDecoder& in) -> Result<void> { return outcome(in.long_value()); };
  const auto bytes = [](AvroDecoder& in) -> Result<void> { return outcome(in.bytes()); };
  const auto items = [](AvroDecoder& in) -> Result<void> {
    return in.items([&]() -> Result<void> { return outcome(in.fixed(1)); });
  };
  const auto nothing = [](AvroDecoder& in) -> Result<void> {
    return in.items([]() -> Result<void> { return {}; });
  };
  const Case cases[] = {
      {"", "cut short", long_value},
      {"\x80", "cut short", long_value},
      {std::string(9, '\xff') + "\2", "more than 64 bits", long_value},
      {"\1", "negative size", bytes},
      {"\4a", "past the end", bytes},
      {"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\1", "past the end", bytes},
      {"\x10"
       "a",
       "more items than bytes", items},
      {"\3\x7f"
       "ab",
       "past the end", items},
      {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", "out of range", items},
      {"\2\0"s, "without content", nothing},
  };
  for (const auto& [data, message, read] : cases) {
    AvroDecoder in(data);
    const auto result = read(in);
    ASSERT_FALSE(result) << message;
    EXPECT_EQ(result.error().kind, ErrorKind::kInvalidData) << message;
    EXPECT_THAT(result.error().message, HasSubstr(message));
    EXPECT_THAT(result.error().message, HasSubstr("at byte "));
  }
}

TEST(AvroBytesTest, NamesTheBlockOfAWrongByte) {
  EXPECT_THAT(AvroDecoder("", 77).boolean().error().message,
              HasSubstr("at byte 0 in the content of the block at byte 77"));
}

// --- Compression --------------------------------------------------------------------------------

TEST(AvroCodecTest, UndoesItself) {
  for (const AvroCodec codec : {AvroCodec::kNull, AvroCodec::kDeflate, AvroCodec::kZstandard}) {
    for (const std::string& content : {""s, "a"s, std::string(1'000'000, 'x')}) {
      const auto compressed = compress(content, codec);
      ASSERT_TRUE(compressed);
      EXPECT_EQ(decompress(*compressed, codec, 1'000'000), Result<std::string>(content)) << codec_name(codec);
    }
    EXPECT_EQ(parse_codec(codec_name(codec)), Result<AvroCodec>(codec));
  }
  EXPECT_EQ(parse_codec("snappy").error().kind, ErrorKind::kUnsupported);
}

TEST(AvroCodecTest, StopsAtTheLimit) {
  for (const AvroCodec codec : {AvroCodec::kNull, AvroCodec::kDeflate, AvroCodec::kZstandard}) {
    const auto bomb = decompress(*compress(std::string(1'000'000, 'x'), codec), codec, 999'999);
    ASSERT_FALSE(bomb) << codec_name(codec);
    EXPECT_EQ(bomb.error().kind, ErrorKind::kUnsupported) << codec_name(codec);
  }
}

TEST(AvroCodecTest, LeavesWhatPythonPutsAfterTheEnd) {
  EXPECT_EQ(decompress(*compress("abc", AvroCodec::kDeflate) + "\1\2\3", AvroCodec::kDeflate, 10),
            Result<std::string>("abc"));
}

// --- Schemas ------------------------------------------------------------------------------------

TEST(AvroSchemaTest, ResolvesNamesThroughNamespaces) {
  const auto schema = parse_avro_schema(R"({
    "type": "record", "name": "a", "namespace": "x.y", "fields": [
      {"name": "one", "field-id": 1, "type": {"type": "fixed", "name": "f", "size": 3, "logicalType": "decimal",
                                              "precision": 5, "scale": 2}},
      {"name": "two", "type": ["f", "null"]},
      {"name": "three", "type": "x.y.f"},
      {"name": "four", "type": {"type": {"type": "int"}, "logicalType": "date"}}]})");
  ASSERT_TRUE(schema) << schema.error().message;
  ASSERT_EQ(schema->fields.size(), 4U);
  EXPECT_EQ(schema->fields[0].id, FieldId(1));
  EXPECT_EQ(schema->fields[1].id, std::nullopt);
  const std::optional<PrimitiveType> decimal = DecimalType{5, 2};
  EXPECT_EQ(as_primitive(schema->fields[0].schema), decimal);
  EXPECT_EQ(as_primitive(schema->fields[1].schema.members.at(0)), decimal);
  EXPECT_EQ(as_primitive(schema->fields[2].schema), decimal);
  EXPECT_EQ(as_primitive(schema->fields[3].schema), std::optional<PrimitiveType>(PrimitiveKind::kDate));
}

std::string nested_arrays(int levels) {
  std::string schema = R"("int")";
  for (int i = 0; i < levels; ++i)
    schema = R"({"type":"array","items":)" + schema + "}";
  return schema;
}

// Each record holds the one before `copies` times.
std::string doubling_records(int records, int copies) {
  std::string fields;
  std::string inner = R"("int")";
  for (int r = 0; r < records; ++r) {
    std::string members;
    for (int c = 0; c < copies; ++c) {
      members += fmt::format(R"({}{{"name":"m{}","type":{}}})", c == 0 ? "" : ",", c, inner);
    }
    fields += fmt::format(R"({}{{"name":"f{}","type":{{"type":"record","name":"r{}","fields":[{}]}}}})",
                          r == 0 ? "" : ",", r, r, members);
    inner = fmt::format(R"("r{}")", r);
  }
  return R"({"type":"record","name":"all","fields":[)" + fields + "]}";
}

TEST(AvroSchemaTest, RefusesWhatIsNoneOrTooLarge) {
  struct Case {
    std::string json;
    ErrorKind kind;
  };
  const Case cases[] = {
      {"", ErrorKind::kInvalidData},
      {"7", ErrorKind::kInvalidData},
      {R"("unheard_of")", ErrorKind::kInvalidData},
      {R"({"type":"array"})", ErrorKind::kInvalidData},
      {R"({"type":"fixed","name":"f","size":-1})", ErrorKind::kInvalidData},
      {R"([{"type":"fixed","name":"f","size":1},{"type":"fixed","name":"f","size":1}])",
       ErrorKind::kInvalidData},
      {R"({"type":"record","name":"r","fields":[{"name":"f","type":"r"}]})", ErrorKind::kUnsupported},
      {nested_arrays(kAvroSchemaDepthMax), ErrorKind::kUnsupported},
      {doubling_records(20, 2), ErrorKind::kUnsupported},
      {doubling_records(100, 1), ErrorKind::kUnsupported},
  };
  for (const auto& [json, kind] : cases) {
    const auto schema = parse_avro_schema(json);
    ASSERT_FALSE(schema) << json.substr(0, 300);
    EXPECT_EQ(schema.error().kind, kind) << json.substr(0, 300) << "\n" << schema.error().message;
  }
  EXPECT_TRUE(parse_avro_schema(nested_arrays(kAvroSchemaDepthMax - 1)));
}

// --- Another writer's schema --------------------------------------------------------------------

struct Pair {
  std::int64_t number = -1;
  std::optional<std::string> text;

  bool operator==(const Pair&) const = default;
};

AvroType<Pair> pair_type() {
  return AvroRecord<Pair>("pair")
      .field(1, "number", &Pair::number, avro_integer<std::int64_t>(), WhenAbsent::kRefuse)
      .field(2, "text", &Pair::text, avro_optional(avro_string()))
      .type();
}

Result<Pair> read_pair(std::string_view fields, std::string_view bytes) {
  const AvroSchema written = CALVE_TRY(
      parse_avro_schema(fmt::format(R"({{"type":"record","name":"other","fields":[{}]}})", fields)));
  AvroDecoder in(bytes);
  Pair pair;
  CALVE_TRY(pair_type().read(in, written, pair));
  if (in.remaining() > 0) return in.wrong("bytes are left");
  return pair;
}

TEST(AvroTypeTest, GoesByTheIdsOfTheFilesOwnSchema) {
  struct Case {
    const char* what;
    std::string fields;
    std::string bytes;
    Pair pair;
  };
  const std::string number = R"({"name":"n","field-id":1,"type":"int"})";
  const Case cases[] = {
      {"as written here",
       R"({"name":"n","field-id":1,"type":"long"},{"name":"t","field-id":2,"type":["null","string"]})",
       "\x0e\2\2x",
       {7, "x"}},
      {"other order, null last",
       R"({"name":"t","field-id":2,"type":["string","null"]},)" + number,
       "\2\x0e",
       {7, {}}},
      {"no union", R"({"name":"t","field-id":2,"type":"string"},)" + number, "\2x\x0e", {7, "x"}},
      {"field absent", number, "\x0e", {7, {}}},
      {"unknown record",
       R"({"name":"u","field-id":9,"type":{"type":"record","name":"i","fields":[)"
       R"({"name":"a","type":"double"},{"name":"b","type":"boolean"}]}},)" +
           number,
       std::string(8, 'd') + "\1\x0e",
       {7, {}}},
      {"unknown array, with its size",
       R"({"name":"u","type":{"type":"array","items":"bytes"}},)" + number,
       "\3\6\2a\0\0\x0e"s,
       {7, {}}},
      {"unknown map",
       R"({"name":"u","type":{"type":"map","values":"float"}},)" + number,
       "\2\2kffff\0\x0e"s,
       {7, {}}},
      {"unknown enum and fixed",
       R"({"name":"e","type":{"type":"enum","name":"e","symbols":["A"]}},)"
       R"({"name":"x","type":{"type":"fixed","name":"x","size":2}},)" +
           number,
       "\0xx\x0e"s,
       {7, {}}},
  };
  for (const auto& [what, fields, bytes, pair] : cases) {
    const auto read = read_pair(fields, bytes);
    ASSERT_TRUE(read) << what << ": " << read.error().message;
    EXPECT_EQ(*read, pair) << what;
  }
}

TEST(AvroTypeTest, NamesTheFieldThatDoesNotFit) {
  struct Case {
    std::string fields;
    std::string bytes;
    const char* message;
  };
  const Case cases[] = {
      {R"({"name":"t","field-id":2,"type":"string"})", "\2x", "lacks the field number (id 1)"},
      {R"({"name":"number","type":"long"})", "\2", "lacks the field number (id 1)"},
      {R"({"name":"n","field-id":1,"type":"string"})", "\2x",
       "not an int or long: at byte 0, in field number"},
      {R"({"name":"n","field-id":1,"type":["null","long"]})", "\0"s,
       "not an int or long: at byte 1, in field number"},
      {R"({"name":"n","field-id":1,"type":["null","long"]})", "\4", "no such branch"},
  };
  for (const auto& [fields, bytes, message] : cases) {
    const auto read = read_pair(fields, bytes);
    ASSERT_FALSE(read) << message;
    EXPECT_EQ(read.error().kind, ErrorKind::kInvalidData);
    EXPECT_THAT(read.error().message, HasSubstr(message));
  }
}

// --- Files --------------------------------------------------------------------------------------

Result<std::vector<Pair>> read_pairs(std::string_view bytes) {
  return read_objects(CALVE_TRY(read_avro_file(bytes)), pair_type());
}

TEST(AvroFileTest, RefusesBlocksThatLie) {
  const std::vector<Pair> pairs{{1, "a"}, {2, {}}};
  const std::string bytes = *write_objects({{"key", "value"}}, pair_type(), pairs, AvroCodec::kNull);
  const auto file = read_avro_file(bytes);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->metadata.at("key"), "value");
  EXPECT_EQ(*read_objects(*file, pair_type()), pairs);

  const std::size_t count_at = file->blocks.at(0).at;
  struct Case {
    std::size_t at;
    char byte;
    const char* message;
  };
  const Case cases[] = {{0, 'o', "not an Avro file"},
                        {count_at, '\1', "negative count"},
                        {count_at, '\x20', "more objects than bytes"},
                        {count_at, '\2', "bytes after its last object"},
                        {count_at, '\6', "cut short"},
                        {bytes.size() - 1, static_cast<char>(bytes.back() ^ 1), "synchronisation marker"}};
  for (const auto& [at, byte, message] : cases) {
    std::string changed = bytes;
    changed[at] = byte;
    const auto read = read_pairs(changed);
    ASSERT_FALSE(read) << message;
    EXPECT_EQ(read.error().kind, ErrorKind::kInvalidData) << message;
    EXPECT_THAT(read.error().message, HasSubstr(message));
  }
}

}  // namespace
}  // namespace calve::iceberg
