// What the engine needs inside a task of a distributed runtime. See ARCHITECTURE.md, "Apache Flink".
//
//   writer tasks, one per source split group         the committer task, one per job
//     PartWriter::write(records)
//     PartWriter::seal()  ── sealed part ────────▶   PartCommitter::commit(parts of one checkpoint)

#pragma once

#include <cstdint>
#include <string>

#include "calve/base/time.h"
#include "calve/batch/log_identity.h"
#include "calve/catalog/catalog.h"
#include "calve/catalog/table_identifier.h"
#include "calve/contract/contract.h"
#include "calve/runtime/reject_limit.h"
#include "calve/storage/object_store.h"

namespace calve::runtime {

// All of them outlive the task.
struct TaskParts {
  const contract::Contract& contract;
  catalog::Catalog& catalog;
  storage::ObjectStore& store;
  const Clock& clock;
};

struct TaskOptions {
  std::string pipeline;
  batch::LogIdentity source;
  catalog::TableIdentifier orders;
  catalog::TableIdentifier rejects;
  std::int64_t open_writers_bytes_max = std::int64_t{64} << 20;  // of one writer task
  RejectLimitOptions reject_limit;
};

}  // namespace calve::runtime
