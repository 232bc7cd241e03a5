// Where the few strings lie that are not in the batch as they stand, because they had escapes.

#pragma once

#include <cassert>
#include <cstddef>
#include <vector>

#include "calve/contract/packed_text.h"

namespace calve::contract {

// Nothing moves between two calls of reset(); memory is kept across them.
class TextArena {
 public:
  // `bytes_max`: of everything that will be taken. Texts taken before are gone.
  void reset(std::size_t bytes_max) {
    bytes_max_ = bytes_max;
    used_ = 0;
  }

  // Room for `bytes`; keep() says how many of them were used.
  char* room(std::size_t bytes) {
    // The first escape of a batch brings the memory: most batches have none.
    const std::size_t size = bytes_max_ + kReadableBytes;
    if (used_ == 0 && memory_.size() < size) memory_.resize(size);
    assert(used_ + bytes + kReadableBytes <= memory_.size());
    (void)bytes;
    return memory_.data() + used_;
  }
  void keep(std::size_t bytes) { used_ += bytes; }

 private:
  std::vector<char> memory_;
  std::size_t bytes_max_ = 0;
  std::size_t used_ = 0;
};

}  // namespace calve::contract
