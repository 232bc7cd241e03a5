// An HTTP server for tests that can break off anywhere: it answers with the bytes it is told to.
//
// It listens on a port of its own choice on 127.0.0.1, and serves each connection on a thread.

#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace calve::storage {

class RawServer {
 public:
  enum class Ending {
    kClose,
    kReset,     // TCP RST
    kHang,      // nothing more until the server ends
    kKeepOpen,  // serves the next request of the connection
  };
  struct Answer {
    std::string bytes;
    Ending ending = Ending::kClose;
  };
  // Gets the whole request; called from several threads at the same time.
  using Handler = std::function<Answer(const std::string& request)>;

  explicit RawServer(Handler handler);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string url() const;
  int connections() const { return connections_; }

 private:
  void accept_connections(const std::stop_token& stop);
  void serve(int connection);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::jthread> servers_;
  std::jthread acceptor_;
};

}  // namespace calve::storage
