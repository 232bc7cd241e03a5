// Glue for tests, in this process: it keeps its entries in memory, refuses a VersionId that is not the
// current one, as AWS does, and its answers can be spoiled.

#pragma once

#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "calve/storage/raw_server.h"

namespace calve::catalog {

class FakeGlueServer {
 public:
  // The request is not served; its sender gets this.
  struct Refuse {
    int status = 400;
    std::string code;  // "ThrottlingException"
  };
  // The connection breaks before the request is served.
  struct DropRequest {};
  // The request is served, and the connection breaks.
  struct DropAnswer {};
  // The request is served twice, as by a gateway that is impatient; its sender gets the second answer.
  struct ServeAgain {};
  // Something else happens first: another writer wins.
  struct ActBefore {
    std::function<void()> action;
  };
  // The request is served; then this happens, and then the connection breaks.
  struct ActThenDrop {
    std::function<void()> action;
  };
  using Effect = std::variant<Refuse, DropRequest, DropAnswer, ServeAgain, ActBefore, ActThenDrop>;

  struct Spoil {
    std::vector<std::string> operations;  // "UpdateTable"
    Effect effect;
    int times = 1;
  };

  FakeGlueServer();

  std::string url() const { return server_.url(); }
  void spoil(Spoil spoil);
  void spoil_nothing();
  void add_database(const std::string& name, const std::string& location);
  void drop(const std::string& database, const std::string& table);
  // The table of the entry as GetTable gives it; null if there is none.
  nlohmann::json entry(const std::string& database, const std::string& table) const;
  // Changes the entry beside what a catalog sees to, as a crawler or an administrator does.
  void set_parameter(const std::string& database, const std::string& table, const std::string& name,
                     const std::string& value);
  // "GetTable", ... in the order in which they came.
  std::vector<std::string> operations() const;
  int count(const std::string& operation) const;

 private:
  struct Answer {
    int status = 200;
    nlohmann::json body = nlohmann::json::object();
  };
  struct Entry {
    nlohmann::json input;
    int version = 0;
  };

  storage::RawServer::Answer answer(const std::string& request);
  std::optional<Effect> effect_of(const std::string& operation);
  Answer serve(const std::string& operation, const nlohmann::json& request);
  Answer create_table(const nlohmann::json& request);
  Answer update_table(const nlohmann::json& request);
  nlohmann::json table_json(const Entry& entry) const;

  mutable std::mutex mutex_;
  std::list<Spoil> spoils_;
  std::vector<std::string> operations_;
  std::map<std::string, nlohmann::json> databases_;
  std::map<std::string, Entry> tables_;  // by database, '.' and name
  storage::RawServer server_;            // last: it serves until it is destroyed
};

}  // namespace calve::catalog
