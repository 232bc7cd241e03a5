#include "calve/config/settings.h"

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "calve/config/quantity.h"
#include "calve/config/setting.h"
#include "calve/produce/faults.h"
#include "calve/produce/share.h"
#include "calve/storage/location.h"

namespace calve::config {
namespace {

constexpr int kWorkersMax = 1'024;
constexpr std::size_t kPipelineNameBytesMax = 64;

std::string place_of(const Origin& origin) {
  return origin.place.empty() ? std::string(layer_name(origin.layer)) : origin.place;
}

// Reads values one by one by their keys; every key below is one of all_settings().
class Reader {
 public:
  explicit Reader(const Values& values) : values_(values) {}

  const std::string& text(std::string_view key) const { return values_.find(key)->second.text; }
  bool is_set(std::string_view key) const { return !text(key).empty(); }
  bool is_default(std::string_view key) const {
    return values_.find(key)->second.origin.layer == Layer::kDefault;
  }

  // Whatever is wrong with a setting is said as SETTING (PLACE): WHAT IS WRONG; WHAT TO WRITE.
  std::unexpected<Error> complain(std::string_view key, std::string_view complaint) const {
    return fail(ErrorKind::kConfig,
                fmt::format("{} ({}): {}", key, place_of(values_.find(key)->second.origin), complaint));
  }
  std::unexpected<Error> refuse(std::string_view key, std::string_view why) const {
    return complain(key, fmt::format("\"{}\" {}", is_secret(key) ? "***" : text(key), why));
  }

  template <class T>
  Result<T> read(std::string_view key, Parsed<T> (*parse)(std::string_view)) const {
    Parsed<T> parsed = parse(text(key));
    if (!parsed) return refuse(key, parsed.error());
    return *parsed;
  }
  template <class T>
  Result<std::optional<T>> read_if_set(std::string_view key, Parsed<T> (*parse)(std::string_view)) const {
    if (!is_set(key)) return std::nullopt;
    return CALVE_TRY(read(key, parse));
  }

  // The place of the value among the setting's choices.
  template <class Enum>
  Result<Enum> choice(std::string_view key) const {
    const std::span<const std::string_view> choices = find_setting(key)->choices;
    const auto found = std::ranges::find(choices, text(key));
    if (found == choices.end()) {
      return refuse(key, fmt::format("is not one of {}", fmt::join(choices, ", ")));
    }
    return static_cast<Enum>(found - choices.begin());
  }

  Result<std::uint32_t> small_count(std::string_view key) const {
    const std::int64_t count = CALVE_TRY(read(key, parse_count));
    if (count > std::numeric_limits<std::int32_t>::max()) return refuse(key, "is too large");
    return static_cast<std::uint32_t>(count);
  }

 private:
  const Values& values_;
};

Parsed<produce::Share> parse_share(std::string_view text) {
  if (const auto share = produce::parse_share(text)) return *share;
  return std::unexpected("is no share; write a percentage such as 1% or 0.5%");
}

kafka::Properties kafka_properties(const Values& values) {
  kafka::Properties properties;
  for (auto found = values.lower_bound(kKafkaPropertyPrefix);
       found != values.end() && found->first.starts_with(kKafkaPropertyPrefix); ++found) {
    properties.emplace(found->first.substr(kKafkaPropertyPrefix.size()), found->second.text);
  }
  return properties;
}

// "KEY (PLACE): " of the one property that is at fault by itself; empty if several are together.
std::string faulty_property(const Values& values, const Error& error) {
  for (const auto& [name, text] : kafka_properties(values)) {
    const auto alone = kafka::parse_client_config({{name, text}});
    if (alone || alone.error() != error) continue;
    const std::string key = fmt::format("{}{}", kKafkaPropertyPrefix, name);
    return fmt::format("{} ({}): ", key, place_of(values.find(key)->second.origin));
  }
  return "";
}

Result<KafkaSettings> read_kafka(const Reader& reader, const Values& values) {
  KafkaSettings settings{.topic = reader.text("kafka.topic"), .group_id = reader.text("kafka.group.id")};
  if (settings.topic.empty()) return reader.refuse("kafka.topic", "is empty; name a topic");
  if (settings.group_id.empty()) settings.group_id = fmt::format("calve-{}", reader.text("run.pipeline"));

  kafka::Properties properties = kafka_properties(values);
  auto checked = kafka::parse_client_config(properties);
  if (!checked) {
    return fail(checked.error().kind, faulty_property(values, checked.error()) + checked.error().message);
  }
  if (!reader.is_set("kafka.bootstrap.servers")) return settings;
  properties.insert_or_assign("bootstrap.servers", reader.text("kafka.bootstrap.servers"));
  settings.client = CALVE_TRY(kafka::parse_client_config(properties));
  if (auto& msk_iam = settings.client->msk_iam; msk_iam && msk_iam->region.empty()) {
    msk_iam->region = reader.text("iceberg.client.region");
  }
  return settings;
}

Result<std::string> read_warehouse(const Reader& reader, CatalogType type) {
  std::string warehouse = reader.text("iceberg.warehouse");
  if (type == CatalogType::kRest) return reader.is_default("iceberg.warehouse") ? "" : warehouse;
  if (warehouse.empty())
    return reader.refuse("iceberg.warehouse", "is empty; name a folder or s3://BUCKET/PREFIX");
  if (!warehouse.contains(":/")) warehouse = std::filesystem::absolute(warehouse).lexically_normal().string();
  while (warehouse.size() > 1 && warehouse.ends_with('/'))
    warehouse.pop_back();
  if (const auto location = storage::parse_location(warehouse); !location) {
    return reader.refuse("iceberg.warehouse", fmt::format("is no folder and no s3://BUCKET/PREFIX ({})",
                                                          location.error().message));
  }
  return warehouse;
}

// The choices of a setting that may be left to the program.
enum class AutoTrueFalse { kAuto, kTrue, kFalse };

// "glue" of https://glue.us-east-1.amazonaws.com/iceberg; AWS's own API Gateway for anything else.
std::string signing_name_of(std::string_view uri) {
  const std::size_t scheme_end = uri.find("://");
  const std::string_view host = scheme_end == std::string_view::npos ? uri : uri.substr(scheme_end + 3);
  const std::string_view first = host.substr(0, host.find('.'));
  return first == "glue" || first == "s3tables" ? std::string(first) : "execute-api";
}

Result<RestSettings> read_rest(const Reader& reader) {
  enum class Delegation { kNone, kVendedCredentials };
  RestSettings settings{.uri = reader.text("iceberg.uri"),
                        .credential = Secret(reader.text("iceberg.credential")),
                        .token = Secret(reader.text("iceberg.token")),
                        .oauth2_server_uri = reader.text("iceberg.oauth2-server-uri"),
                        .scope = reader.text("iceberg.scope")};
  const auto delegation = CALVE_TRY(reader.choice<Delegation>("iceberg.access-delegation"));
  if (delegation == Delegation::kVendedCredentials) {
    settings.vended_credentials = catalog::VendedCredentials::kAsked;
  }
  const auto sign = CALVE_TRY(reader.choice<AutoTrueFalse>("iceberg.rest.sigv4-enabled"));
  const bool is_aws = !settings.uri.empty() && is_aws_endpoint(settings.uri);
  if (sign == AutoTrueFalse::kTrue || (sign == AutoTrueFalse::kAuto && is_aws)) {
    settings.signing_name = reader.is_set("iceberg.rest.signing-name")
                                ? reader.text("iceberg.rest.signing-name")
                                : signing_name_of(settings.uri);
    settings.signing_region = reader.is_set("iceberg.rest.signing-region")
                                  ? reader.text("iceberg.rest.signing-region")
                                  : reader.text("iceberg.client.region");
  }
  return settings;
}

constexpr std::string_view kNameRule =  // catalog/table_identifier.h
    "without '/', '\\', '%', spaces and control characters, of 255 bytes at most";

Result<IcebergSettings> read_iceberg(const Reader& reader) {
  const std::string& name_space = reader.text("iceberg.namespace");
  const std::string& table = reader.text("iceberg.table");
  if (!catalog::parse_table_identifier(fmt::format("{}.t", name_space))) {
    return reader.refuse("iceberg.namespace", fmt::format("is no namespace; write names {} and with dots "
                                                          "between them",
                                                          kNameRule));
  }
  if (table.contains('.'))
    return reader.refuse("iceberg.table", "has a dot; name the rest by iceberg.namespace");
  const auto orders = catalog::parse_table_identifier(fmt::format("{}.{}", name_space, table));
  if (!orders)
    return reader.refuse("iceberg.table", fmt::format("is no table's name; write one {}", kNameRule));
  const auto type = CALVE_TRY(reader.choice<CatalogType>("iceberg.type"));
  if (type == CatalogType::kRest && !reader.is_set("iceberg.uri")) {
    return reader.refuse("iceberg.uri", "is empty; set it to the address of the REST catalog");
  }
  auto warehouse = CALVE_TRY(read_warehouse(reader, type));
  auto rest = CALVE_TRY(read_rest(reader));
  IcebergSettings settings{.type = type,
                           .warehouse = std::move(warehouse),
                           .rest = std::move(rest),
                           .glue = {.endpoint = reader.text("iceberg.glue.endpoint"),
                                    .catalog_id = reader.text("iceberg.glue.id")},
                           .ca_bundle = reader.text("iceberg.client.ca-bundle"),
                           .orders = *orders,
                           .rejects = *orders};
  settings.rejects.name += "_rejected";
  return settings;
}

Result<S3Settings> read_s3(const Reader& reader) {
  const auto path_style = CALVE_TRY(reader.choice<AutoTrueFalse>("iceberg.s3.path-style-access"));
  const std::string& endpoint = reader.text("iceberg.s3.endpoint");
  if (!endpoint.empty() && !endpoint.starts_with("http://") && !endpoint.starts_with("https://")) {
    return reader.refuse("iceberg.s3.endpoint", "is no address; write one such as http://localhost:4566");
  }
  const bool has_key = reader.is_set("iceberg.s3.access-key-id");
  if (has_key != reader.is_set("iceberg.s3.secret-access-key")) {
    return reader.refuse(has_key ? "iceberg.s3.access-key-id" : "iceberg.s3.secret-access-key",
                         "is set without its other half; set both or none");
  }
  const auto encryption = CALVE_TRY(reader.choice<storage::S3Encryption>("iceberg.s3.sse.type"));
  return S3Settings{.encryption = encryption,
                    .kms_key_id = reader.text("iceberg.s3.sse.key"),
                    .endpoint = endpoint,
                    .path_style = path_style == AutoTrueFalse::kAuto ? !is_aws_endpoint(endpoint)
                                                                     : path_style == AutoTrueFalse::kTrue,
                    .region = reader.text("iceberg.client.region"),
                    .access_key_id = reader.text("iceberg.s3.access-key-id"),
                    .secret_access_key = Secret(reader.text("iceberg.s3.secret-access-key")),
                    .session_token = Secret(reader.text("iceberg.s3.session-token")),
                    .profile = reader.text("iceberg.client.profile")};
}

bool is_pipeline_name(std::string_view name) {
  return !name.empty() && name.size() <= kPipelineNameBytesMax && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Result<RunSettings> read_run(const Reader& reader) {
  if (!is_pipeline_name(reader.text("run.pipeline"))) {
    return reader.refuse(
        "run.pipeline",
        fmt::format("is no pipeline's name; write at most {} of a-z, 0-9, - and _", kPipelineNameBytesMax));
  }
  std::int64_t workers = std::max(1U, std::thread::hardware_concurrency());
  if (reader.is_set("run.workers")) workers = CALVE_TRY(reader.read("run.workers", parse_count));
  if (workers < 1 || workers > kWorkersMax) {
    return reader.refuse("run.workers", fmt::format("is out of its range; write 1 to {}", kWorkersMax));
  }
  RunSettings settings{.pipeline = reader.text("run.pipeline"),
                       .contract = reader.text("run.contract"),
                       .workers = static_cast<int>(workers)};
  settings.memory_bytes = CALVE_TRY(reader.read("run.memory", parse_bytes));
  settings.rejects_max = CALVE_TRY(reader.read("run.rejects-max-share", parse_share));
  settings.on_gap = CALVE_TRY(reader.choice<source::OnGap>("run.on-gap"));
  settings.commit_interval = CALVE_TRY(reader.read("commit.interval", parse_duration));
  settings.shutdown_timeout = CALVE_TRY(reader.read("run.shutdown-timeout", parse_duration));
  if (settings.commit_interval <= Milliseconds(0)) {
    return reader.refuse("commit.interval", "is not positive; write one such as 1s");
  }
  const std::string& listen = reader.text("run.http-listen");
  if (listen.empty() || listen == "off") return settings;
  if (!listen.contains(':')) return reader.refuse("run.http-listen", "is no HOST:PORT; write that, or off");
  settings.http_listen = listen;
  return settings;
}

Result<ProduceTarget> read_target(const Reader& reader) {
  enum class Choice { kAuto, kKafka, kFile, kStdout };
  const bool has_broker = reader.is_set("kafka.bootstrap.servers");
  switch (CALVE_TRY(reader.choice<Choice>("produce.to"))) {
    case Choice::kAuto:
      return has_broker ? ProduceTarget::kKafka : ProduceTarget::kFileLog;
    case Choice::kKafka:
      if (!has_broker) return reader.refuse("produce.to", "needs a broker; set kafka.bootstrap.servers");
      return ProduceTarget::kKafka;
    case Choice::kFile:
      return ProduceTarget::kFileLog;
    case Choice::kStdout:
      return ProduceTarget::kStdout;
  }
  std::unreachable();
}

Result<FlinkSettings> read_flink(const Reader& reader) {
  FlinkSettings settings{.checkpoint_dir = reader.text("flink.checkpoint-dir")};
  if (reader.is_set("flink.parallelism")) {
    const std::uint32_t parallelism = CALVE_TRY(reader.small_count("flink.parallelism"));
    if (parallelism == 0) return reader.refuse("flink.parallelism", "is 0; write 1 or more");
    settings.parallelism = static_cast<int>(parallelism);
  }
  if (reader.is_set("flink.checkpoint-interval")) {
    const Milliseconds interval = CALVE_TRY(reader.read("flink.checkpoint-interval", parse_duration));
    if (interval <= Milliseconds(0)) {
      return reader.refuse("flink.checkpoint-interval", "is not positive; write one such as 10s");
    }
    settings.checkpoint_interval = interval;
  }
  return settings;
}

Result<ProduceSettings> read_produce(const Reader& reader) {
  ProduceSettings settings{.to = CALVE_TRY(read_target(reader))};
  if (reader.is_set("produce.partitions")) {
    settings.partitions = static_cast<std::int32_t>(CALVE_TRY(reader.small_count("produce.partitions")));
  }
  produce::ProduceOptions& options = settings.options;
  const auto optional_count = [&](std::string_view key) -> Result<std::optional<std::uint64_t>> {
    const auto count = CALVE_TRY(reader.read_if_set(key, parse_count));
    if (!count) return std::nullopt;
    return static_cast<std::uint64_t>(*count);
  };
  options.count = CALVE_TRY(optional_count("produce.count"));
  options.rate = CALVE_TRY(optional_count("produce.rate"));
  options.seed = CALVE_TRY(optional_count("produce.seed"));
  options.duration = CALVE_TRY(reader.read_if_set("produce.duration", parse_duration));
  options.start = CALVE_TRY(reader.read_if_set("produce.start", parse_time));
  options.orders_per_day =
      static_cast<std::uint64_t>(CALVE_TRY(reader.read("produce.orders-per-day", parse_count)));
  options.customers = CALVE_TRY(reader.small_count("produce.customers"));
  options.products = CALVE_TRY(reader.small_count("produce.products"));
  options.invalid = CALVE_TRY(reader.read("produce.invalid", parse_share));
  options.duplicates = CALVE_TRY(reader.read("produce.duplicates", parse_share));
  options.late = CALVE_TRY(reader.read("produce.late", parse_share));
  options.late_days_max = CALVE_TRY(reader.small_count("produce.late-days"));
  if (reader.is_set("produce.faults")) {
    auto faults = produce::parse_fault_classes(reader.text("produce.faults"));
    if (!faults) return reader.complain("produce.faults", faults.error().message);
    options.fault_classes = *std::move(faults);
  }
  return settings;
}

}  // namespace

bool is_aws_endpoint(std::string_view endpoint) {
  if (endpoint.empty()) return true;
  const std::size_t host_begin =
      endpoint.find("://") == std::string_view::npos ? 0 : endpoint.find("://") + 3;
  std::string_view host = endpoint.substr(host_begin);
  host = host.substr(0, host.find_first_of(":/"));
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
}

Result<Settings> read_settings(const Values& values) {
  const Reader reader(values);
  Settings settings{.kafka = CALVE_TRY(read_kafka(reader, values))};
  settings.file_log.dir = reader.text("file-log.dir");
  settings.iceberg = CALVE_TRY(read_iceberg(reader));
  settings.s3 = CALVE_TRY(read_s3(reader));
  settings.run = CALVE_TRY(read_run(reader));
  settings.flink = CALVE_TRY(read_flink(reader));
  settings.produce = CALVE_TRY(read_produce(reader));
  settings.duckdb = reader.text("sql.duckdb");
  settings.log.level = CALVE_TRY(reader.choice<log::Level>("log.level"));
  settings.log.format = CALVE_TRY(reader.choice<log::Format>("log.format"));
  return settings;
}

}  // namespace calve::config
