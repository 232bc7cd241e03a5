#include "calve/storage/s3_store.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "calve/storage/byte_range.h"
#include "calve/storage/location.h"
#include "calve/storage/s3_listing.h"
#include "calve/storage/s3_writer.h"

namespace calve::storage {
namespace {

constexpr int kHttpOk = 200;
constexpr int kHttpRangeNotSatisfiable = 416;

Result<S3Call> object_call(std::string_view method, std::string_view action, const std::string& path) {
  auto location = CALVE_TRY(parse_object_path(path, Scheme::kS3));
  return S3Call{.method = method, .action = action, .path = path, .location = std::move(location)};
}

Result<S3Call> put_call(const S3Client& client, const std::string& path, std::string_view bytes) {
  auto call = CALVE_TRY(object_call("PUT", "s3:PutObject", path));
  call.headers = client.encryption_headers();
  if (client.stores_checksums()) call.headers.emplace_back("x-amz-checksum-crc32", s3_checksum(bytes));
  call.body = bytes;
  return call;
}

// The checksum of an object that was sent in parts is one of its parts' checksums, marked by "-".
Result<void> check_whole(const HttpResponse& response, const std::string& path) {
  const auto stated = response.header("x-amz-checksum-crc32");
  if (!stated || stated->find('-') != std::string_view::npos) return {};
  const auto actual = s3_checksum(response.body);
  if (*stated == actual) return {};
  return fail(
      ErrorKind::kInvalidData,
      fmt::format("the object's bytes do not match its checksum; read it by another way before trusting "
                  "it: CRC32 {}, stated {}: '{}'",
                  actual, *stated, path));
}

}  // namespace

Result<std::unique_ptr<S3Store>> S3Store::create_store(S3Options options) {
  auto client = CALVE_TRY(S3Client::create(std::move(options)));
  return std::unique_ptr<S3Store>(new S3Store(std::move(client)));
}

Result<std::string> S3Store::read(const std::string& path) {
  auto call = CALVE_TRY(object_call("GET", "s3:GetObject", path));
  call.headers = {{"x-amz-checksum-mode", "ENABLED"}};
  auto response = CALVE_TRY(client_->call(call));
  CALVE_TRY(check_whole(response, path));
  return std::move(response.body);
}

Result<std::string> S3Store::read_range(const std::string& path, std::int64_t begin, std::int64_t length) {
  CALVE_TRY(check_byte_range(path, begin, length));
  if (length == 0) {  // HTTP has no empty range
    CALVE_TRY(stat(path));
    return std::string{};
  }
  auto call = CALVE_TRY(object_call("GET", "s3:GetObject", path));
  call.headers = {{"range", fmt::format("bytes={}-{}", begin, begin + length - 1)}};
  call.accepted_status = kHttpRangeNotSatisfiable;
  auto response = CALVE_TRY(client_->call(call));
  if (response.status == kHttpRangeNotSatisfiable) return std::string{};
  // 200 is a server that does not know ranges and sent everything.
  if (response.status == kHttpOk) {
    if (std::cmp_greater_equal(begin, response.body.size())) return std::string{};
    return response.body.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(length));
  }
  return std::move(response.body);
}

Result<ObjectInfo> S3Store::stat(const std::string& path) {
  const auto call = CALVE_TRY(object_call("HEAD", "s3:GetObject", path));
  const auto response = CALVE_TRY(client_->call(call));
  const auto text = response.header("content-length").value_or("");
  std::int64_t size = -1;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (code != std::errc{} || end != text.data() + text.size() || size < 0) {
    return fail(ErrorKind::kInvalidData, fmt::format("the store gives no size of the object: '{}'", path));
  }
  return ObjectInfo{.path = path, .size_bytes = size};
}

Result<void> S3Store::write(const std::string& path, std::string_view bytes) {
  const auto call = CALVE_TRY(put_call(*client_, path, bytes));
  CALVE_TRY(client_->call(call));
  return {};
}

Result<void> S3Store::create(const std::string& path, std::string_view bytes) {
  auto call = CALVE_TRY(put_call(*client_, path, bytes));
  call.headers.emplace_back("if-none-match", "*");
  call.repeatable = Repeatable::kNo;
  CALVE_TRY(client_->call(call));
  return {};
}

Result<std::unique_ptr<ObjectWriter>> S3Store::open_writer(const std::string& path) {
  auto location = CALVE_TRY(parse_object_path(path, Scheme::kS3));
  return std::make_unique<S3Writer>(*client_, path, std::move(location));
}

Result<void> S3Store::remove(const std::string& path) {
  const auto call = CALVE_TRY(object_call("DELETE", "s3:DeleteObject", path));
  const auto removed = client_->call(call);
  // S3 answers 204 for what is not there; servers like it may answer 404.
  if (!removed && removed.error().kind != ErrorKind::kNotFound) return std::unexpected(removed.error());
  return {};
}

Result<std::vector<ObjectInfo>> S3Store::list(const std::string& prefix) {
  const auto location = CALVE_TRY(parse_prefix(prefix, Scheme::kS3));
  const auto root = prefix.substr(0, prefix.find("://") + 3) + location.bucket + "/";
  std::vector<ObjectInfo> found;
  std::string continuation;
  do {
    S3Call call{.method = "GET",
                .action = "s3:ListBucket",
                .path = prefix,
                .location = {Scheme::kS3, location.bucket, ""},
                .query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", location.key}}};
    if (!continuation.empty()) call.query.emplace_back("continuation-token", continuation);
    auto page = CALVE_TRY(parse_s3_listing(CALVE_TRY(client_->call(call)).body));
    for (auto& [key, size_bytes] : page.objects) {
      // Consoles mark a folder by an empty object whose key ends with "/".
      if (!key.ends_with('/')) found.push_back({.path = root + key, .size_bytes = size_bytes});
    }
    if (!page.continuation.empty() && page.continuation == continuation) {
      return fail(ErrorKind::kInvalidData,
                  fmt::format("the store lists the same page for ever: '{}'", prefix));
    }
    continuation = std::move(page.continuation);
  } while (!continuation.empty());
  return found;
}

}  // namespace calve::storage
