// A catalog that is a service: the Iceberg REST protocol, spoken by Polaris, Lakekeeper, Nessie, Unity,
// Gravitino, AWS Glue and S3 Tables among others.
//
// The service writes the metadata files; a swap is one request that names what must hold of the table
// and what to do. What an answer means:
//
//   2xx              applied
//   409              lost, unless reading back shows that what we lost to is our own change: a gateway
//                    may have sent the request twice, and so may we
//   400 401 403 404 405 406 419 429 503, no connection        not applied
//   500 502 504 and the like, an answer that never came       sent again while that can do no harm,
//                    then unknown
//
// A request is sent again with the same Idempotency-Key, if the catalog takes such keys. Without it, only
// a change that adds a snapshot is: it asks for the head it was built on, so it cannot happen twice.

#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "calve/catalog/catalog.h"
#include "calve/catalog/rest_client.h"
#include "calve/catalog/rest_options.h"
#include "calve/catalog/rest_protocol.h"

namespace calve::catalog {

class RestCatalog final : public Catalog {
 public:
  // Asks the service for its configuration. kUnreachable or kUnavailable if it does not give it within
  // the policy; kConfig and kInvalidData if something else is at that address. The clock of the options
  // outlives the catalog.
  static Result<std::unique_ptr<RestCatalog>> connect(RestOptions options);

  Result<LoadedTable> load(const TableIdentifier& table) override;
  // Makes the namespace too, where there is none. The service chooses the table's uuid, and where
  // `first` names no location that as well. Field ids are kept, at the price of a request more if they
  // are others than the service would give.
  SwapOutcome create(const TableIdentifier& table, const iceberg::NewTable& first) override;
  SwapOutcome swap(const TableIdentifier& table, const LoadedTable& base,
                   const iceberg::TableChange& change) override;
  SwapOutcome register_table(const TableIdentifier& table, const std::string& metadata_location) override;
  // Empty: the service chooses.
  std::string default_location(const TableIdentifier& table) const override;
  // Nothing to try: comparing requirements is what the protocol asks of every service.
  Result<void> probe_swap() override;
  Result<StorageAccess> storage_access(const std::string& path) override;
  Result<StorageAccess> renewed_storage_access(const std::string& path) override;

 private:
  // How the files of a table that was loaded are reached.
  struct KnownStorage {
    TableIdentifier table;
    std::string location;
    Timestamp loaded_at;
    Properties config;
    std::vector<LentCredentials> lent;
  };

  struct Swap {
    const TableIdentifier& table;
    const LoadedTable& base;
    const iceberg::TableChange& change;
  };

  RestCatalog(RestOptions options, std::unique_ptr<RestClient> client, RestConfig config);

  Result<void> require(RestRoute route) const;
  Result<RestTable> load_table(const TableIdentifier& table);
  SwapOutcome create_plain(const TableIdentifier& table, const iceberg::NewTable& first);
  SwapOutcome create_staged(const TableIdentifier& table, iceberg::NewTable first);
  SwapOutcome created(const TableIdentifier& table, const RestAnswer& answer);
  RestRequest create_request(const TableIdentifier& table, const iceberg::NewTable& first,
                             Staging staging) const;
  Result<void> create_namespace(const std::vector<std::string>& levels);
  RestRequest asking_for_keys(RestRequest request) const;
  RestRequest with_key(RestRequest request) const;
  Repeat repeat_by_key() const;
  SwapOutcome settle_conflict(const Swap& swap, const RestAnswer& answer);
  LoadedTable remember(const TableIdentifier& table, RestTable loaded);
  Result<KnownStorage> known_storage(const std::string& path) const;
  StorageAccess access_by(const KnownStorage& known, const std::string& path) const;

  const RestOptions options_;
  const std::unique_ptr<RestClient> client_;
  const RestConfig config_;
  mutable std::mutex mutex_;
  std::map<std::string, KnownStorage> storage_;  // by the table's name
};

}  // namespace calve::catalog
