// A stream's contract: one JSON Schema text compiled to everything that is derived from it.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/contract/plan.h"
#include "calve/iceberg/partition_spec.h"
#include "calve/iceberg/schema.h"

namespace calve::contract {

// Immutable once loaded; any number of Decoders in any threads may share it, and it must outlive them.
class Contract {
 public:
  // `text` is the schema's, not its path. kConfig with a JSON pointer for what is not supported or
  // does not make a table; the user changes the contract.
  static Result<Contract> load(std::string_view text);

  const std::string& version() const { return version_; }  // "orders.created.v1"

  // Of the stream's table: the contract's properties in their order, then the engine's columns.
  const iceberg::Schema& table_schema() const { return schema_; }
  const iceberg::PartitionSpec& partition_spec() const { return partition_spec_; }

  // The timestamptz column that says when the event happened, by x-calve/event-time.
  std::optional<FieldId> event_time_field() const { return event_time_field_; }

  const Plan& plan() const { return plan_; }

 private:
  Contract() = default;

  std::string version_;
  iceberg::Schema schema_;
  iceberg::PartitionSpec partition_spec_;
  std::optional<FieldId> event_time_field_;
  Plan plan_;
};

}  // namespace calve::contract
