#include "calve/catalog/fake_rest_server.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <strings.h>

#include "calve/catalog/metadata_log.h"
#include "calve/catalog/table_change_reader.h"

namespace calve::catalog {
namespace {

using storage::RawServer;

template <class... Handlers>
struct Overload : Handlers... {
  using Handlers::operator()...;
};

std::string error_json(int status, std::string_view type, std::string_view message) {
  return fmt::format(R"({{"error":{{"message":"{}","type":"{}","code":{}}}}})", message, type, status);
}

RawServer::Answer whole_answer(int status, const std::string& body, const std::string& headers = "") {
  return {.bytes = fmt::format("HTTP/1.1 {} Status\r\n{}Content-Length: {}\r\n\r\n{}", status, headers,
                               body.size(), body),
          .ending = RawServer::Ending::kKeepOpen};
}

std::string header_of(const std::string& request, const std::string& name) {
  const std::string line = "\r\n" + name + ": ";
  const char* at = ::strcasestr(request.c_str(), line.c_str());
  if (at == nullptr) return "";
  const std::string rest(at + line.size());
  return rest.substr(0, rest.find("\r\n"));
}

std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

}  // namespace

FakeRestServer::FakeRestServer(Options options)
    : options_(std::move(options)), server_([this](const std::string& request) { return answer(request); }) {}

void FakeRestServer::spoil(Spoil spoil) {
  const std::scoped_lock lock(mutex_);
  spoils_.push_back(std::move(spoil));
}

void FakeRestServer::set_token(std::string token) {
  const std::scoped_lock lock(mutex_);
  options_.token = std::move(token);
}

void FakeRestServer::set_table_extra(std::string extra) {
  const std::scoped_lock lock(mutex_);
  options_.table_extra = std::move(extra);
}

void FakeRestServer::drop(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  tables_.erase(path);
}

std::vector<std::string> FakeRestServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

int FakeRestServer::count(const std::string& beginning) const {
  return static_cast<int>(std::ranges::count_if(
      requests(), [&](const std::string& request) { return request.starts_with(beginning); }));
}

std::optional<Spoiling> FakeRestServer::spoiling_of(const std::string& request) {
  const std::scoped_lock lock(mutex_);
  const auto found =
      std::ranges::find_if(spoils_, [&](const Spoil& spoil) { return request.starts_with(spoil.request); });
  if (found == spoils_.end()) return std::nullopt;
  Spoiling effect = found->effect;
  if (--found->times == 0) spoils_.erase(found);
  return effect;
}

RawServer::Answer FakeRestServer::answer(const std::string& request) {
  {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(request);
  }
  const auto serve_whole = [&] {
    const Answer answer = serve(request);
    return whole_answer(answer.status, answer.body);
  };
  const auto spoiling = spoiling_of(request);
  if (!spoiling) return serve_whole();
  return std::visit(
      Overload{[](const AnswerStatus& status) {
                 const std::string body =
                     status.body.empty() ? error_json(status.status, "Spoiled", "as told") : status.body;
                 return whole_answer(status.status, body, status.headers);
               },
               [](const LoseRequest&) { return RawServer::Answer{.ending = RawServer::Ending::kReset}; },
               [&](const LoseAnswer&) {
                 serve(request);
                 return RawServer::Answer{.ending = RawServer::Ending::kReset};
               },
               [&](const ServeTwice&) {
                 serve(request);
                 return serve_whole();
               },
               [&](const ActBefore& before) {
                 before.action();
                 return serve_whole();
               }},
      *spoiling);
}

FakeRestServer::Answer FakeRestServer::serve(const std::string& request) {
  const std::scoped_lock lock(mutex_);
  const std::size_t method_end = request.find(' ');
  const std::string method = request.substr(0, method_end);
  const std::string target =
      request.substr(method_end + 1, request.find(' ', method_end + 1) - method_end - 1);
  const std::string path = target.substr(0, target.find('?'));
  if (path == "/v1/oauth/tokens") {
    return {.body = fmt::format(R"({{"access_token":"{}","token_type":"bearer","expires_in":3600}})",
                                options_.token)};
  }
  if (!options_.token.empty() && header_of(request, "Authorization") != "Bearer " + options_.token) {
    return {401, error_json(401, "NotAuthorizedException", "who are you")};
  }
  if (path == "/v1/config") return {.body = options_.config};
  const std::string key = header_of(request, "Idempotency-Key");
  if (const auto kept = kept_answers_.find(key); kept != kept_answers_.end()) return kept->second;
  Answer answer = serve_table(method, path, body_of(request));
  if (options_.keeps_idempotency_keys && !key.empty()) kept_answers_.emplace(key, answer);
  return answer;
}

FakeRestServer::Answer FakeRestServer::serve_table(const std::string& method, const std::string& path,
                                                   const std::string& body) {
  if (method == "POST" && path.ends_with("/namespaces")) return {.body = "{}"};
  if (method == "POST" && path.ends_with("/tables")) return create_table(path, body);
  const auto table = tables_.find(path);
  if (table == tables_.end()) {
    return {404, error_json(404, "NoSuchTableException", "Table does not exist: " + path)};
  }
  if (method == "POST") return commit(path, body);
  return {.body = table_json(table->second)};
}

FakeRestServer::Answer FakeRestServer::create_table(const std::string& tables_path, const std::string& body) {
  auto request = read_create_table(body);
  if (!request) return {400, error_json(400, "BadRequestException", request.error().message)};
  const std::string path = fmt::format("{}/{}", tables_path, request->name);
  if (tables_.contains(path)) return {409, error_json(409, "AlreadyExistsException", "Table already exists")};
  request->table.uuid = random_uuid();
  request->table.properties.erase("format-version");
  if (request->table.location.empty()) request->table.location = "memory://warehouse" + path;
  request->table.created_at = system_clock().now();
  LoadedTable table{.metadata = iceberg::make_table_metadata(request->table)};
  table.metadata_location = table.metadata.location + "/metadata/00000.metadata.json";
  table.version = "0";
  tables_.emplace(path, table);
  return {.body = table_json(table)};
}

FakeRestServer::Answer FakeRestServer::commit(const std::string& path, const std::string& body) {
  LoadedTable& table = tables_.at(path);
  auto change = read_table_change(body);
  if (!change) return {400, error_json(400, "BadRequestException", change.error().message)};
  if (const auto holds = iceberg::check(table.metadata, change->requirements); !holds) {
    return {409, error_json(409, "CommitFailedException", holds.error().message)};
  }
  auto next = iceberg::apply(table.metadata, change->updates, system_clock().now());
  if (!next) return {400, error_json(400, "ValidationException", next.error().message)};
  log_previous_metadata(*next, table.metadata, table.metadata_location);
  table.metadata = std::move(*next);
  table.version = std::to_string(std::stoi(table.version) + 1);
  table.metadata_location =
      fmt::format("{}/metadata/{:0>5}.metadata.json", table.metadata.location, table.version);
  return {.body = table_json(table)};
}

std::string FakeRestServer::table_json(const LoadedTable& table) const {
  return fmt::format(R"({{"metadata-location":"{}","metadata":{}{}}})", table.metadata_location,
                     iceberg::serialize_table_metadata(table.metadata), options_.table_extra);
}

}  // namespace calve::catalog
