// Where bytes are kept: a local folder, S3, memory. One flat name space of URIs.
//
// Paths are what Iceberg's metadata stores as locations: "s3://bucket/key", "file:/folder/name" or an
// absolute path of the local file system. A store accepts those of its own scheme and refuses others
// with kConfig. Reads see every finished write at once (S3 is strongly consistent since 2020).
//
// Every method may be called from any thread at the same time. Each retries what certainly did not
// happen (kUnreachable, kUnavailable) within its RetryPolicy before it answers; all but create() leave
// the same behind however often they are made, so they retry a lost answer too, and then say kUnavailable.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"

namespace calve::storage {

struct ObjectInfo {
  std::string path;  // whole, with its scheme as the request gave it
  std::int64_t size_bytes = 0;

  bool operator==(const ObjectInfo&) const = default;
};

// One object being written, front to back, by one thread. Nothing is visible under its path until
// finish() succeeds; destroying it earlier leaves nothing behind that a reader could see.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual Result<void> append(std::string_view bytes) = 0;
  // Makes the object durable and visible, whole; overwrites. No call may follow.
  virtual Result<void> finish() = 0;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // kNotFound if there is none.
  virtual Result<std::string> read(const std::string& path) = 0;
  // Fewer bytes than asked for only at the end of the object.
  virtual Result<std::string> read_range(const std::string& path, std::int64_t begin,
                                         std::int64_t length) = 0;
  virtual Result<ObjectInfo> stat(const std::string& path) = 0;

  // Durable and visible, whole, when it returns; overwrites. May be repeated without harm.
  virtual Result<void> write(const std::string& path, std::string_view bytes) = 0;

  // As write(), but only if nothing is there: exactly one of any number of racing calls succeeds.
  // kAlreadyExists: another object is there, and ours was not written.
  // kUnknownOutcome: the request left and no answer came; read the object back to find out. Never
  // retried inside for that reason: a repeat would meet its own first attempt.
  virtual Result<void> create(const std::string& path, std::string_view bytes) = 0;

  // For objects too large to hold: streams in bounded memory.
  virtual Result<std::unique_ptr<ObjectWriter>> open_writer(const std::string& path) = 0;

  // Succeeds as well if nothing is there.
  virtual Result<void> remove(const std::string& path) = 0;

  // Every object whose path begins with `prefix`, in the order of their paths.
  virtual Result<std::vector<ObjectInfo>> list(const std::string& prefix) = 0;
};

}  // namespace calve::storage
