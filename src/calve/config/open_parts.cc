#include "calve/config/open_parts.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "calve/catalog/glue_catalog.h"
#include "calve/catalog/hadoop_catalog.h"
#include "calve/catalog/rest_catalog.h"
#include "calve/catalog/table_store.h"
#include "calve/commit/table_setup.h"
#include "calve/config/builtin_contract.h"
#include "calve/contract/reject_columns.h"
#include "calve/source/file_log_source.h"
#include "calve/source/kafka_source.h"
#include "calve/storage/open_store.h"

namespace calve::config {
namespace {

// A quarter of the memory holds what was fetched and not yet read; the rest is for files in the making.
constexpr int kFetchShareOfMemory = 4;

using OnRepeat = std::function<void(const Error&)>;

storage::S3Options s3_options(const Settings& settings, const std::stop_token& stop,
                              const OnRepeat& on_repeat) {
  const S3Settings& s3 = settings.s3;
  return {.endpoint = s3.endpoint,
          .region = s3.region,
          .addressing = s3.path_style ? storage::S3Addressing::kPath : storage::S3Addressing::kVirtualHosted,
          .encryption = s3.encryption,
          .kms_key_id = s3.kms_key_id,
          .credentials = s3_credentials(s3),
          .retry = {.on_repeat = on_repeat},
          .http = {.ca_bundle = settings.iceberg.ca_bundle},
          .stop = stop};
}

// One key pair, from whichever layer of the configuration.
class GivenCredentials final : public storage::CredentialsProvider {
 public:
  explicit GivenCredentials(AwsCredentials credentials) : credentials_(std::move(credentials)) {}
  Result<AwsCredentials> get() override { return credentials_; }

 private:
  const AwsCredentials credentials_;
};

// The profile may come from any layer; the files' places are the environment's.
std::shared_ptr<storage::CredentialsProvider> profile_credentials(const std::string& profile) {
  const storage::Environment process = storage::process_environment();
  const auto environment = [process, profile](const char* name) -> std::optional<std::string> {
    return std::string_view(name) == "AWS_PROFILE" ? profile : process(name);
  };
  std::vector<std::unique_ptr<storage::CredentialsSource>> sources;
  sources.push_back(storage::profile_credentials(environment));
  return std::make_shared<storage::CredentialsChain>(std::move(sources), system_clock());
}

catalog::RestOptions rest_options(const Settings& settings, const std::stop_token& stop,
                                  const OnRepeat& on_repeat) {
  const RestSettings& rest = settings.iceberg.rest;
  catalog::RestOptions options{.uri = rest.uri,
                               .warehouse = settings.iceberg.warehouse,
                               .auth = {.token = rest.token,
                                        .credential = rest.credential,
                                        .oauth2_server_uri = rest.oauth2_server_uri,
                                        .scope = rest.scope},
                               .vended_credentials = rest.vended_credentials,
                               .stop = stop};
  if (!rest.signing_name.empty()) {
    options.auth.signing = catalog::RestSigning{.service = rest.signing_name,
                                                .region = rest.signing_region,
                                                .credentials = s3_credentials(settings.s3)};
  }
  if (!settings.s3.endpoint.empty()) options.properties["s3.endpoint"] = settings.s3.endpoint;
  options.http.ca_bundle = settings.iceberg.ca_bundle;
  options.retry.on_repeat = on_repeat;
  return options;
}

catalog::GlueOptions glue_options(const Settings& settings, const std::stop_token& stop,
                                  const OnRepeat& on_repeat) {
  catalog::GlueOptions options{.endpoint = settings.iceberg.glue.endpoint,
                               .region = settings.s3.region,
                               .catalog_id = settings.iceberg.glue.catalog_id,
                               .warehouse = settings.iceberg.warehouse,
                               .credentials = s3_credentials(settings.s3),
                               .stop = stop};
  options.http.ca_bundle = settings.iceberg.ca_bundle;
  options.retry.on_repeat = on_repeat;
  return options;
}

}  // namespace

std::shared_ptr<storage::CredentialsProvider> s3_credentials(const S3Settings& settings) {
  if (settings.access_key_id.empty()) {
    return settings.profile.empty() ? storage::default_credentials() : profile_credentials(settings.profile);
  }
  return std::make_shared<GivenCredentials>(AwsCredentials{.access_key_id = settings.access_key_id,
                                                           .secret_access_key = settings.secret_access_key,
                                                           .session_token = settings.session_token});
}

Result<Warehouse> open_warehouse(const Settings& settings, const std::stop_token& stop,
                                 const OnRepeat& on_repeat) {
  const std::string& location = settings.iceberg.warehouse;
  Warehouse warehouse;
  switch (settings.iceberg.type) {
    case CatalogType::kHadoop:
      warehouse.store = CALVE_TRY(storage::open_store(location, s3_options(settings, stop, on_repeat)));
      warehouse.catalog =
          std::make_unique<catalog::HadoopCatalog>(*warehouse.store, location, system_clock());
      return warehouse;
    case CatalogType::kRest:
      warehouse.catalog = CALVE_TRY(catalog::RestCatalog::connect(rest_options(settings, stop, on_repeat)));
      warehouse.store =
          std::make_unique<catalog::TableStore>(*warehouse.catalog, s3_options(settings, stop, on_repeat));
      return warehouse;
    case CatalogType::kGlue:
      warehouse.store = CALVE_TRY(storage::open_store(location, s3_options(settings, stop, on_repeat)));
      warehouse.catalog =
          CALVE_TRY(catalog::GlueCatalog::open(*warehouse.store, glue_options(settings, stop, on_repeat)));
      return warehouse;
  }
  std::unreachable();
}

Result<contract::Contract> load_contract(const Settings& settings) {
  const std::filesystem::path& path = settings.run.contract;
  if (path.empty()) return contract::Contract::load(builtin_contract());
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && text.empty()) {
    return fail(ErrorKind::kConfig,
                fmt::format("The contract cannot be read; set CALVE_CONTRACT to a JSON Schema file: {}",
                            path.string()));
  }
  auto contract = contract::Contract::load(text);
  if (!contract) {
    return fail(contract.error().kind, fmt::format("{}: {}", path.string(), contract.error().message));
  }
  return contract;
}

Result<void> set_up_tables(const Settings& settings, const Warehouse& warehouse,
                           const contract::Contract& contract, const std::stop_token& stop) {
  CALVE_TRY(commit::set_up_table(*warehouse.catalog,
                                 {.identifier = settings.iceberg.orders,
                                  .schema = contract.table_schema(),
                                  .partition_spec = contract.partition_spec()},
                                 system_clock(), stop));
  return commit::set_up_table(*warehouse.catalog,
                              {.identifier = settings.iceberg.rejects,
                               .schema = contract::rejects_schema(),
                               .partition_spec = contract::rejects_partition_spec()},
                              system_clock(), stop);
}

Result<std::unique_ptr<source::Source>> open_source(const Settings& settings, Reading reading,
                                                    const std::stop_token& stop) {
  if (!settings.kafka.client) {
    return source::open_file_log(
        {.root = settings.file_log.dir,
         .topic = settings.kafka.topic,
         .if_absent = reading == Reading::kInGroup ? source::IfAbsent::kCreate : source::IfAbsent::kRefuse});
  }
  return source::open_kafka(
      *settings.kafka.client,
      {.topic = settings.kafka.topic,
       .group = settings.kafka.group_id,
       .membership = reading == Reading::kInGroup ? kafka::Membership::kGroup : kafka::Membership::kAlone,
       .fetch_queue_bytes_max = static_cast<std::size_t>(settings.run.memory_bytes / kFetchShareOfMemory)},
      stop);
}

}  // namespace calve::config
