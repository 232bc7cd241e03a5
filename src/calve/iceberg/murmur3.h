// MurmurHash3, x86 32 bit: the hash of Iceberg's bucket transform. Iceberg spec: "Appendix B: 32-bit
// Hash Requirements".

#pragma once

#include <cstdint>
#include <string_view>

namespace calve::iceberg {

std::uint32_t murmur3_x86_32(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace calve::iceberg
