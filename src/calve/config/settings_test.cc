#include "calve/config/settings.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/config/setting.h"

namespace calve::config {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A value other than the default that the setting takes; two of them, to tell layers apart.
std::string sample(const Setting& setting, int which) {
  if (setting.key == "iceberg.s3.endpoint") return which == 0 ? "http://a:1" : "http://b:2";
  if (setting.key == "produce.faults") return which == 0 ? "not_json" : "truncated";
  if (setting.key == "run.http-listen") return which == 0 ? "localhost:1" : "localhost:2";
  switch (setting.type) {
    case SettingType::kText:
      return which == 0 ? "text_a" : "text_b";
    case SettingType::kChoice:
      return std::string(setting.choices[static_cast<std::size_t>(which)]);
    case SettingType::kPath:
      return which == 0 ? "folder/a" : "folder/b";
    case SettingType::kDuration:
      return which == 0 ? "11s" : "12s";
    case SettingType::kBytes:
      return which == 0 ? "11MiB" : "12MiB";
    case SettingType::kShare:
      return which == 0 ? "11%" : "12%";
    case SettingType::kCount:
      return which == 0 ? "11" : "12";
    case SettingType::kTime:
      return which == 0 ? "2026-01-01T00:00:00Z" : "2026-01-02T00:00:00Z";
  }
  return {};
}

Value value_in(const Layers& layers, std::string_view key) {
  const auto values = resolve(layers);
  EXPECT_TRUE(values) << (values ? "" : values.error().message);
  return values ? values->find(key)->second : Value();
}

// Every setting in every combination of layers: the strongest one that has it wins, and is named.
TEST(LayersTest, TheStrongestLayerWins) {
  for (const Setting& setting : all_settings()) {
    const std::string key(setting.key);
    for (unsigned present = 0; present < 8; ++present) {
      SCOPED_TRACE(testing::Message() << key << " in layers " << present);
      Layers layers;
      Value expected{std::string(setting.fallback), {}};
      if ((present & 1) != 0) {
        layers.file.push_back({key, "from the file", "config.yaml:7"});
        expected = {"from the file", {Layer::kFile, "config.yaml:7"}};
      }
      if ((present & 2) != 0) {
        layers.environment.emplace(setting.variable, "from the environment");
        expected = {"from the environment", {Layer::kEnvironment, std::string(setting.variable)}};
      }
      if ((present & 4) != 0) {
        layers.flags.push_back({key, "from a flag", "--flag"});
        expected = {"from a flag", {Layer::kFlag, "--flag"}};
      }
      EXPECT_EQ(value_in(layers, key), expected);
    }
  }
}

TEST(LayersTest, NamesAreUnique) {
  std::set<std::string_view> keys, flags, variables, weaker_variables;
  for (const Setting& setting : all_settings()) {
    EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
    if (!setting.flag.empty()) {
      EXPECT_TRUE(flags.insert(setting.flag).second) << setting.flag;
    }
    EXPECT_TRUE(variables.insert(setting.variable).second) << setting.variable;
    // One may stand for several settings: AWS_ENDPOINT_URL is every service's.
    if (!setting.weaker_variable.empty()) weaker_variables.insert(setting.weaker_variable);
    EXPECT_FALSE(setting.description.empty()) << setting.key;
  }
  for (const std::string_view variable : weaker_variables)
    EXPECT_FALSE(variables.contains(variable)) << variable;
}

TEST(LayersTest, TheSpecificVariableWinsOverTheGeneralOne) {
  const Layers layers{
      .environment = {{"AWS_ENDPOINT_URL", "http://all"}, {"AWS_ENDPOINT_URL_S3", "http://s3"}}};
  EXPECT_EQ(value_in(layers, "iceberg.s3.endpoint"),
            (Value{"http://s3", {Layer::kEnvironment, "AWS_ENDPOINT_URL_S3"}}));
  EXPECT_EQ(value_in({.environment = {{"AWS_ENDPOINT_URL", "http://all"}}}, "iceberg.s3.endpoint"),
            (Value{"http://all", {Layer::kEnvironment, "AWS_ENDPOINT_URL"}}));
}

TEST(LayersTest, AGeneralVariableStandsForEverySettingThatTakesIt) {
  const Layers layers{.environment = {{"AWS_ENDPOINT_URL", "http://all"}}};
  for (const char* key : {"iceberg.s3.endpoint", "iceberg.glue.endpoint"}) {
    EXPECT_EQ(value_in(layers, key), (Value{"http://all", {Layer::kEnvironment, "AWS_ENDPOINT_URL"}})) << key;
  }
}

TEST(LayersTest, AnEmptyVariableIsNotSet) {
  const Layers layers{.file = {{"kafka.topic", "t", "c:1"}},
                      .environment = {{"KAFKA_TOPIC", ""}, {"CALVE_X", ""}}};
  EXPECT_EQ(value_in(layers, "kafka.topic").text, "t");
}

TEST(LayersTest, KafkaPropertiesComeFromEveryLayer) {
  const Layers layers{
      .file = {{"kafka.properties.sasl.mechanism", "PLAIN", "c:1"},
               {"kafka.properties.client.id", "file", "c:2"}},
      .environment = {{"KAFKA_SASL_MECHANISM", "SCRAM-SHA-256"}, {"KAFKA_HEAP_OPTS", "-Xmx1g"}},
      .flags = {{"kafka.properties.client.id", "flag", "-X"}}};
  EXPECT_EQ(value_in(layers, "kafka.properties.sasl.mechanism"),
            (Value{"SCRAM-SHA-256", {Layer::kEnvironment, "KAFKA_SASL_MECHANISM"}}));
  EXPECT_EQ(value_in(layers, "kafka.properties.client.id"), (Value{"flag", {Layer::kFlag, "-X"}}));
  EXPECT_FALSE(resolve(layers)->contains("kafka.properties.heap.opts"));
}

TEST(LayersTest, UnknownNamesGetTheNearestOneAndTheirPlace) {
  struct Case {
    Layers layers;
    std::string message;
  };
  const std::vector<Case> cases = {
      {{.file = {{"commit.intervall", "1s", "config.yaml:4"}}},
       "There is no setting commit.intervall (config.yaml:4); did you mean commit.interval?"},
      {{.file = {{"iceberg.s3.endpont", "x", "config.yaml:9"}}},
       "There is no setting iceberg.s3.endpont (config.yaml:9); did you mean iceberg.s3.endpoint?"},
      {{.file = {{"kafka.sasl.mechanism", "PLAIN", "config.yaml:2"}}},
       "There is no setting kafka.sasl.mechanism (config.yaml:2); write it as "
       "kafka.properties.sasl.mechanism"},
      {{.environment = {{"CALVE_COMIT_INTERVAL", "1s"}}},
       "There is no setting CALVE_COMIT_INTERVAL (environment); did you mean CALVE_COMMIT_INTERVAL?"},
      // Near CALVE_DEPS, which is the build's and nobody's setting.
      {{.environment = {{"CALVE_DEP", "x"}}},
       "There is no setting CALVE_DEP (environment); unset it, or see --help for the variables that are "
       "read"},
      {{.environment = {{"ICEBERG_WAREHUSE", "x"}}},
       "There is no setting ICEBERG_WAREHUSE (environment); did you mean ICEBERG_WAREHOUSE?"},
      {{.environment = {{"ICEBERG_CATALOG_URL", "x"}}},
       "There is no setting ICEBERG_CATALOG_URL (environment); did you mean ICEBERG_CATALOG_URI?"},
  };
  for (const Case& c : cases) {
    const auto values = resolve(c.layers);
    ASSERT_FALSE(values) << c.message;
    EXPECT_EQ(values.error(), (Error{ErrorKind::kConfig, c.message}));
  }
}

TEST(LayersTest, VariablesOfOursThatAreNoSettingsPass) {
  EXPECT_TRUE(
      resolve({.environment = {{"CALVE_CONFIG", "x"}, {"CALVE_CRASH_AT", "x"}, {"CALVE_STATE", "x"}}}));
}

TEST(LayersTest, IcebergVariablesOfOtherProgramsPass) {
  EXPECT_TRUE(resolve({.environment = {{"ICEBERG_VERSION", "1.5.2"}, {"ICEBERG_HOME", "/opt/iceberg"}}}));
}

// --- Types -----------------------------------------------------------------------------------------

Result<Settings> settings_with(std::vector<std::pair<std::string, std::string>> given) {
  Layers layers;
  for (auto& [key, text] : given)
    layers.flags.push_back({key, text, "--flag"});
  return read_settings(CALVE_TRY(resolve(layers)));
}

TEST(SettingsTest, DefaultsNeedNoService) {
  const auto settings = settings_with({});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_FALSE(settings->kafka.client);
  EXPECT_EQ(settings->kafka.topic, "orders.created.v1");
  EXPECT_EQ(settings->kafka.group_id, "calve-orders");
  EXPECT_EQ(settings->file_log.dir, "data");
  EXPECT_EQ(settings->iceberg.warehouse, (std::filesystem::current_path() / "warehouse").string());
  EXPECT_EQ(catalog::to_string(settings->iceberg.orders), "analytics.orders");
  EXPECT_EQ(catalog::to_string(settings->iceberg.rejects), "analytics.orders_rejected");
  EXPECT_EQ(settings->run.commit_interval, Milliseconds(1'000));
  EXPECT_EQ(settings->run.http_listen, "127.0.0.1:9465");
  EXPECT_GE(settings->run.workers, 1);
  EXPECT_EQ(settings->produce.to, ProduceTarget::kFileLog);
}

TEST(SettingsTest, EverySettingTakesAValueOfItsType) {
  for (const Setting& setting : all_settings()) {
    for (const int which : {0, 1}) {
      const std::string text = sample(setting, which);
      SCOPED_TRACE(testing::Message() << setting.key << " = " << text);
      std::vector<std::pair<std::string, std::string>> given = {{std::string(setting.key), text}};
      // Those that mean something only together with others.
      if (setting.key == "produce.to") given.emplace_back("kafka.bootstrap.servers", "a:1");
      if (setting.key == "iceberg.type") given.emplace_back("iceberg.uri", "http://catalog");
      if (setting.key == "iceberg.s3.access-key-id") given.emplace_back("iceberg.s3.secret-access-key", "s");
      if (setting.key == "iceberg.s3.secret-access-key") given.emplace_back("iceberg.s3.access-key-id", "a");
      const auto settings = settings_with(given);
      EXPECT_TRUE(settings) << settings.error().message;
    }
  }
}

TEST(SettingsTest, ARefusedValueIsNamedWithItsPlaceAndTheNextStep) {
  struct Case {
    std::string key;
    std::string text;
    std::string complaint;
  };
  const std::vector<Case> cases = {
      {"commit.interval", "1", "is no duration"},
      {"commit.interval", "0s", "is not positive"},
      {"run.memory", "64MB", "is no size"},
      {"run.workers", "0", "write 1 to 1024"},
      {"run.workers", "two", "is no whole number"},
      {"run.rejects-max-share", "0.5", "write a percentage"},
      {"run.rejects-max-share", "101%", "is no share"},
      {"run.pipeline", "Orders!", "is no pipeline's name"},
      {"run.pipeline", "", "is no pipeline's name"},
      {"run.http-listen", "9465", "write that, or off"},
      {"iceberg.type", "hive", "is not one of hadoop, rest, glue"},
      {"iceberg.warehouse", "ftp://a/b", "is no folder"},
      {"iceberg.warehouse", "", "is empty"},
      {"iceberg.namespace", "..", "is no namespace"},
      {"iceberg.namespace", "a b", "is no namespace"},
      {"iceberg.table", "a b", "is no table's name"},
      {"iceberg.table", "a.b", "has a dot"},
      {"iceberg.s3.endpoint", "localhost:4566", "write one such as http://localhost:4566"},
      {"iceberg.s3.path-style-access", "yes", "is not one of auto, true, false"},
      {"iceberg.s3.access-key-id", "AKIA", "without its other half"},
      {"produce.to", "kafka", "set kafka.bootstrap.servers"},
      {"produce.invalid", "1", "is no share"},
      {"produce.customers", "99999999999", "is too large"},
      {"produce.start", "yesterday", "is no time"},
      {"produce.faults", "truncated,wrong", "\"wrong\" is no class of invalid events; write some of"},
      {"log.level", "loud", "is not one of debug, info, warn, error, off"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.key << " = " << c.text);
    const auto settings = settings_with({{c.key, c.text}});
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().kind, ErrorKind::kConfig);
    EXPECT_THAT(settings.error().message, HasSubstr(c.complaint));
    EXPECT_THAT(settings.error().message, StartsWith(c.key + " (--flag): \""));
  }
}

TEST(SettingsTest, KafkaPropertiesAreCheckedAndTheirPlaceNamed) {
  const auto unknown = settings_with({{"kafka.properties.sasl.mechanisn", "PLAIN"}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(
      unknown.error().message,
      "kafka.properties.sasl.mechanisn (--flag): there is no Kafka property sasl.mechanisn; did you mean "
      "sasl.mechanism?");

  const auto settings = settings_with(
      {{"kafka.bootstrap.servers", "a:9092"}, {"kafka.properties.security.protocol", "SASL_SSL"}});
  ASSERT_TRUE(settings) << settings.error().message;
  ASSERT_TRUE(settings->kafka.client);
  EXPECT_EQ(settings->kafka.client->properties.at("security.protocol"), "SASL_SSL");
  EXPECT_EQ(settings->produce.to, ProduceTarget::kKafka);
}

TEST(SettingsTest, NoMessageShowsASecret) {
  const auto half = settings_with({{"iceberg.s3.secret-access-key", "hunter2"}});
  ASSERT_FALSE(half);
  EXPECT_THAT(half.error().message, Not(HasSubstr("hunter2")));
  EXPECT_THAT(half.error().message, HasSubstr("***"));
}

TEST(SettingsTest, SecretsAreKnown) {
  EXPECT_TRUE(is_secret("iceberg.s3.secret-access-key"));
  EXPECT_TRUE(is_secret("iceberg.s3.session-token"));
  EXPECT_TRUE(is_secret("iceberg.credential"));
  EXPECT_TRUE(is_secret("iceberg.token"));
  EXPECT_TRUE(is_secret("kafka.properties.sasl.password"));
  EXPECT_TRUE(is_secret("kafka.properties.sasl.jaas.config"));
  EXPECT_FALSE(is_secret("kafka.properties.sasl.username"));
  EXPECT_FALSE(is_secret("iceberg.s3.access-key-id"));
}

TEST(SettingsTest, AnEndpointThatIsNotAwsMeansPathStyle) {
  struct Case {
    std::string endpoint;
    std::string path_style;
    bool expected;
  };
  const std::vector<Case> cases = {
      {"", "auto", false},
      {"", "true", true},
      {"https://s3.eu-central-1.amazonaws.com", "auto", false},
      {"https://s3.cn-north-1.amazonaws.com.cn/", "auto", false},
      {"http://localhost:4566", "auto", true},
      {"http://localhost:4566", "false", false},
      {"https://s3.amazonaws.com.evil.example", "auto", true},
      {"https://evil.example/.amazonaws.com", "auto", true},
  };
  for (const Case& c : cases) {
    const auto settings =
        settings_with({{"iceberg.s3.endpoint", c.endpoint}, {"iceberg.s3.path-style-access", c.path_style}});
    ASSERT_TRUE(settings) << c.endpoint;
    EXPECT_EQ(settings->s3.path_style, c.expected) << c.endpoint << " " << c.path_style;
  }
}

TEST(SettingsTest, WarehousesAreLocations) {
  struct Case {
    std::string given;
    std::string expected;
  };
  for (const Case& c : std::vector<Case>{{"s3://lake/w", "s3://lake/w"},
                                         {"s3://lake/w/", "s3://lake/w"},
                                         {"/srv/w/", "/srv/w"},
                                         {"./w/../v", (std::filesystem::current_path() / "v").string()}}) {
    const auto settings = settings_with({{"iceberg.warehouse", c.given}});
    ASSERT_TRUE(settings) << c.given;
    EXPECT_EQ(settings->iceberg.warehouse, c.expected);
  }
}

TEST(SettingsTest, ARestCatalogNamesItsWarehouseItself) {
  const auto settings = settings_with({{"iceberg.type", "rest"}, {"iceberg.uri", "http://catalog:8181"}});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->iceberg.rest.uri, "http://catalog:8181");
  EXPECT_EQ(settings->iceberg.warehouse, "");
  for (const char* name : {"lake", "123456789012", "s3://lake/", "arn:aws:s3tables:r:1:bucket/b"}) {
    const auto named =
        settings_with({{"iceberg.type", "rest"}, {"iceberg.uri", "http://c"}, {"iceberg.warehouse", name}});
    ASSERT_TRUE(named) << name;
    EXPECT_EQ(named->iceberg.warehouse, name);
  }
  const auto nowhere = settings_with({{"iceberg.type", "rest"}});
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().message, StartsWith("iceberg.uri (default): \"\" is empty"));
}

TEST(SettingsTest, RequestsToAwsAreSigned) {
  struct Case {
    std::string uri;
    std::string enabled;
    std::string name;
    std::string region;
  };
  for (const Case& c : std::vector<Case>{
           {"https://glue.eu-west-1.amazonaws.com/iceberg", "auto", "glue", "eu-west-1"},
           {"https://s3tables.eu-west-1.amazonaws.com/iceberg", "auto", "s3tables", "eu-west-1"},
           {"https://x.execute-api.eu-west-1.amazonaws.com", "auto", "execute-api", "eu-west-1"},
           {"https://glue.eu-west-1.amazonaws.com/iceberg", "false", "", ""},
           {"http://localhost:8181", "auto", "", ""},
           {"http://localhost:8181", "true", "execute-api", "eu-west-1"},
           {"https://glue.amazonaws.com.evil.example", "auto", "", ""}}) {
    const auto settings = settings_with({{"iceberg.type", "rest"},
                                         {"iceberg.uri", c.uri},
                                         {"iceberg.client.region", "eu-west-1"},
                                         {"iceberg.rest.sigv4-enabled", c.enabled}});
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->iceberg.rest.signing_name, c.name) << c.uri << " " << c.enabled;
    EXPECT_EQ(settings->iceberg.rest.signing_region, c.region) << c.uri << " " << c.enabled;
  }
  const auto told = settings_with({{"iceberg.type", "rest"},
                                   {"iceberg.uri", "http://localhost:8181"},
                                   {"iceberg.rest.sigv4-enabled", "true"},
                                   {"iceberg.rest.signing-name", "glue"},
                                   {"iceberg.rest.signing-region", "us-west-2"}});
  EXPECT_EQ(told->iceberg.rest.signing_name, "glue");
  EXPECT_EQ(told->iceberg.rest.signing_region, "us-west-2");
}

TEST(SettingsTest, HttpCanBeOff) {
  for (const char* text : {"off", ""}) {
    const auto settings = settings_with({{"run.http-listen", text}});
    ASSERT_TRUE(settings);
    EXPECT_FALSE(settings->run.http_listen) << text;
  }
}

}  // namespace
}  // namespace calve::config
