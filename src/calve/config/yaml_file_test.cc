#include "calve/config/yaml_file.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<YamlEntry> entries_of(std::string_view text) {
  auto parsed = parse_yaml(text, "c.yaml");
  EXPECT_TRUE(parsed) << text << "\n" << (parsed ? "" : parsed.error().message);
  return parsed.value_or(std::vector<YamlEntry>());
}

TEST(YamlFileTest, NestingAndDotsAreTheSame) {
  EXPECT_THAT(entries_of("# a comment\n"
                         "kafka:\n"
                         "  bootstrap.servers: \"a:1,b:2\"  # both\n"
                         "  properties: {sasl.mechanism: PLAIN}\n"
                         "commit.interval: 1s\n"
                         "run:\n"
                         "  http-listen: off\n"),
              ElementsAre(YamlEntry{"kafka.bootstrap.servers", "a:1,b:2", "c.yaml:3"},
                          YamlEntry{"kafka.properties.sasl.mechanism", "PLAIN", "c.yaml:4"},
                          YamlEntry{"commit.interval", "1s", "c.yaml:5"},
                          YamlEntry{"run.http-listen", "off", "c.yaml:7"}));
}

TEST(YamlFileTest, NothingInAFileOrASectionIsNoError) {
  for (const char* text : {"", "\n", "# all commented out\n", "---\n", "kafka:\n", "kafka:\niceberg: {}\n"}) {
    EXPECT_THAT(entries_of(text), IsEmpty()) << text;
  }
}

TEST(YamlFileTest, AQuotedEmptyValueIsAValue) {
  EXPECT_THAT(entries_of("a: {b: \"\"}"), ElementsAre(YamlEntry{"a.b", "", "c.yaml:1"}));
}

struct Bad {
  std::string text;
  std::string complaint;
  int line;
};

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i)
    all += text;
  return all;
}

TEST(YamlFileTest, RefusesWithThePlace) {
  const std::vector<Bad> cases = {
      {"a:\n  b: 1\n  b: 2\n", "a.b is set twice, first in line 2", 3},
      {"a:\n  b: 1\na.b: 2\n", "a.b is set twice, first in line 2", 3},
      {"a:\n\tb: 1\n", "begins with a tab", 2},
      {"a:\n  \tb: 1\n", "begins with a tab", 2},
      {"a: &x 1\nb: 2\n", "Anchors", 1},
      {"a: &x {b: 1}\n", "Anchors", 1},
      {"a: 1\nb: !!str 2\n", "Tags", 2},
      {"a: !!map {b: 1}\n", "Tags", 1},
      {"a:\n  - 1\n", "a is a list", 2},
      {"- 1\n", "The file is a list", 1},
      {"just text\n", "The file is one value", 1},
      {"a:\n  b:\n", "a.b has no value", 2},
      {"a:\n  b: ~\n", "a.b has no value", 2},
      {"? {b: 1}\n: 2\n", "A key is a mapping", 1},
      {"a: 1\n---\nb: 2\n", "A second document", 2},
      {"a: 1\n b: 2\n", "not YAML", 2},
      {"a: [1\n", "", 1},
      {repeated("{a: ", 17) + "1" + repeated("}", 17), "nested too deep; the limit is 16", 1},
  };
  for (const Bad& bad : cases) {
    SCOPED_TRACE(bad.text);
    const auto parsed = parse_yaml(bad.text, "c.yaml");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().kind, ErrorKind::kConfig);
    EXPECT_THAT(parsed.error().message, HasSubstr(bad.complaint));
    EXPECT_THAT(parsed.error().message, testing::EndsWith("c.yaml:" + std::to_string(bad.line)));
  }
}

TEST(YamlFileTest, AliasesDoNotGrowAFile) {
  // The "billion laughs": each line ten times the one above.
  const auto parsed = parse_yaml("a: &a x\nb: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n", "c.yaml");
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().message, HasSubstr("Anchors"));
  ASSERT_FALSE(parse_yaml("a: *b\n", "c.yaml"));
}

TEST(YamlFileTest, DeepNestingEndsAtItsLimitNotAtTheStacks) {
  EXPECT_FALSE(parse_yaml(repeated("{a: ", 100'000), "c.yaml"));
  EXPECT_FALSE(parse_yaml(repeated("[", 100'000), "c.yaml"));
  EXPECT_FALSE(parse_yaml(repeated("? ", 100'000), "c.yaml"));
}

TEST(YamlFileTest, SizeIsLimited) {
  const std::string at_limit = "a: {b: 1}\n#" + std::string(kYamlFileBytesMax - 11, 'x');
  ASSERT_EQ(at_limit.size(), kYamlFileBytesMax);
  EXPECT_TRUE(parse_yaml(at_limit, "c.yaml"));
  const auto over = parse_yaml(at_limit + "x", "c.yaml");
  ASSERT_FALSE(over);
  EXPECT_THAT(over.error().message, HasSubstr("too large"));
}

TEST(YamlFileTest, ReadsAFile) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / ("calve-config-" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(path) << "run:\n  workers: 3\n";
  const auto entries = read_yaml_file(path);
  std::filesystem::remove(path);
  ASSERT_TRUE(entries);
  EXPECT_THAT(*entries, ElementsAre(YamlEntry{"run.workers", "3", path.string() + ":2"}));

  const auto missing = read_yaml_file(path);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  ASSERT_FALSE(read_yaml_file(testing::TempDir()));  // a folder
}

}  // namespace
}  // namespace calve::config
