#include "calve/catalog/glue_protocol.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <strings.h>

#include "calve/catalog/glue_columns.h"

namespace calve::catalog {
namespace {

using nlohmann::json;

constexpr const char* kIceberg = "ICEBERG";
constexpr std::string_view kExternalTable = "EXTERNAL_TABLE";
// What the service says is quoted up to here.
constexpr std::size_t kQuotedBytesMax = 300;

// The members of a table that an UpdateTable may send back; the others are Glue's own.
constexpr std::array<const char*, 13> kInputMembers = {
    "Name",      "Description",       "Owner",         "LastAccessTime",   "LastAnalyzedTime",
    "Retention", "StorageDescriptor", "PartitionKeys", "ViewOriginalText", "ViewExpandedText",
    "TableType", "Parameters",        "TargetTable"};

// Null if there is no such member, or `object` is no object.
const json* find(const json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto member = object.find(name);
  return member == object.end() ? nullptr : &*member;
}

std::string text_of(const json* value) {
  return value != nullptr && value->is_string() ? value->get<std::string>() : "";
}

Result<json> parse_answer(std::string_view text, std::string_view member) {
  const json answer = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const json* found = find(answer, member);
  if (found == nullptr || !found->is_object()) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("The answer is not Glue's, it has no {}; check AWS_ENDPOINT_URL_GLUE", member));
  }
  return *found;
}

void set_entry(json& input, const GlueEntry& entry) {
  input["Name"] = entry.table.name;
  input["TableType"] = kExternalTable;
  json& parameters = input["Parameters"];
  parameters[kGlueTableType] = kIceberg;
  parameters[kGlueMetadataLocation] = entry.metadata_location;
  json& storage = input["StorageDescriptor"];
  storage["Location"] = entry.metadata.location;
  storage["Columns"] = glue_columns(entry.metadata);
}

struct Fault {
  std::string code;  // "EntityNotFoundException"
  std::string message;
};

// The code may stand behind a shape's namespace, "com.amazonaws.glue#", and before ":" and a URL.
Fault fault_of(const storage::HttpResponse& response) {
  const json body = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  std::string code(response.header("x-amzn-errortype").value_or(""));
  if (code.empty()) code = text_of(find(body, "__type"));
  code = code.substr(0, code.find(':'));
  code = code.substr(code.rfind('#') + 1);
  std::string message = text_of(find(body, "message"));
  if (message.empty()) message = text_of(find(body, "Message"));
  for (std::string* text : {&code, &message}) {
    *text = text->substr(0, kQuotedBytesMax);
    std::ranges::replace_if(*text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  }
  return {std::move(code), std::move(message)};
}

struct Meaning {
  std::string_view code;
  ErrorKind kind;
};
constexpr auto kMeanings = std::to_array<Meaning>({
    {"EntityNotFoundException", ErrorKind::kNotFound},
    {"AlreadyExistsException", ErrorKind::kAlreadyExists},
    {"ConcurrentModificationException", ErrorKind::kFenced},
    {"VersionMismatchException", ErrorKind::kFenced},
    {"AccessDeniedException", ErrorKind::kAccessDenied},
    {"AccessDenied", ErrorKind::kAccessDenied},
    {"ExpiredTokenException", ErrorKind::kAccessDenied},
    {"IncompleteSignatureException", ErrorKind::kAccessDenied},
    {"InvalidSignatureException", ErrorKind::kAccessDenied},
    {"MissingAuthenticationTokenException", ErrorKind::kAccessDenied},
    {"UnrecognizedClientException", ErrorKind::kAccessDenied},
    {"Throttling", ErrorKind::kUnavailable},
    {"ThrottlingException", ErrorKind::kUnavailable},
    {"TooManyRequestsException", ErrorKind::kUnavailable},
    {"RequestLimitExceeded", ErrorKind::kUnavailable},
    {"ResourceNotReadyException", ErrorKind::kUnavailable},
    {"OperationTimeoutException", ErrorKind::kUnknownOutcome},
    {"InternalServiceException", ErrorKind::kUnknownOutcome},
});

ErrorKind kind_of(std::string_view code, int status) {
  const auto* const meaning = std::ranges::find(kMeanings, code, &Meaning::code);
  if (meaning != kMeanings.end()) return meaning->kind;
  if (status == 401 || status == 403) return ErrorKind::kAccessDenied;
  if (status == 429) return ErrorKind::kUnavailable;
  return status >= 500 ? ErrorKind::kUnknownOutcome : ErrorKind::kConfig;
}

std::string phrase_of(ErrorKind kind, std::string_view operation) {
  switch (kind) {
    case ErrorKind::kNotFound:
      return "Glue knows no such thing";
    case ErrorKind::kAlreadyExists:
      return "Glue has it already";
    case ErrorKind::kFenced:
      return "another changed the table first";
    case ErrorKind::kAccessDenied:
      return fmt::format("Glue denies access; allow the role glue:{}, or check its keys", operation);
    case ErrorKind::kUnavailable:
      return "Glue cannot serve this now, and has not";
    case ErrorKind::kUnknownOutcome:
      return "Glue failed, and may have done it";
    default:
      return "Glue refuses the request";
  }
}

}  // namespace

Result<GlueTable> parse_glue_table(std::string_view text) {
  GlueTable result;
  result.table = CALVE_TRY(parse_answer(text, "Table"));
  const json* parameters = find(result.table, "Parameters");
  const std::string type = parameters == nullptr ? "" : text_of(find(*parameters, kGlueTableType));
  if (::strcasecmp(type.c_str(), kIceberg) != 0) {
    return fail(ErrorKind::kConfig,
                fmt::format("Glue has a table of that name that is not Iceberg's; choose another name: "
                            "table_type='{}'",
                            type));
  }
  result.metadata_location = text_of(find(*parameters, kGlueMetadataLocation));
  result.version_id = text_of(find(result.table, "VersionId"));
  if (result.metadata_location.empty() || result.version_id.empty()) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("Glue's entry of the table is damaged: metadata_location='{}', VersionId='{}'",
                            result.metadata_location, result.version_id));
  }
  return result;
}

Result<std::string> parse_database_location(std::string_view text) {
  const json database = CALVE_TRY(parse_answer(text, "Database"));
  std::string location = text_of(find(database, "LocationUri"));
  while (location.ends_with('/'))
    location.pop_back();
  return location;
}

json create_table_request(const GlueEntry& entry) {
  json input = json::object();
  set_entry(input, entry);
  return {{"DatabaseName", entry.table.namespace_levels.front()}, {"TableInput", std::move(input)}};
}

json update_table_request(const GlueEntry& entry, const GlueTable& before) {
  json input = json::object();
  for (const char* name : kInputMembers) {
    if (const json* member = find(before.table, name); member != nullptr && !member->is_null()) {
      input[name] = *member;
    }
  }
  set_entry(input, entry);
  input["Parameters"][kGluePreviousMetadataLocation] = before.metadata_location;
  return {{"DatabaseName", entry.table.namespace_levels.front()},
          {"VersionId", before.version_id},
          {"SkipArchive", true},
          {"TableInput", std::move(input)}};
}

Error glue_error(const storage::HttpResponse& response, std::string_view operation) {
  const Fault fault = fault_of(response);
  const ErrorKind kind = kind_of(fault.code, response.status);
  return {kind, fmt::format("{}: HTTP {} {} {}: {}", phrase_of(kind, operation), response.status, fault.code,
                            fault.message, operation)};
}

}  // namespace calve::catalog
