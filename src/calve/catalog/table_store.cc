#include "calve/catalog/table_store.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "calve/storage/open_store.h"

namespace calve::catalog {
namespace {

using storage::S3Options;

std::optional<std::string> find(const Properties& properties, const char* name) {
  const auto found = properties.find(name);
  if (found == properties.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Result<AwsCredentials> keys_in(const StorageAccess& access) {
  const auto key = find(access.properties, "s3.access-key-id");
  const auto secret = find(access.properties, "s3.secret-access-key");
  if (!key || !secret) {
    return fail(ErrorKind::kAccessDenied,
                fmt::format("The catalog no longer lends keys for this; check what its user may do: {}",
                            access.prefix));
  }
  return AwsCredentials{.access_key_id = *key,
                        .secret_access_key = Secret(*secret),
                        .session_token = Secret(find(access.properties, "s3.session-token").value_or(""))};
}

// Asked anew for each request, as they are lent for hours at most.
class LentKeys final : public storage::CredentialsProvider {
 public:
  LentKeys(Catalog& catalog, std::string prefix) : catalog_(catalog), prefix_(std::move(prefix)) {}

  Result<AwsCredentials> get() override { return keys_in(CALVE_TRY(catalog_.storage_access(prefix_))); }

  Result<AwsCredentials> renew(const AwsCredentials& expired) override {
    // Whoever waited here finds what another has fetched.
    const std::scoped_lock lock(renewing_);
    AwsCredentials known = CALVE_TRY(get());
    if (known != expired) return known;
    return keys_in(CALVE_TRY(catalog_.renewed_storage_access(prefix_)));
  }

 private:
  Catalog& catalog_;
  const std::string prefix_;
  std::mutex renewing_;
};

S3Options s3_options(const S3Options& configured, Catalog& catalog, const StorageAccess& access) {
  S3Options options = configured;
  if (const auto endpoint = find(access.properties, "s3.endpoint");
      endpoint && *endpoint != options.endpoint) {
    options.endpoint = *endpoint;
    options.addressing = storage::S3Addressing::kByEndpoint;
  }
  if (const auto path_style = find(access.properties, "s3.path-style-access")) {
    options.addressing =
        *path_style == "true" ? storage::S3Addressing::kPath : storage::S3Addressing::kVirtualHosted;
  }
  for (const char* name : {"s3.region", "client.region"}) {
    if (const auto region = find(access.properties, name)) options.region = *region;
  }
  if (find(access.properties, "s3.access-key-id")) {
    options.credentials = std::make_shared<LentKeys>(catalog, access.prefix);
  }
  return options;
}

}  // namespace

TableStore::TableStore(Catalog& catalog, S3Options configured)
    : catalog_(catalog), configured_(std::move(configured)) {}

Result<storage::ObjectStore*> TableStore::store_of(const std::string& path) {
  {
    const std::scoped_lock lock(mutex_);
    // Of several prefixes the longest: the last one in their order.
    for (auto store = stores_.rbegin(); store != stores_.rend(); ++store) {
      if (path.starts_with(store->first)) return store->second.get();
    }
  }
  const StorageAccess access = CALVE_TRY(catalog_.storage_access(path));
  auto opened = CALVE_TRY(storage::open_store(path, s3_options(configured_, catalog_, access)));
  const std::scoped_lock lock(mutex_);
  return stores_.try_emplace(access.prefix, std::move(opened)).first->second.get();
}

Result<std::string> TableStore::read(const std::string& path) {
  return CALVE_TRY(store_of(path))->read(path);
}

Result<std::string> TableStore::read_range(const std::string& path, std::int64_t begin, std::int64_t length) {
  return CALVE_TRY(store_of(path))->read_range(path, begin, length);
}

Result<storage::ObjectInfo> TableStore::stat(const std::string& path) {
  return CALVE_TRY(store_of(path))->stat(path);
}

Result<void> TableStore::write(const std::string& path, std::string_view bytes) {
  return CALVE_TRY(store_of(path))->write(path, bytes);
}

Result<void> TableStore::create(const std::string& path, std::string_view bytes) {
  return CALVE_TRY(store_of(path))->create(path, bytes);
}

Result<std::unique_ptr<storage::ObjectWriter>> TableStore::open_writer(const std::string& path) {
  return CALVE_TRY(store_of(path))->open_writer(path);
}

Result<void> TableStore::remove(const std::string& path) {
  return CALVE_TRY(store_of(path))->remove(path);
}

Result<std::vector<storage::ObjectInfo>> TableStore::list(const std::string& prefix) {
  return CALVE_TRY(store_of(prefix))->list(prefix);
}

}  // namespace calve::catalog
