// Whatever is read can be written and read again as the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "calve/storage/xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using calve::storage::parse_xml;
  const auto element = parse_xml({reinterpret_cast<const char*>(data), size});
  if (element && parse_xml(to_xml(*element)) != element) std::abort();
  return 0;
}
