// What can be read can be written, reads back equal, and is then written as the same bytes.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "calve/iceberg/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace calve;
  using namespace calve::iceberg;
  const auto manifest = read_manifest({reinterpret_cast<const char*>(data), size});
  if (!manifest) return 0;
  const auto written = write_manifest(*manifest, AvroCodec::kNull);
  if (!written) {
    // A spec that does not fit its schema; a version 1 entry without its snapshot id.
    const bool is_known = written.error().kind == ErrorKind::kConfig || manifest->format_version == 1;
    return is_known ? 0 : (std::abort(), 1);
  }
  const auto again = read_manifest(*written);
  if (!again) std::abort();
  // A NaN is not equal to itself; version 1 has no place for some of what a version 2 schema reads.
  const bool is_comparable = *manifest == *manifest && manifest->format_version == 2;
  if (is_comparable && *again != *manifest) std::abort();
  if (write_manifest(*again, AvroCodec::kNull) != *written) std::abort();
  return 0;
}
