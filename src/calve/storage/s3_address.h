// Which host and path an object of S3 has.

#pragma once

#include <string>

#include "calve/base/result.h"
#include "calve/storage/s3_options.h"

namespace calve::storage {

struct S3Address {
  std::string scheme;  // "http" or "https"
  std::string host;    // with ":port" if there is one
  std::string path;    // encoded, begins with "/"

  std::string url() const { return scheme + "://" + host + path; }

  bool operator==(const S3Address&) const = default;
};

class S3Endpoint {
 public:
  // kConfig unless the endpoint is empty or http(s)://host[:port][/], and not of a link-local address:
  // those serve a machine's own credentials.
  static Result<S3Endpoint> create(const S3Options& options);

  bool is_aws() const;

  // The address of `key` in `bucket`; of the bucket itself if the key is empty.
  S3Address address(const std::string& bucket, const std::string& key) const;

 private:
  S3Endpoint() = default;

  std::string scheme_;
  std::string host_;
  bool is_virtual_hosted_ = false;
};

}  // namespace calve::storage
