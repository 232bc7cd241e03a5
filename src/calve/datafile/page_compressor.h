// Compresses the pages of a file.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/util/type_fwd.h>

#include "calve/base/result.h"
#include "calve/datafile/writer_options.h"

namespace calve::datafile {

class PageCompressor {
 public:
  // Without a level the codec's own, and 1 for zstd. A codec that has none leaves it alone, as Iceberg's Java
  // writer does. kConfig, with the range, for a level that the codec does not have.
  static Result<PageCompressor> make(Codec codec, std::optional<int> level);
  PageCompressor(PageCompressor&&) noexcept;
  PageCompressor& operator=(PageCompressor&&) noexcept;
  ~PageCompressor();

  arrow::Compression::type type() const { return type_; }
  int level() const { return level_; }

  // Throws parquet::ParquetException. Of any thread, one at a time.
  std::string compress(std::string_view page) const;

 private:
  PageCompressor(arrow::Compression::type type, int level, std::unique_ptr<arrow::util::Codec> codec);

  arrow::Compression::type type_;
  int level_;
  std::unique_ptr<arrow::util::Codec> codec_;  // null for zstd and for none
};

}  // namespace calve::datafile
