#include "calve/cli/config.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/config/setting.h"

namespace calve::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string config_screen(const config::Layers& layers, OutputFormat output) {
  const auto values = config::resolve(layers);
  EXPECT_TRUE(values) << values.error().message;
  const config::Settings settings;
  std::ostringstream out, err;
  const Command command = config_command();
  const auto done =
      command.run({.values = *values, .settings = settings, .output = output, .out = out, .err = err});
  EXPECT_TRUE(done);
  EXPECT_EQ(err.str(), "");
  return out.str();
}

const config::Layers& four_layers() {
  static const config::Layers layers{
      .file = {{"kafka.topic", "from-file", "config.yaml:2"}},
      .environment = {{"KAFKA_SASL_PASSWORD", "hunter2"},
                      {"KAFKA_SASL_USERNAME", "me"},
                      {"AWS_ACCESS_KEY_ID", "AKIA"},
                      {"AWS_SECRET_ACCESS_KEY", "hunter3"}},
      .flags = {{"run.workers", "3", "--workers"}},
  };
  return layers;
}

TEST(ConfigTest, ShowsEachValueWithItsOriginAndNoSecret) {
  const std::string shown = config_screen(four_layers(), OutputFormat::kText);
  EXPECT_THAT(shown, testing::ContainsRegex("kafka.topic +from-file +file config.yaml:2\n"));
  EXPECT_THAT(shown, testing::ContainsRegex(
                         "kafka.properties.sasl.password +\\*\\*\\* +environment KAFKA_SASL_PASSWORD\n"));
  EXPECT_THAT(
      shown, testing::ContainsRegex("kafka.properties.sasl.username +me +environment KAFKA_SASL_USERNAME\n"));
  EXPECT_THAT(shown, testing::ContainsRegex(
                         "iceberg.s3.secret-access-key +\\*\\*\\* +environment AWS_SECRET_ACCESS_KEY\n"));
  EXPECT_THAT(shown, testing::ContainsRegex("run.workers +3 +flag --workers\n"));
  EXPECT_THAT(shown, testing::ContainsRegex("commit.interval +1s +default\n"));
  EXPECT_THAT(shown, Not(HasSubstr("hunter")));
  // What has no value is left out, and a property stands with Kafka's settings.
  EXPECT_THAT(shown, Not(HasSubstr("produce.count")));
  EXPECT_LT(shown.find("kafka.properties."), shown.find("file-log.dir"));
}

TEST(ConfigTest, JsonHasEverySettingOnce) {
  const std::string text = config_screen(four_layers(), OutputFormat::kJson);
  EXPECT_THAT(text, Not(HasSubstr("hunter")));
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json.size(), config::all_settings().size() + 2);
  std::map<std::string, nlohmann::json> by_key;
  for (const auto& entry : json)
    EXPECT_TRUE(by_key.emplace(entry.at("key"), entry).second) << entry;
  EXPECT_EQ(by_key.at("kafka.topic").dump(),
            R"({"key":"kafka.topic","origin":"file","place":"config.yaml:2","value":"from-file"})");
  EXPECT_EQ(by_key.at("produce.count").dump(), R"({"key":"produce.count","origin":"default","value":null})");
  EXPECT_EQ(by_key.at("kafka.properties.sasl.password").at("value"), "***");
}

}  // namespace
}  // namespace calve::cli
