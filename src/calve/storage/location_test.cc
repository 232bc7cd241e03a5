#include "calve/storage/location.h"

#include <gtest/gtest.h>

namespace calve::storage {
namespace {

TEST(LocationTest, TakesItsGrammar) {
  struct Case {
    std::string path;
    Location expected;
  };
  for (const auto& [path, expected] : {
           Case{"/warehouse/t", {Scheme::kLocal, "", "/warehouse/t"}},
           Case{"file:/warehouse/t", {Scheme::kLocal, "", "/warehouse/t"}},
           Case{"file:///warehouse/t", {Scheme::kLocal, "", "/warehouse/t"}},
           Case{"/a b%20/c..d/...", {Scheme::kLocal, "", "/a b%20/c..d/..."}},
           Case{"s3://bucket", {Scheme::kS3, "bucket", ""}},
           Case{"s3://bucket/", {Scheme::kS3, "bucket", ""}},
           Case{"s3a://my.bucket-1/a//b", {Scheme::kS3, "my.bucket-1", "a//b"}},
           Case{"s3n://bucket/a", {Scheme::kS3, "bucket", "a"}},
           Case{"memory://a/b", {Scheme::kMemory, "", "a/b"}},
       }) {
    EXPECT_EQ(parse_location(path), expected) << path;
  }
}

TEST(LocationTest, RefusesEverythingElse) {
  using namespace std::string_literals;
  for (const auto& path : {""s,
                           "relative"s,
                           "./x"s,
                           "~/x"s,
                           "http://host/x"s,
                           "file://host/x"s,
                           "file:relative"s,
                           "s3:/bucket/x"s,
                           "s3://"s,
                           "s3:///x"s,
                           "s3://user@host/x"s,
                           "s3://host:80/x"s,
                           "s3://b?c/x"s,
                           "s3://../x"s,
                           "/a/../b"s,
                           "/.."s,
                           "/a/."s,
                           "s3://b/a/../c"s,
                           "memory://.."s,
                           "/a\0b"s,
                           "S3://bucket/x"s}) {
    const auto location = parse_location(path);
    ASSERT_FALSE(location) << path;
    EXPECT_EQ(location.error().kind, ErrorKind::kConfig) << path;
  }
}

}  // namespace
}  // namespace calve::storage
