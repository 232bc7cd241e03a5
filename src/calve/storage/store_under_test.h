// The stores that obey one contract, for parameterised tests.
//
// S3 is among them where CALVE_TEST_S3_ENDPOINT names a server that honours create-if-absent
// and holds a bucket "calve-test".

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "calve/storage/object_store.h"

namespace calve {

inline void PrintTo(ErrorKind kind, std::ostream* out) {
  *out << error_kind_name(kind);
}

}  // namespace calve

namespace calve::storage {

struct StoreUnderTest {
  std::string name;
  // A prefix of the store that no other test uses, without a "/" at its end.
  std::function<std::string()> make_root;
  std::function<std::unique_ptr<ObjectStore>()> open;
};

inline void PrintTo(const StoreUnderTest& store, std::ostream* out) {
  *out << store.name;
}

std::vector<StoreUnderTest> stores_under_test();

template <class T>
std::optional<ErrorKind> error_kind(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().kind;
}

}  // namespace calve::storage
