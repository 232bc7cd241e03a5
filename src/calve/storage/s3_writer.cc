#include "calve/storage/s3_writer.h"

#include <utility>

#include <fmt/format.h>

#include "calve/base/log.h"
#include "calve/storage/xml.h"

namespace calve::storage {

S3Writer::S3Writer(S3Client& client, std::string path, Location location)
    : client_(client), path_(std::move(path)), location_(std::move(location)) {}

S3Writer::~S3Writer() {
  if (upload_id_.empty()) return;
  auto abort = call("DELETE", "s3:AbortMultipartUpload");
  abort.query = {{"uploadId", upload_id_}};
  abort.attempts_max = 1;
  if (const auto aborted = client_.call(abort); !aborted && aborted.error().kind != ErrorKind::kNotFound) {
    log::warn("an unfinished upload keeps its parts until the bucket's lifecycle rule removes them: {}",
              aborted.error().message);
  }
}

S3Call S3Writer::call(std::string_view method, std::string_view action) const {
  return {.method = method, .action = action, .path = path_, .location = location_};
}

Result<void> S3Writer::append(std::string_view bytes) {
  while (buffer_.size() + bytes.size() >= kPartBytes) {
    const auto taken = bytes.substr(0, kPartBytes - buffer_.size());
    buffer_ += taken;
    bytes.remove_prefix(taken.size());
    CALVE_TRY(send_part());
  }
  buffer_ += bytes;
  return {};
}

Result<void> S3Writer::finish() {
  if (upload_id_.empty()) return put_whole();
  if (!buffer_.empty()) CALVE_TRY(send_part());
  return complete();
}

Result<void> S3Writer::put_whole() {
  auto put = call("PUT", "s3:PutObject");
  put.headers = client_.encryption_headers();
  if (client_.stores_checksums()) put.headers.emplace_back("x-amz-checksum-crc32", s3_checksum(buffer_));
  put.body = buffer_;
  CALVE_TRY(client_.call(put));
  return {};
}

Result<void> S3Writer::start() {
  auto create = call("POST", "s3:PutObject");
  create.query = {{"uploads", ""}};
  create.headers = client_.encryption_headers();
  create.headers.emplace_back("x-amz-checksum-algorithm", "CRC32");
  // A repeat whose first answer was lost starts a second upload; the first stays empty and costs nothing.
  const auto root = CALVE_TRY(parse_xml(CALVE_TRY(client_.call(create)).body));
  upload_id_ = root.child_text("UploadId");
  if (upload_id_.empty()) {
    return fail(ErrorKind::kInvalidData, fmt::format("the store began an upload without an id: '{}'", path_));
  }
  return {};
}

Result<void> S3Writer::send_part() {
  if (upload_id_.empty()) CALVE_TRY(start());
  if (parts_.size() == kPartsMax) {
    return fail(
        ErrorKind::kConfig,
        fmt::format("the object is too large for S3; lower the target file size: {} parts of {} bytes: '{}'",
                    kPartsMax, kPartBytes, path_));
  }
  Part part{.checksum = s3_checksum(buffer_)};
  auto upload = call("PUT", "s3:PutObject");
  upload.query = {{"partNumber", std::to_string(parts_.size() + 1)}, {"uploadId", upload_id_}};
  upload.headers = {{"x-amz-checksum-crc32", part.checksum}};
  upload.body = buffer_;
  const auto response = CALVE_TRY(client_.call(upload));
  part.etag = response.header("etag").value_or("");
  if (part.etag.empty()) {
    return fail(ErrorKind::kInvalidData, fmt::format("the store took a part without an ETag: '{}'", path_));
  }
  parts_.push_back(std::move(part));
  sent_bytes_ += static_cast<std::int64_t>(buffer_.size());
  buffer_.clear();
  return {};
}

Result<void> S3Writer::complete() {
  XmlElement list{.name = "CompleteMultipartUpload"};
  for (const auto& part : parts_) {
    list.children.push_back(
        {.name = "Part",
         .children = {{.name = "PartNumber", .text = std::to_string(list.children.size() + 1)},
                      {.name = "ETag", .text = part.etag},
                      {.name = "ChecksumCRC32", .text = part.checksum}}});
  }
  const auto body = to_xml(list);
  auto complete = call("POST", "s3:PutObject");
  complete.query = {{"uploadId", upload_id_}};
  complete.body = body;
  const auto response = client_.call(complete);
  // An attempt whose answer was lost may have completed the upload; then its id is gone.
  if (!response && response.error().kind == ErrorKind::kNotFound) {
    CALVE_TRY(check_completed(response.error()));
  } else if (!response) {
    return std::unexpected(response.error());
  }
  upload_id_.clear();
  return {};
}

Result<void> S3Writer::check_completed(const Error& upload_is_gone) const {
  const auto response = client_.call(call("HEAD", "s3:GetObject"));
  if (response && response->header("content-length") == std::to_string(sent_bytes_)) return {};
  return std::unexpected(upload_is_gone);
}

}  // namespace calve::storage
