#include "calve/catalog/fake_glue_server.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace calve::catalog {
namespace {

using nlohmann::json;
using storage::RawServer;

template <class... Handlers>
struct Overload : Handlers... {
  using Handlers::operator()...;
};

// AWS Glue API reference: TableInput.
constexpr std::array<std::string_view, 14> kTableInputMembers = {
    "Name",      "Description",       "Owner",         "LastAccessTime",   "LastAnalyzedTime",
    "Retention", "StorageDescriptor", "PartitionKeys", "ViewOriginalText", "ViewExpandedText",
    "TableType", "Parameters",        "TargetTable",   "ViewDefinition"};

RawServer::Answer whole_answer(int status, const json& body) {
  const std::string text = body.dump();
  return {.bytes = fmt::format("HTTP/1.1 {} Status\r\nContent-Type: application/x-amz-json-1.1\r\n"
                               "Content-Length: {}\r\n\r\n{}",
                               status, text.size(), text),
          .ending = RawServer::Ending::kKeepOpen};
}

json fault(const std::string& code) {
  return {{"__type", "com.amazonaws.glue#" + code}, {"Message", "as told"}};
}

std::string header_of(const std::string& request, const std::string& name) {
  const std::string line = "\r\n" + name + ": ";
  const std::size_t at = request.find(line);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + line.size();
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

bool is_signed_for_glue(const std::string& request) {
  return header_of(request, "authorization").find("/glue/aws4_request") != std::string::npos;
}

std::string key_of(const json& request, const std::string& name) {
  return fmt::format("{}.{}", request.at("DatabaseName").get<std::string>(), name);
}

}  // namespace

FakeGlueServer::FakeGlueServer() : server_([this](const std::string& request) { return answer(request); }) {}

void FakeGlueServer::spoil(Spoil spoil) {
  const std::scoped_lock lock(mutex_);
  spoils_.push_back(std::move(spoil));
}

void FakeGlueServer::spoil_nothing() {
  const std::scoped_lock lock(mutex_);
  spoils_.clear();
}

void FakeGlueServer::add_database(const std::string& name, const std::string& location) {
  const std::scoped_lock lock(mutex_);
  databases_[name] = {{"Name", name}, {"LocationUri", location}};
}

void FakeGlueServer::drop(const std::string& database, const std::string& table) {
  const std::scoped_lock lock(mutex_);
  tables_.erase(fmt::format("{}.{}", database, table));
}

json FakeGlueServer::entry(const std::string& database, const std::string& table) const {
  const std::scoped_lock lock(mutex_);
  const auto found = tables_.find(fmt::format("{}.{}", database, table));
  return found == tables_.end() ? json() : table_json(found->second);
}

void FakeGlueServer::set_parameter(const std::string& database, const std::string& table,
                                   const std::string& name, const std::string& value) {
  const std::scoped_lock lock(mutex_);
  Entry& entry = tables_.at(fmt::format("{}.{}", database, table));
  entry.input["Parameters"][name] = value;
  ++entry.version;
}

std::vector<std::string> FakeGlueServer::operations() const {
  const std::scoped_lock lock(mutex_);
  return operations_;
}

int FakeGlueServer::count(const std::string& operation) const {
  return static_cast<int>(std::ranges::count(operations(), operation));
}

std::optional<FakeGlueServer::Effect> FakeGlueServer::effect_of(const std::string& operation) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find_if(spoils_, [&](const Spoil& spoil) {
    return std::ranges::find(spoil.operations, operation) != spoil.operations.end();
  });
  if (found == spoils_.end()) return std::nullopt;
  Effect effect = found->effect;
  if (--found->times == 0) spoils_.erase(found);
  return effect;
}

RawServer::Answer FakeGlueServer::answer(const std::string& request) {
  const std::string target = header_of(request, "X-Amz-Target");
  const std::string operation = target.substr(target.find('.') + 1);
  if (!is_signed_for_glue(request)) return whole_answer(400, fault("MissingAuthenticationTokenException"));
  const json body = json::parse(request.substr(request.find("\r\n\r\n") + 4));
  {
    const std::scoped_lock lock(mutex_);
    operations_.push_back(operation);
  }
  const auto serve_whole = [&] {
    const Answer answer = serve(operation, body);
    return whole_answer(answer.status, answer.body);
  };
  const auto effect = effect_of(operation);
  if (!effect) return serve_whole();
  return std::visit(
      Overload{[](const Refuse& refuse) { return whole_answer(refuse.status, fault(refuse.code)); },
               [](const DropRequest&) { return RawServer::Answer{.ending = RawServer::Ending::kReset}; },
               [&](const DropAnswer&) {
                 serve(operation, body);
                 return RawServer::Answer{.ending = RawServer::Ending::kReset};
               },
               [&](const ServeAgain&) {
                 serve(operation, body);
                 return serve_whole();
               },
               [&](const ActBefore& act) {
                 act.action();
                 return serve_whole();
               },
               [&](const ActThenDrop& act) {
                 serve(operation, body);
                 act.action();
                 return RawServer::Answer{.ending = RawServer::Ending::kReset};
               }},
      *effect);
}

FakeGlueServer::Answer FakeGlueServer::serve(const std::string& operation, const json& request) {
  const std::scoped_lock lock(mutex_);
  if (operation == "GetDatabase") {
    const auto found = databases_.find(request.at("Name"));
    if (found == databases_.end()) return {400, fault("EntityNotFoundException")};
    return {.body = {{"Database", found->second}}};
  }
  if (operation == "CreateDatabase") {
    const json& input = request.at("DatabaseInput");
    if (!databases_.emplace(input.at("Name"), input).second) return {400, fault("AlreadyExistsException")};
    return {};
  }
  if (operation == "GetTable") {
    const auto found = tables_.find(key_of(request, request.at("Name")));
    if (found == tables_.end()) return {400, fault("EntityNotFoundException")};
    return {.body = {{"Table", table_json(found->second)}}};
  }
  const json& input = request.at("TableInput");
  for (const auto& [name, value] : input.items()) {
    if (std::ranges::find(kTableInputMembers, name) == kTableInputMembers.end() || value.is_null())
      return {400, fault("InvalidInputException")};
  }
  if (operation == "CreateTable") return create_table(request);
  if (operation == "UpdateTable") return update_table(request);
  return {400, fault("UnknownOperationException")};
}

FakeGlueServer::Answer FakeGlueServer::create_table(const json& request) {
  const json& input = request.at("TableInput");
  if (!databases_.contains(request.at("DatabaseName"))) return {400, fault("EntityNotFoundException")};
  const bool is_new = tables_.emplace(key_of(request, input.at("Name")), Entry{.input = input}).second;
  if (!is_new) return {400, fault("AlreadyExistsException")};
  return {};
}

FakeGlueServer::Answer FakeGlueServer::update_table(const json& request) {
  const json& input = request.at("TableInput");
  const auto found = tables_.find(key_of(request, input.at("Name")));
  if (found == tables_.end()) return {400, fault("EntityNotFoundException")};
  Entry& entry = found->second;
  if (request.contains("VersionId") && request.at("VersionId") != std::to_string(entry.version)) {
    return {400, fault("ConcurrentModificationException")};
  }
  entry.input = input;
  ++entry.version;
  return {};
}

json FakeGlueServer::table_json(const Entry& entry) const {
  json table = entry.input;
  table["VersionId"] = std::to_string(entry.version);
  table["CatalogId"] = "123456789012";
  table["CreateTime"] = 1795500000.5;
  table["IsRegisteredWithLakeFormation"] = false;
  return table;
}

}  // namespace calve::catalog
