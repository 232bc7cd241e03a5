// What can be read can be written and reads back equal.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "calve/iceberg/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace calve::iceberg;
  const auto list = read_manifest_list({reinterpret_cast<const char*>(data), size});
  if (!list) return 0;
  const auto written = write_manifest_list({}, *list, AvroCodec::kNull);
  if (!written || read_manifest_list(*written) != *list) std::abort();
  return 0;
}
