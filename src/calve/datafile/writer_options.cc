#include "calve/datafile/writer_options.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "calve/datafile/page_compressor.h"

namespace calve::datafile {
namespace {

using Properties = std::map<std::string, std::string>;

template <class Integer>
Result<Integer> integer(const std::string& name, const std::string& text, Integer min) {
  Integer value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || value < min) {
    return fail(
        ErrorKind::kConfig,
        fmt::format("the table property must be a whole number of at least {}: {}='{}'", min, name, text));
  }
  return value;
}

Result<void> read_bytes(const Properties& properties, const std::string& name, std::int64_t& into) {
  const auto found = properties.find(name);
  if (found != properties.end()) into = CALVE_TRY(integer<std::int64_t>(name, found->second, 1));
  return {};
}

template <class Choice, std::size_t kCount>
Result<void> read_choice(const Properties& properties, const std::string& name,
                         const std::pair<std::string_view, Choice> (&choices)[kCount], Choice& into) {
  const auto found = properties.find(name);
  if (found == properties.end()) return {};
  std::string text = found->second;
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string names;
  for (const auto& [choice_name, choice] : choices) {
    if (text == choice_name) {
      into = choice;
      return {};
    }
    names += fmt::format("{}{}", names.empty() ? "" : ", ", choice_name);
  }
  return fail(ErrorKind::kConfig,
              fmt::format("the table property has a value that is not known here; use one of {}: "
                          "{}='{}'",
                          names, name, found->second));
}

constexpr std::pair<std::string_view, Codec> kCodecs[] = {{"zstd", Codec::kZstd},
                                                          {"snappy", Codec::kSnappy},
                                                          {"gzip", Codec::kGzip},
                                                          {"lz4_raw", Codec::kLz4Raw},
                                                          {"uncompressed", Codec::kUncompressed}};
constexpr std::pair<std::string_view, EncodingSet> kEncodingSets[] = {{"portable", EncodingSet::kPortable},
                                                                      {"delta", EncodingSet::kDelta}};
constexpr std::pair<std::string_view, PageIndex> kPageIndexes[] = {{"omit", PageIndex::kOmit},
                                                                   {"write", PageIndex::kWrite}};

}  // namespace

Result<WriterOptions> writer_options(const Properties& properties) {
  WriterOptions options;
  CALVE_TRY(read_choice(properties, "write.parquet.compression-codec", kCodecs, options.codec));
  const std::string level_name = "write.parquet.compression-level";
  if (const auto level = properties.find(level_name); level != properties.end()) {
    options.compression_level =
        CALVE_TRY(integer<int>(level_name, level->second, std::numeric_limits<int>::min()));
    CALVE_TRY(PageCompressor::make(options.codec, options.compression_level));
  }
  CALVE_TRY(read_bytes(properties, "write.parquet.page-size-bytes", options.page_bytes_max));
  CALVE_TRY(read_bytes(properties, "write.parquet.dict-size-bytes", options.dictionary_bytes_max));
  CALVE_TRY(read_bytes(properties, "write.parquet.row-group-size-bytes", options.row_group_bytes_max));
  CALVE_TRY(read_bytes(properties, "write.target-file-size-bytes", options.target_file_bytes));
  CALVE_TRY(read_choice(properties, "calve.write.parquet.encodings", kEncodingSets, options.encodings));
  CALVE_TRY(read_choice(properties, "calve.write.parquet.page-index", kPageIndexes, options.page_index));
  return options;
}

}  // namespace calve::datafile
