// What is read can be written, and reads back equal.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "calve/iceberg/table_metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto metadata = calve::iceberg::parse_table_metadata({reinterpret_cast<const char*>(data), size});
  if (!metadata) return 0;
  if (calve::iceberg::parse_table_metadata(calve::iceberg::serialize_table_metadata(*metadata)) != metadata) {
    std::abort();
  }
  return 0;
}
