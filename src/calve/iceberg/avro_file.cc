// Avro specification, "Object Container Files":
//
//   file     := "Obj" 0x01 metadata marker block*
//   metadata := map<bytes>          array items are: string (key) bytes (value)
//   marker   := 16 bytes            the same throughout the file
//   block    := long (objects) long (size) content{size} marker
//   content  := the objects one after the other, compressed by "avro.codec"

#include "calve/iceberg/avro_file.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "calve/iceberg/murmur3.h"

namespace calve::iceberg {
namespace {

constexpr std::string_view kMagic("Obj\1", 4);
constexpr std::size_t kMarkerBytes = 16;

Result<AvroMetadata> read_metadata(AvroDecoder& in) {
  AvroMetadata metadata;
  CALVE_TRY(in.items([&]() -> Result<void> {
    const std::string_view key = CALVE_TRY(in.bytes());
    metadata[std::string(key)] = std::string(CALVE_TRY(in.bytes()));
    return {};
  }));
  return metadata;
}

Result<AvroCodec> codec_of(const AvroMetadata& metadata) {
  const auto codec = metadata.find("avro.codec");
  return codec == metadata.end() ? AvroCodec::kNull : parse_codec(codec->second);
}

Result<AvroBlock> read_block(AvroDecoder& in, AvroCodec codec, std::size_t bytes_max) {
  AvroBlock block{.at = in.position()};
  block.objects = CALVE_TRY(in.long_value());
  if (block.objects < 0) return in.wrong("an Avro block has a negative count of objects");
  auto content = decompress(CALVE_TRY(in.bytes()), codec, bytes_max);
  if (!content) {
    return fail(content.error().kind,
                fmt::format("{}, in the Avro block at byte {}", content.error().message, block.at));
  }
  block.content = *std::move(content);
  if (std::cmp_greater(block.objects, block.content.size())) {
    return in.wrong("an Avro block has more objects than bytes");
  }
  return block;
}

// 16 bytes that data will not contain by chance.
std::string marker_for(std::string_view header) {
  std::string marker;
  for (std::uint32_t seed = 0; marker.size() < kMarkerBytes; ++seed) {
    const std::uint32_t hash = murmur3_x86_32(header, seed);
    marker.append(reinterpret_cast<const char*>(&hash), sizeof hash);
  }
  return marker;
}

}  // namespace

Result<AvroFile> read_avro_file(std::string_view bytes) {
  AvroDecoder in(bytes);
  if (bytes.substr(0, kMagic.size()) != kMagic) return in.wrong("the bytes are not an Avro file");
  CALVE_TRY(in.fixed(kMagic.size()));

  AvroFile file;
  file.metadata = CALVE_TRY(read_metadata(in));
  const auto schema = file.metadata.find("avro.schema");
  if (schema == file.metadata.end()) return in.wrong("an Avro file's header has no avro.schema");
  file.schema = CALVE_TRY(parse_avro_schema(schema->second));
  const AvroCodec codec = CALVE_TRY(codec_of(file.metadata));
  const std::string_view marker = CALVE_TRY(in.fixed(kMarkerBytes));

  std::size_t content_bytes = 0;
  while (in.remaining() > 0) {
    AvroBlock block = CALVE_TRY(read_block(in, codec, kAvroContentBytesMax - content_bytes));
    content_bytes += block.content.size();
    if (CALVE_TRY(in.fixed(kMarkerBytes)) != marker) {
      return in.wrong("an Avro block does not end with the file's synchronisation marker");
    }
    file.blocks.push_back(std::move(block));
  }
  return file;
}

AvroFileWriter::AvroFileWriter(AvroMetadata metadata, std::string schema_json, AvroCodec codec)
    : codec_(codec) {
  metadata["avro.schema"] = std::move(schema_json);
  metadata["avro.codec"] = codec_name(codec);
  AvroEncoder out;
  out.put_fixed(kMagic);
  out.put_items(metadata.size());
  for (const auto& [key, value] : metadata) {
    out.put_bytes(key);
    out.put_bytes(value);
  }
  out.put_items(0);
  marker_ = marker_for(out.bytes());
  out.put_fixed(marker_);
  bytes_ = out.bytes();
}

Result<void> AvroFileWriter::append_block(std::int64_t objects, std::string_view content) {
  AvroEncoder out;
  out.put_long(objects);
  out.put_bytes(CALVE_TRY(compress(content, codec_)));
  out.put_fixed(marker_);
  bytes_ += out.bytes();
  return {};
}

}  // namespace calve::iceberg
