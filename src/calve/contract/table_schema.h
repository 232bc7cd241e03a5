// The Iceberg side of a contract.

#pragma once

#include "calve/base/result.h"
#include "calve/contract/plan.h"
#include "calve/contract/schema_document.h"
#include "calve/iceberg/partition_spec.h"
#include "calve/iceberg/schema.h"

namespace calve::contract {

// `plan` was compiled from `document`. Leaves are in the order of the plan's columns. A field is
// required if the event must have it and may not have null there.
iceberg::Schema table_schema_of(const SchemaDocument& document, const Plan& plan);

// From x-calve/partition: "channel", "day(created_at)", "bucket[16](customer_id)". kConfig for a field
// that is not there, or a transform that does not take its type.
Result<iceberg::PartitionSpec> partition_spec_of(const SchemaDocument& document,
                                                 const iceberg::Schema& schema);

}  // namespace calve::contract
