#include "calve/storage/raw_server.h"

#include <cstdlib>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace calve::storage {
namespace {

constexpr int kPollMs = 20;

std::size_t content_length(const std::string& head) {
  const char* at = ::strcasestr(head.c_str(), "\r\ncontent-length:");
  return at == nullptr ? 0 : std::strtoull(at + std::strlen("\r\ncontent-length:"), nullptr, 10);
}

// "" at the end of the connection.
std::string receive_request(int connection) {
  std::string request;
  char buffer[65'536];
  while (true) {
    const auto head_end = request.find("\r\n\r\n");
    if (head_end != std::string::npos &&
        request.size() >= head_end + 4 + content_length(request.substr(0, head_end + 2))) {
      return request;
    }
    const auto got = ::recv(connection, buffer, sizeof buffer, 0);
    if (got <= 0) return "";
    request.append(buffer, static_cast<std::size_t>(got));
  }
}

void send_all(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

RawServer::RawServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_connections(stop); });
}

RawServer::~RawServer() {
  acceptor_.request_stop();
  acceptor_.join();
  {
    const std::scoped_lock lock(mutex_);
    for (const int connection : open_)
      ::shutdown(connection, SHUT_RDWR);
  }
  servers_.clear();
  ::close(listener_);
}

std::string RawServer::url() const {
  return fmt::format("http://127.0.0.1:{}", port_);
}

void RawServer::accept_connections(const std::stop_token& stop) {
  pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
  while (!stop.stop_requested()) {
    if (::poll(&waiting, 1, kPollMs) <= 0) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    ++connections_;
    const std::scoped_lock lock(mutex_);
    open_.push_back(connection);
    servers_.emplace_back([this, connection] { serve(connection); });
  }
}

void RawServer::serve(int connection) {
  Ending ending = Ending::kKeepOpen;
  while (ending == Ending::kKeepOpen) {
    const auto request = receive_request(connection);
    if (request.empty()) break;
    const auto answer = handler_(request);
    send_all(connection, answer.bytes);
    ending = answer.ending;
  }
  if (ending == Ending::kHang) {
    char byte;
    while (::recv(connection, &byte, 1, 0) > 0) {
    }
  }
  if (ending == Ending::kReset) {
    const linger none{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  }
  const std::scoped_lock lock(mutex_);
  std::erase(open_, connection);
  ::close(connection);
}

}  // namespace calve::storage
