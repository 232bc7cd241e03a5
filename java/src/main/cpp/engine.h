// One engine in the JVM's process: what the settings name, opened.

#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "calve/base/result.h"
#include "calve/batch/log_identity.h"
#include "calve/config/open_parts.h"
#include "calve/config/settings.h"
#include "calve/contract/contract.h"
#include "calve/kafka/msk_login.h"
#include "calve/runtime/part_committer.h"
#include "calve/runtime/part_writer.h"
#include "calve/runtime/task.h"

namespace calve::jni {

// Shared by the handle that Java holds and by the writer and committer that were opened on it.
class Engine {
 public:
  // `settings` are NAME=value, by the names of the environment. Sets the tables up.
  static Result<std::shared_ptr<Engine>> open(const std::vector<std::string>& settings);

  // JSON {"0":123}: the next offset by partition, as the table records it. kConfig if it is another
  // log's.
  Result<std::string> position(const batch::LogIdentity& source) const;
  // JSON object: properties of the Java client, secrets among them.
  Result<std::string> kafka_properties() const;
  // JSON: what the job as such is asked to be.
  std::string job() const;

  runtime::TaskParts parts() const;
  runtime::TaskOptions options(const batch::LogIdentity& source) const;

 private:
  Engine(config::Settings settings, contract::Contract contract, config::Warehouse warehouse);

  const config::Settings settings_;
  const contract::Contract contract_;
  const config::Warehouse warehouse_;
};

// The engine outlives what was opened on it, in whatever order Java closes the two.
struct WriterTask {
  std::shared_ptr<Engine> engine;
  std::unique_ptr<runtime::PartWriter> writer;
};
struct CommitterTask {
  std::shared_ptr<Engine> engine;
  std::unique_ptr<runtime::PartCommitter> committer;
};

// JSON of what a writer has done.
std::string to_json(const runtime::PartWriter::Counts& counts);
// JSON of what became of a commit.
std::string to_json(const runtime::PartCommitter::Done& done);
// JSON of a login to MSK, its token included.
std::string to_json(const kafka::MskLogin& login);

}  // namespace calve::jni
