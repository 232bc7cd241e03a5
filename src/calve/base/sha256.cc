#include "calve/base/sha256.h"

#include <cstdlib>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace calve {

Sha256Digest sha256(std::string_view bytes) {
  Sha256Digest digest;
  // Fails only where the library was built without the algorithm.
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    std::abort();
  return digest;
}

Sha256Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view bytes) {
  Sha256Digest digest;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(),
           nullptr) == nullptr) {
    std::abort();
  }
  return digest;
}

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace calve
