#include "calve/contract/contract.h"

#include <utility>

#include "calve/contract/schema_document.h"
#include "calve/contract/table_schema.h"

namespace calve::contract {

Result<Contract> Contract::load(std::string_view text) {
  const SchemaDocument document = CALVE_TRY(parse_schema_document(text));
  Contract contract;
  contract.plan_ = CALVE_TRY(compile_plan(document));
  contract.schema_ = table_schema_of(document, contract.plan_);
  contract.partition_spec_ = CALVE_TRY(partition_spec_of(document, contract.schema_));
  contract.version_ = document.stream.version;
  if (const auto* field = iceberg::find_field(contract.schema_, document.stream.event_time)) {
    contract.event_time_field_ = field->id;
  }
  return contract;
}

}  // namespace calve::contract
