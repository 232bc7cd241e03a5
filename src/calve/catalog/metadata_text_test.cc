#include "calve/catalog/metadata_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/catalog/test_gzip.h"

namespace calve::catalog {
namespace {

using testing::HasSubstr;

constexpr auto kPath = "memory://w/metadata/v7.gz.metadata.json";

TEST(MetadataTextTest, WhatIsNotGzipIsTheText) {
  for (const auto* text : {"", "{}", "\x1f", "{\"format-version\": 2}"}) {
    EXPECT_EQ(decompress_metadata(kPath, text), text);
  }
}

TEST(MetadataTextTest, UnpacksGzip) {
  for (const std::size_t bytes : {0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3'000'000}) {
    std::string text(bytes, ' ');
    for (std::size_t i = 0; i < bytes; ++i)
      text[i] = static_cast<char>('a' + i * i % 23);
    const auto unpacked = decompress_metadata(kPath, gzip(text));
    ASSERT_TRUE(unpacked) << bytes << ": " << unpacked.error().message;
    EXPECT_TRUE(*unpacked == text) << bytes;
  }
}

TEST(MetadataTextTest, SaysWhichFileIsDamaged) {
  const std::string whole = gzip(std::string(100'000, 'x') + "end");
  std::string wrong_checksum = whole;
  wrong_checksum[whole.size() - 5] ^= 1;
  std::string wrong_byte = whole;
  wrong_byte[whole.size() / 2] ^= 0x55;
  struct Case {
    const char* name;
    std::string bytes;
  };
  for (const auto& [name, bytes] :
       {Case{"magic alone", "\x1f\x8b"}, Case{"header alone", whole.substr(0, 10)},
        Case{"cut in the middle", whole.substr(0, whole.size() / 2)},
        Case{"without its last byte", whole.substr(0, whole.size() - 1)},
        Case{"wrong checksum", wrong_checksum}, Case{"wrong byte", wrong_byte}}) {
    const auto unpacked = decompress_metadata(kPath, bytes);
    ASSERT_FALSE(unpacked) << name;
    EXPECT_EQ(unpacked.error().kind, ErrorKind::kInvalidData) << name;
    EXPECT_THAT(unpacked.error().message, HasSubstr(kPath)) << name;
  }
}

TEST(MetadataTextTest, ABombIsGivenUpAtTheLimit) {
  constexpr std::size_t kBytesMax = 1'000'000;
  const auto whole = decompress_metadata(kPath, gzip(std::string(kBytesMax, '\0')), kBytesMax);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->size(), kBytesMax);
  for (const std::size_t bytes : {kBytesMax + 1, 50 * kBytesMax}) {
    const std::string bomb = gzip(std::string(bytes, '\0'));
    ASSERT_LT(bomb.size(), bytes / 500);
    const auto unpacked = decompress_metadata(kPath, bomb, kBytesMax);
    ASSERT_FALSE(unpacked) << bytes;
    EXPECT_EQ(unpacked.error().kind, ErrorKind::kInvalidData) << bytes;
    EXPECT_THAT(unpacked.error().message, HasSubstr("1000000")) << bytes;
  }
}

}  // namespace
}  // namespace calve::catalog
