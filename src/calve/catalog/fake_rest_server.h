// A REST catalog for tests, in this process: it keeps its tables in memory, and its answers can be
// spoiled, to make happen what real services do seldom and at no chosen time.
//
//   FakeRestServer server;
//   server.spoil({.request = "POST /v1/namespaces/a/tables/t ", .effect = LoseAnswer{}});

#pragma once

#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "calve/catalog/catalog.h"
#include "calve/storage/raw_server.h"

namespace calve::catalog {

// The request is not served; its sender gets this status.
struct AnswerStatus {
  int status = 0;
  std::string body;     // empty: an ErrorModel
  std::string headers;  // whole lines, each with its CRLF
};
// The connection breaks before the request is served.
struct LoseRequest {};
// The request is served, and the connection breaks.
struct LoseAnswer {};
// The request is served twice, as by a gateway that is impatient; its sender gets the second answer.
struct ServeTwice {};
// Something else happens first: another writer wins.
struct ActBefore {
  std::function<void()> action;
};
using Spoiling = std::variant<AnswerStatus, LoseRequest, LoseAnswer, ServeTwice, ActBefore>;

struct Spoil {
  std::string request;  // how it begins: method, path, and a space for no more of either
  Spoiling effect;
  int times = 1;
};

class FakeRestServer {
 public:
  struct Options {
    std::string config = R"({"defaults":{},"overrides":{}})";
    std::string token;        // a request without it is answered 401
    std::string table_extra;  // further members of each table's answer: R"(,"config":{...})"
    bool keeps_idempotency_keys = false;
  };
  FakeRestServer() : FakeRestServer(Options{}) {}
  explicit FakeRestServer(Options options);

  std::string url() const { return server_.url(); }
  // Of several that fit a request the first counts; one is gone after it was met `times` times.
  void spoil(Spoil spoil);
  void set_token(std::string token);
  void set_table_extra(std::string extra);
  // The table ceases to exist.
  void drop(const std::string& path);
  // Each as it came over the wire.
  std::vector<std::string> requests() const;
  // How many began so.
  int count(const std::string& beginning) const;

 private:
  struct Answer {
    int status = 200;
    std::string body;
  };

  storage::RawServer::Answer answer(const std::string& request);
  std::optional<Spoiling> spoiling_of(const std::string& request);
  Answer serve(const std::string& request);
  Answer serve_table(const std::string& method, const std::string& path, const std::string& body);
  Answer create_table(const std::string& tables_path, const std::string& body);
  Answer commit(const std::string& path, const std::string& body);
  std::string table_json(const LoadedTable& table) const;

  Options options_;
  mutable std::mutex mutex_;
  std::list<Spoil> spoils_;
  std::vector<std::string> requests_;
  std::map<std::string, LoadedTable> tables_;   // by path
  std::map<std::string, Answer> kept_answers_;  // by Idempotency-Key
  storage::RawServer server_;                   // last: it serves until it is destroyed
};

}  // namespace calve::catalog
