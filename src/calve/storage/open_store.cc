#include "calve/storage/open_store.h"

#include <utility>

#include "calve/storage/local_store.h"
#include "calve/storage/location.h"
#include "calve/storage/memory_store.h"
#include "calve/storage/s3_store.h"

namespace calve::storage {

Result<std::unique_ptr<ObjectStore>> open_store(std::string_view location, const S3Options& s3) {
  switch (CALVE_TRY(parse_location(location)).scheme) {
    case Scheme::kLocal:
      return std::make_unique<LocalStore>();
    case Scheme::kMemory:
      return std::make_unique<MemoryStore>();
    case Scheme::kS3:
      return CALVE_TRY(S3Store::create_store(s3));
  }
  std::unreachable();
}

}  // namespace calve::storage
