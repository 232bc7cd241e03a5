// Compresses the pages of a file.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/util/type_fwd.h>

#include "calve/datafile/writer_options.h"

namespace calve::datafile {

inline constexpr int kDefaultZstdLevel = 1;

class PageCompressor {
 public:
  // Without a level the codec's own, and 1 for zstd.
  PageCompressor(Codec codec, std::optional<int> level);
  ~PageCompressor();

  arrow::Compression::type type() const { return type_; }
  int level() const { return level_; }

  // Throws parquet::ParquetException. Of any thread, one at a time.
  std::string compress(std::string_view page) const;

 private:
  arrow::Compression::type type_;
  int level_;
  std::unique_ptr<arrow::util::Codec> codec_;  // null for zstd and for none
};

}  // namespace calve::datafile
