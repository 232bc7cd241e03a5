// The configuration with its types: what the rest of the program asks.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "calve/base/log.h"
#include "calve/base/result.h"
#include "calve/base/secret.h"
#include "calve/base/time.h"
#include "calve/catalog/rest_options.h"
#include "calve/catalog/table_identifier.h"
#include "calve/config/layers.h"
#include "calve/kafka/client_config.h"
#include "calve/produce/options.h"
#include "calve/source/source.h"
#include "calve/storage/s3_options.h"

namespace calve::config {

struct KafkaSettings {
  std::optional<kafka::ClientConfig> client;  // none: no broker is configured, events are in a file log
  std::string topic;
  std::string group_id;

  bool operator==(const KafkaSettings&) const = default;
};

struct FileLogSettings {
  std::filesystem::path dir;

  bool operator==(const FileLogSettings&) const = default;
};

enum class CatalogType { kHadoop, kRest, kGlue };

// How to reach a REST catalog and to be let in.
struct RestSettings {
  std::string uri;
  Secret credential;
  Secret token;
  std::string oauth2_server_uri;  // empty: the catalog's own
  std::string scope;
  std::string signing_name;  // empty: requests are not signed
  std::string signing_region;
  catalog::VendedCredentials vended_credentials = catalog::VendedCredentials::kNotAsked;

  bool operator==(const RestSettings&) const = default;
};

// How to reach Glue; its keys are S3's.
struct GlueSettings {
  std::string endpoint;    // empty: AWS's own in the region
  std::string catalog_id;  // empty: of the account that the keys belong to

  bool operator==(const GlueSettings&) const = default;
};

struct IcebergSettings {
  CatalogType type = CatalogType::kHadoop;
  // An absolute path or an S3 location, without a slash at its end. Of a REST catalog its own name for
  // what it holds; empty if it has one only.
  std::string warehouse;
  RestSettings rest;
  GlueSettings glue;
  std::string ca_bundle;  // empty: the system's certificates; S3's, too
  catalog::TableIdentifier orders;
  catalog::TableIdentifier rejects;

  bool operator==(const IcebergSettings&) const = default;
};

struct S3Settings {
  storage::S3Encryption encryption = storage::S3Encryption::kByBucket;
  std::string kms_key_id;
  std::string endpoint;  // empty: AWS
  bool path_style = false;
  std::string region;
  std::string access_key_id;  // empty: the default chain
  Secret secret_access_key;
  Secret session_token;
  std::string profile;  // empty: the default one

  bool operator==(const S3Settings&) const = default;
};

struct RunSettings {
  std::string pipeline;
  std::filesystem::path contract;  // empty: the built-in one
  int workers = 1;
  std::int64_t memory_bytes = 0;
  produce::Share rejects_max;
  source::OnGap on_gap = source::OnGap::kStop;
  std::optional<std::string> http_listen;  // HOST:PORT
  Milliseconds commit_interval{0};
  Milliseconds shutdown_timeout{0};

  bool operator==(const RunSettings&) const = default;
};

// Of the Flink job; what is not set is left to Flink's own configuration.
struct FlinkSettings {
  std::optional<int> parallelism;
  std::optional<Milliseconds> checkpoint_interval;
  std::string checkpoint_dir;

  bool operator==(const FlinkSettings&) const = default;
};

enum class ProduceTarget { kKafka, kFileLog, kStdout };

struct ProduceSettings {
  ProduceTarget to = ProduceTarget::kFileLog;
  std::optional<std::int32_t> partitions;  // of a file log
  produce::ProduceOptions options;         // without its target, not validated

  bool operator==(const ProduceSettings&) const = default;
};

struct LogSettings {
  log::Level level = log::Level::kInfo;
  log::Format format = log::Format::kText;

  bool operator==(const LogSettings&) const = default;
};

struct Settings {
  KafkaSettings kafka;
  FileLogSettings file_log;
  IcebergSettings iceberg;
  S3Settings s3;
  RunSettings run;
  FlinkSettings flink;
  ProduceSettings produce;
  std::filesystem::path duckdb;  // empty: where it was installed
  LogSettings log;
};

// kConfig, naming the setting, the value unless it is a secret, the place it came from, and what to
// write instead.
Result<Settings> read_settings(const Values& values);

// Reads an address other than AWS's own by the rule that such servers know buckets by path alone.
bool is_aws_endpoint(std::string_view endpoint);

}  // namespace calve::config
