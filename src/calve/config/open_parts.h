// From settings to the objects that the commands work with.

#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "calve/base/result.h"
#include "calve/catalog/catalog.h"
#include "calve/config/settings.h"
#include "calve/contract/contract.h"
#include "calve/source/source.h"
#include "calve/storage/credentials.h"
#include "calve/storage/object_store.h"

namespace calve::config {

// The table side: the catalog and the store of its tables. Which of the two refers to the other depends on
// the kind of catalog; neither does so but in calls.
struct Warehouse {
  std::unique_ptr<storage::ObjectStore> store;
  std::unique_ptr<catalog::Catalog> catalog;
};

// The keys that the settings name, else those of the profile that they name, else the default chain.
std::shared_ptr<storage::CredentialsProvider> s3_credentials(const S3Settings& settings);

// A REST catalog has been spoken to; what can go wrong then is RestCatalog::connect's.
// `on_repeat` is RetryPolicy's, of every request of store and catalog; from any thread.
Result<Warehouse> open_warehouse(const Settings& settings, const std::stop_token& stop,
                                 const std::function<void(const Error&)>& on_repeat = {});

// The contract that the settings name, or the built-in one.
Result<contract::Contract> load_contract(const Settings& settings);

// Makes the orders and the rejects table where there are none, and evolves those that are there; what
// can go wrong is commit::set_up_table's.
Result<void> set_up_tables(const Settings& settings, const Warehouse& warehouse,
                           const contract::Contract& contract, const std::stop_token& stop);

enum class Reading {
  kInGroup,  // shares the partitions with the other members of the consumer group
  kAlone,    // sees every partition and disturbs nobody
};

// The Kafka topic if a broker is configured, else the file log, which kInGroup makes if it is not there.
Result<std::unique_ptr<source::Source>> open_source(const Settings& settings, Reading reading,
                                                    const std::stop_token& stop);

}  // namespace calve::config
