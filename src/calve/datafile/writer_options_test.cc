#include "calve/datafile/writer_options.h"

#include <gtest/gtest.h>

namespace calve::datafile {
namespace {

TEST(WriterOptionsTest, ReadsIcebergsNames) {
  const auto options = writer_options({{"write.parquet.compression-codec", "SNAPPY"},
                                       {"write.parquet.compression-level", "3"},
                                       {"write.parquet.page-size-bytes", "1000"},
                                       {"write.parquet.dict-size-bytes", "2000"},
                                       {"write.parquet.row-group-size-bytes", "3000"},
                                       {"write.target-file-size-bytes", "4000"},
                                       {"calve.write.parquet.encodings", "delta"},
                                       {"calve.write.parquet.page-index", "write"},
                                       {"write.format.default", "parquet"}});
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(*options, (WriterOptions{.codec = Codec::kSnappy,
                                     .compression_level = 3,
                                     .page_bytes_max = 1000,
                                     .dictionary_bytes_max = 2000,
                                     .row_group_bytes_max = 3000,
                                     .target_file_bytes = 4000,
                                     .encodings = EncodingSet::kDelta,
                                     .page_index = PageIndex::kWrite}));
  EXPECT_EQ(*writer_options({}), WriterOptions{});
}

TEST(WriterOptionsTest, RefusesWhatItCannotDo) {
  const std::pair<std::string, std::string> cases[] = {
      {"write.parquet.compression-codec", "brotli"}, {"write.parquet.compression-codec", "lz4"},
      {"write.parquet.compression-level", "fast"},   {"write.parquet.compression-level", "99"},
      {"write.parquet.page-size-bytes", "0"},        {"write.parquet.dict-size-bytes", "1 MB"},
      {"write.parquet.row-group-size-bytes", "-1"},  {"write.target-file-size-bytes", ""},
      {"calve.write.parquet.encodings", "plain"},    {"calve.write.parquet.page-index", "true"},
  };
  for (const auto& [name, value] : cases) {
    const auto options = writer_options({{name, value}});
    ASSERT_FALSE(options.has_value()) << name << "='" << value << "'";
    EXPECT_EQ(options.error().kind, ErrorKind::kConfig);
    EXPECT_NE(options.error().message.find(name), std::string::npos) << options.error().message;
  }
}

}  // namespace
}  // namespace calve::datafile
