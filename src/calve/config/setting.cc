#include "calve/config/setting.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "calve/kafka/property_names.h"

namespace calve::config {
namespace {

using enum SettingType;

constexpr std::array<std::string_view, 3> kCatalogTypes = {"hadoop", "rest", "glue"};
constexpr std::array<std::string_view, 3> kAutoTrueFalse = {"auto", "true", "false"};
constexpr std::array<std::string_view, 2> kDelegations = {"none", "vended-credentials"};
constexpr std::array<std::string_view, 2> kOnGaps = {"stop", "skip"};
constexpr std::array<std::string_view, 4> kSseTypes = {"none", "s3", "kms", "dsse-kms"};  // as S3Encryption
constexpr std::array<std::string_view, 4> kTargets = {"auto", "kafka", "file", "stdout"};
constexpr std::array<std::string_view, 5> kLogLevels = {"debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 2> kLogFormats = {"text", "json"};

// clang-format off
constexpr auto kSettings = std::to_array<Setting>({
    {.key = "kafka.bootstrap.servers", .flag = "--bootstrap-servers", .variable = "KAFKA_BOOTSTRAP_SERVERS",
     .description = "Brokers to ask first, HOST:PORT with commas; without any, events are in a file log"},
    {.key = "kafka.topic", .flag = "--topic", .variable = "KAFKA_TOPIC", .fallback = "orders.created.v1",
     .description = "Topic of the events, also in a file log"},
    {.key = "kafka.group.id", .flag = "--group-id", .variable = "KAFKA_GROUP_ID",
     .description = "Consumer group that shares the partitions; default calve-PIPELINE"},

    {.key = "file-log.dir", .flag = "--data-dir", .variable = "CALVE_DATA_DIR", .type = kPath, .fallback = "data",
     .description = "Folder of the file log"},

    {.key = "iceberg.type", .flag = "--catalog-type", .variable = "ICEBERG_CATALOG_TYPE", .type = kChoice,
     .fallback = "hadoop", .choices = kCatalogTypes, .description = "Kind of catalog"},
    {.key = "iceberg.uri", .flag = "--catalog-uri", .variable = "ICEBERG_CATALOG_URI",
     .description = "Address of a REST catalog, without /v1"},
    {.key = "iceberg.warehouse", .flag = "--warehouse", .variable = "ICEBERG_WAREHOUSE", .fallback = "warehouse",
     .description = "Where tables lie: a folder, or s3://BUCKET/PREFIX; of a REST catalog, its name for them"},
    {.key = "iceberg.credential", .flag = "", .variable = "ICEBERG_CATALOG_CREDENTIAL",
     .sensitivity = Sensitivity::kSecret, .description = "ID:SECRET that buys a REST catalog's tokens (OAuth2)"},
    {.key = "iceberg.token", .flag = "", .variable = "ICEBERG_CATALOG_TOKEN", .sensitivity = Sensitivity::kSecret,
     .description = "Bearer token for a REST catalog"},
    {.key = "iceberg.oauth2-server-uri", .flag = "--oauth2-server-uri",
     .variable = "ICEBERG_CATALOG_OAUTH2_SERVER_URI",
     .description = "Where tokens are bought; default: the REST catalog's /v1/oauth/tokens"},
    {.key = "iceberg.scope", .flag = "--catalog-scope", .variable = "ICEBERG_CATALOG_SCOPE", .fallback = "catalog",
     .description = "OAuth2 scope of the tokens"},
    {.key = "iceberg.rest.sigv4-enabled", .flag = "--rest-sigv4", .variable = "ICEBERG_CATALOG_SIGV4_ENABLED",
     .type = kChoice, .fallback = "auto", .choices = kAutoTrueFalse,
     .description = "Sign requests to a REST catalog as AWS asks; auto: true if its address is AWS's"},
    {.key = "iceberg.rest.signing-name", .flag = "--rest-signing-name", .variable = "ICEBERG_CATALOG_SIGNING_NAME",
     .description = "AWS service that is signed for; default: the first part of the address, glue or s3tables"},
    {.key = "iceberg.rest.signing-region", .flag = "--rest-signing-region",
     .variable = "ICEBERG_CATALOG_SIGNING_REGION", .description = "AWS region that is signed for; default: AWS_REGION"},
    {.key = "iceberg.access-delegation", .flag = "--access-delegation",
     .variable = "ICEBERG_CATALOG_ACCESS_DELEGATION", .type = kChoice, .fallback = "none", .choices = kDelegations,
     .description = "Whether a REST catalog is asked to lend keys for the tables' files"},
    {.key = "iceberg.glue.endpoint", .flag = "--glue-endpoint", .variable = "AWS_ENDPOINT_URL_GLUE",
     .weaker_variable = "AWS_ENDPOINT_URL", .description = "Glue server, if it is not AWS itself"},
    {.key = "iceberg.glue.id", .flag = "--glue-id", .variable = "ICEBERG_GLUE_ID",
     .description = "Account whose Glue catalog it is; default: the one that the keys belong to"},
    {.key = "iceberg.namespace", .flag = "--namespace", .variable = "ICEBERG_NAMESPACE", .fallback = "analytics",
     .description = "Namespace of both tables"},
    {.key = "iceberg.table", .flag = "--table", .variable = "ICEBERG_TABLE", .fallback = "orders",
     .description = "Table of the valid events; rejected ones go to TABLE_rejected"},
    {.key = "iceberg.s3.endpoint", .flag = "--s3-endpoint", .variable = "AWS_ENDPOINT_URL_S3",
     .weaker_variable = "AWS_ENDPOINT_URL", .description = "S3 server, if it is not AWS itself"},
    {.key = "iceberg.s3.path-style-access", .flag = "--s3-path-style", .variable = "CALVE_S3_PATH_STYLE",
     .type = kChoice, .fallback = "auto", .choices = kAutoTrueFalse,
     .description = "Bucket in the path, not the host name; auto: true unless the endpoint is AWS's"},
    {.key = "iceberg.s3.sse.type", .flag = "--s3-sse-type", .variable = "ICEBERG_S3_SSE_TYPE", .type = kChoice,
     .fallback = "none", .choices = kSseTypes,
     .description = "Encryption that S3 is asked for: by its own key, or by one of AWS KMS; none: the bucket's"},
    {.key = "iceberg.s3.sse.key", .flag = "--s3-sse-key", .variable = "ICEBERG_S3_SSE_KEY",
     .description = "Key of AWS KMS, an id, ARN or alias; default: the account's for S3"},
    {.key = "iceberg.s3.access-key-id", .flag = "--s3-access-key-id", .variable = "AWS_ACCESS_KEY_ID",
     .description = "Access key; without one, the default credential chain"},
    {.key = "iceberg.s3.secret-access-key", .flag = "", .variable = "AWS_SECRET_ACCESS_KEY",
     .sensitivity = Sensitivity::kSecret, .description = "Secret of the access key"},
    {.key = "iceberg.s3.session-token", .flag = "", .variable = "AWS_SESSION_TOKEN",
     .sensitivity = Sensitivity::kSecret, .description = "Session token of a temporary access key"},
    {.key = "iceberg.client.region", .flag = "--region", .variable = "AWS_REGION",
     .weaker_variable = "AWS_DEFAULT_REGION", .fallback = "us-east-1", .description = "AWS region"},
    {.key = "iceberg.client.profile", .flag = "--profile", .variable = "AWS_PROFILE",
     .description = "Profile of the AWS credentials file"},
    {.key = "iceberg.client.ca-bundle", .flag = "--ca-bundle", .variable = "AWS_CA_BUNDLE", .type = kPath,
     .description = "File of certificates that S3, Glue and a REST catalog are trusted by; default: the system's"},

    {.key = "commit.interval", .flag = "--commit-interval", .variable = "CALVE_COMMIT_INTERVAL", .type = kDuration,
     .fallback = "1s", .description = "How often a snapshot is committed"},

    {.key = "run.pipeline", .flag = "--pipeline", .variable = "CALVE_PIPELINE", .fallback = "orders",
     .description = "Name under which the table keeps this stream's position"},
    {.key = "run.contract", .flag = "--contract", .variable = "CALVE_CONTRACT", .type = kPath,
     .description = "JSON Schema of the events; default: orders.created.v1, built in"},
    {.key = "run.workers", .flag = "--workers", .variable = "CALVE_WORKERS", .type = kCount,
     .description = "Worker threads; default: one for each processor"},
    {.key = "run.memory", .flag = "--memory", .variable = "CALVE_MEMORY", .type = kBytes, .fallback = "128MiB",
     .description = "Memory for events and files in the making"},
    {.key = "run.rejects-max-share", .flag = "--rejects-max-share", .variable = "CALVE_REJECTS_MAX_SHARE",
     .type = kShare, .fallback = "50%", .description = "A larger share of rejects stops the stream"},
    {.key = "run.on-gap", .flag = "--on-gap", .variable = "CALVE_ON_GAP", .type = kChoice, .fallback = "stop",
     .choices = kOnGaps, .description = "Events that the topic lost before they were read: stop, or skip them"},
    {.key = "run.http-listen", .flag = "--http-listen", .variable = "CALVE_HTTP_LISTEN",
     .fallback = "127.0.0.1:9465", .description = "Where /metrics and /healthz answer; off: nowhere"},
    {.key = "run.shutdown-timeout", .flag = "--shutdown-timeout", .variable = "CALVE_SHUTDOWN_TIMEOUT",
     .type = kDuration, .fallback = "30s", .description = "Longest wait for the last commit after SIGTERM"},

    {.key = "flink.parallelism", .flag = "--flink-parallelism", .variable = "FLINK_PARALLELISM", .type = kCount,
     .description = "Flink job: tasks that read and write side by side; default: Flink's own"},
    {.key = "flink.checkpoint-interval", .flag = "--flink-checkpoint-interval",
     .variable = "FLINK_CHECKPOINT_INTERVAL", .type = kDuration,
     .description = "Flink job: how often a checkpoint, and with it a snapshot, is made; default: Flink's own"},
    {.key = "flink.checkpoint-dir", .flag = "--flink-checkpoint-dir", .variable = "FLINK_CHECKPOINT_DIR",
     .description = "Flink job: where checkpoints are kept, a URI; default: Flink's own"},

    {.key = "produce.to", .flag = "--to", .variable = "CALVE_PRODUCE_TO", .type = kChoice, .fallback = "auto",
     .choices = kTargets, .description = "Where events go; auto: Kafka if there are brokers, else the file log"},
    {.key = "produce.count", .flag = "--count", .variable = "CALVE_PRODUCE_COUNT", .type = kCount,
     .description = "Stop after so many events"},
    {.key = "produce.duration", .flag = "--duration", .variable = "CALVE_PRODUCE_DURATION", .type = kDuration,
     .description = "Stop after so long"},
    {.key = "produce.rate", .flag = "--rate", .variable = "CALVE_PRODUCE_RATE", .type = kCount,
     .description = "Events a second; default: as fast as it goes"},
    {.key = "produce.seed", .flag = "--seed", .variable = "CALVE_PRODUCE_SEED", .type = kCount,
     .description = "The same seed makes the same bytes"},
    {.key = "produce.start", .flag = "--start", .variable = "CALVE_PRODUCE_START", .type = kTime,
     .description = "Time of the first order; default: now, or with a seed 2026-01-01T00:00:00Z"},
    {.key = "produce.orders-per-day", .flag = "--orders-per-day", .variable = "CALVE_PRODUCE_ORDERS_PER_DAY",
     .type = kCount, .fallback = "1000000", .description = "How densely orders follow one another from the start"},
    {.key = "produce.customers", .flag = "--customers", .variable = "CALVE_PRODUCE_CUSTOMERS", .type = kCount,
     .fallback = "100000", .description = "How many customers there are"},
    {.key = "produce.products", .flag = "--products", .variable = "CALVE_PRODUCE_PRODUCTS", .type = kCount,
     .fallback = "10000", .description = "How many products there are"},
    {.key = "produce.partitions", .flag = "--partitions", .variable = "CALVE_PRODUCE_PARTITIONS", .type = kCount,
     .description = "Partitions of a file log that is made or grown; default: as many as it has, else 4"},
    {.key = "produce.invalid", .flag = "--invalid", .variable = "CALVE_PRODUCE_INVALID", .type = kShare,
     .fallback = "0%", .description = "Share of events that break the contract"},
    {.key = "produce.duplicates", .flag = "--duplicates", .variable = "CALVE_PRODUCE_DUPLICATES", .type = kShare,
     .fallback = "0%", .description = "Share of events that are sent twice"},
    {.key = "produce.late", .flag = "--late", .variable = "CALVE_PRODUCE_LATE", .type = kShare, .fallback = "0%",
     .description = "Share of events from days before"},
    {.key = "produce.late-days", .flag = "--late-days", .variable = "CALVE_PRODUCE_LATE_DAYS", .type = kCount,
     .fallback = "7", .description = "How many days late at most"},
    {.key = "produce.faults", .flag = "--faults", .variable = "CALVE_PRODUCE_FAULTS",
     .description = "Fault classes of the invalid ones, with commas; default: all"},

    {.key = "sql.duckdb", .flag = "--duckdb", .variable = "CALVE_DUCKDB", .type = kPath,
     .description = "Folder with libduckdb.so and its extensions; default: where they were installed"},

    {.key = "log.level", .flag = "--log-level", .variable = "CALVE_LOG_LEVEL", .type = kChoice, .fallback = "info",
     .choices = kLogLevels, .description = "Least level that is written to stderr"},
    {.key = "log.format", .flag = "--log-format", .variable = "CALVE_LOG_FORMAT", .type = kChoice,
     .fallback = "text", .choices = kLogFormats, .description = "Log lines for people or as JSON"},
});
// clang-format on

}  // namespace

std::span<const Setting> all_settings() {
  return kSettings;
}

const Setting* find_setting(std::string_view key) {
  const auto found = std::ranges::find(kSettings, key, &Setting::key);
  return found == kSettings.end() ? nullptr : &*found;
}

bool is_secret(std::string_view key) {
  if (key.starts_with(kKafkaPropertyPrefix)) {
    return kafka::is_secret_property(key.substr(kKafkaPropertyPrefix.size()));
  }
  const Setting* setting = find_setting(key);
  return setting != nullptr && setting->sensitivity == Sensitivity::kSecret;
}

std::string placeholder(const Setting& setting) {
  switch (setting.type) {
    case kText:
      return "TEXT";
    case kChoice:
      return fmt::to_string(fmt::join(setting.choices, "|"));
    case kPath:
      return "PATH";
    case kDuration:
      return "DURATION";
    case kBytes:
      return "BYTES";
    case kShare:
      return "SHARE";
    case kCount:
      return "N";
    case kTime:
      return "TIME";
  }
  std::unreachable();
}

}  // namespace calve::config
