// Finds out whether a store keeps the promise that commits rest on: of racing creates one wins.
//
// Some S3 emulators ignore "If-None-Match: *" and overwrite, some network file systems have a link()
// that is not atomic. On such a store two writers would both believe that they committed.

#pragma once

#include <string>

#include "calve/storage/object_store.h"

namespace calve::storage {

struct CreateIfAbsentProbe {
  static constexpr int kRacersMax = 256;

  std::string prefix;  // a folder of the table or warehouse, without "/" at its end
  int racers = 32;     // threads, each with one create(); 1 to kRacersMax
};

// Creates a fresh object below the prefix from many threads, then once more, reads it and removes it.
// kConfig: the store does not honour create-if-absent; one writer at a time may use it, no more.
// Any other error is the store's own and says nothing about its honesty.
Result<void> probe_create_if_absent(ObjectStore& store, const CreateIfAbsentProbe& probe);

}  // namespace calve::storage
