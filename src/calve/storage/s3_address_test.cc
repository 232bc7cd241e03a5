#include "calve/storage/s3_address.h"

#include <gtest/gtest.h>

#include "calve/storage/store_under_test.h"

namespace calve::storage {
namespace {

TEST(S3AddressTest, FollowsEndpointAndAddressing) {
  struct Case {
    std::string endpoint;
    std::string region;
    S3Addressing addressing;
    std::string bucket;
    std::string url;
  };
  for (const auto& [endpoint, region, addressing, bucket, url] : {
           Case{"", "eu-west-1", S3Addressing::kByEndpoint, "b",
                "https://b.s3.eu-west-1.amazonaws.com/k/a%20b"},
           Case{"", "cn-north-1", S3Addressing::kByEndpoint, "b",
                "https://b.s3.cn-north-1.amazonaws.com.cn/k/a%20b"},
           Case{"", "us-east-1", S3Addressing::kByEndpoint, "b.c",
                "https://s3.us-east-1.amazonaws.com/b.c/k/a%20b"},
           Case{"", "us-east-1", S3Addressing::kPath, "b", "https://s3.us-east-1.amazonaws.com/b/k/a%20b"},
           Case{"http://127.0.0.1:4566/", "us-east-1", S3Addressing::kByEndpoint, "b",
                "http://127.0.0.1:4566/b/k/a%20b"},
           Case{"https://minio.lan", "us-east-1", S3Addressing::kVirtualHosted, "b",
                "https://b.minio.lan/k/a%20b"},
           Case{"https://s3.us-west-2.amazonaws.com", "us-west-2", S3Addressing::kByEndpoint, "b",
                "https://b.s3.us-west-2.amazonaws.com/k/a%20b"},
           Case{"https://amazonaws.com.example", "us-west-2", S3Addressing::kByEndpoint, "b",
                "https://amazonaws.com.example/b/k/a%20b"},
       }) {
    const auto made = S3Endpoint::create({.endpoint = endpoint, .region = region, .addressing = addressing});
    ASSERT_TRUE(made) << endpoint;
    EXPECT_EQ(made->address(bucket, "k/a b").url(), url);
  }
  const auto aws = S3Endpoint::create({.region = "us-east-1"});
  EXPECT_EQ(aws->address("b", "").url(), "https://b.s3.us-east-1.amazonaws.com/");
  EXPECT_EQ(aws->address("b.c", "").url(), "https://s3.us-east-1.amazonaws.com/b.c");
}

TEST(S3AddressTest, RefusesWhatIsNoEndpoint) {
  for (const auto* endpoint :
       {"localhost:4566", "file:///etc/passwd", "gopher://host", "http://", "https:///",
        "http://user:pass@host", "http://host/path", "http://host?x", "http://169.254.169.254",
        "http://169.254.170.2/", "http://[fd00:ec2::254]", "http://a b"}) {
    EXPECT_EQ(error_kind(S3Endpoint::create({.endpoint = endpoint})), ErrorKind::kConfig) << endpoint;
  }
  for (const auto* region : {"", "us east", "evil.example/", "US-EAST-1"})
    EXPECT_EQ(error_kind(S3Endpoint::create({.region = region})), ErrorKind::kConfig) << region;
}

}  // namespace
}  // namespace calve::storage
