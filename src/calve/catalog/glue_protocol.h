// Glue's native API as values: what a request carries, what comes back. No I/O.
//
//   POST / HTTP/1.1
//   Content-Type: application/x-amz-json-1.1
//   X-Amz-Target: AWSGlue.UpdateTable
//
//   {"DatabaseName": "analytics", "VersionId": "41", "SkipArchive": true, "TableInput": {...}}
//
// An Iceberg table is one with the parameter table_type=ICEBERG; metadata_location is its current
// metadata file. AWS Glue Developer Guide: "Table API"; Iceberg: GlueTableOperations.

#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "calve/base/result.h"
#include "calve/catalog/table_identifier.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/storage/http.h"

namespace calve::catalog {

inline constexpr std::string_view kGlueTableType = "table_type";
inline constexpr std::string_view kGlueMetadataLocation = "metadata_location";
inline constexpr std::string_view kGluePreviousMetadataLocation = "previous_metadata_location";

// What GetTable answers.
struct GlueTable {
  std::string version_id;
  std::string metadata_location;
  // All of it, for the next UpdateTable: that replaces what it is not given.
  nlohmann::json table;
};
// kConfig for a table that is not Iceberg's, kInvalidData for an answer that is none of Glue's.
Result<GlueTable> parse_glue_table(std::string_view json);

// The place that a database names for its tables, without a slash at its end; empty if it names none.
Result<std::string> parse_database_location(std::string_view json);

// What of a table goes into its entry in Glue.
struct GlueEntry {
  const TableIdentifier& table;
  const iceberg::TableMetadata& metadata;
  const std::string& metadata_location;
};
nlohmann::json create_table_request(const GlueEntry& entry);
// Keeps what others entered beside it. Replaces `before` and nothing else: its VersionId is asserted.
nlohmann::json update_table_request(const GlueEntry& entry, const GlueTable& before);

// What an answer other than 200 means to the sender of a request that may change something:
//   kNotFound        EntityNotFoundException
//   kAlreadyExists   AlreadyExistsException
//   kFenced          ConcurrentModificationException, VersionMismatchException
//   kAccessDenied    AccessDeniedException and whatever doubts the signature
//   kUnavailable     throttling: it did not happen
//   kUnknownOutcome  OperationTimeoutException, InternalServiceException, every 5xx
//   kConfig          any other
// The service's own words are quoted, bounded.
Error glue_error(const storage::HttpResponse& response, std::string_view operation);

}  // namespace calve::catalog
