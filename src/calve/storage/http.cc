#include "calve/storage/http.h"

#include <algorithm>
#include <cctype>

#include <curl/curl.h>
#include <fmt/format.h>

namespace calve::storage {
namespace {

// A handle serves one host mostly; an older connection than these is closed for a new one.
constexpr long kKeptConnectionsPerHandle = 2;

void initialise_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)code;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

struct Reception {
  HttpResponse response;
  std::int64_t body_bytes_max;
  bool is_too_large = false;
};

std::size_t receive_body(const char* data, std::size_t, std::size_t size, void* target) {
  auto& reception = *static_cast<Reception*>(target);
  if (std::cmp_greater(reception.response.body.size() + size, reception.body_bytes_max)) {
    reception.is_too_large = true;
    return 0;
  }
  reception.response.body.append(data, size);
  return size;
}

std::size_t receive_header(const char* data, std::size_t, std::size_t size, void* target) {
  auto& headers = static_cast<Reception*>(target)->response.headers;
  const std::string_view line(data, size);
  // A status line begins anew: what came before was a "100 Continue".
  if (line.starts_with("HTTP/")) headers.clear();
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  std::string name(trim(line.substr(0, colon)));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  headers.emplace_back(std::move(name), trim(line.substr(colon + 1)));
  return size;
}

// The services that give a machine its keys have link-local addresses: no proxy reaches them.
bool is_of_this_machine(std::string_view url) {
  const auto authority = url.find("://");
  if (authority == std::string_view::npos) return false;
  url.remove_prefix(authority + 3);
  if (url.starts_with("169.254.") || url.starts_with("[fd00:ec2:")) return true;
  for (const std::string_view host : {"127.0.0.1", "localhost", "[::1]"}) {
    if (url.starts_with(host) &&
        (url.size() == host.size() || url[host.size()] == ':' || url[host.size()] == '/'))
      return true;
  }
  return false;
}

class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(list_); }

  void add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// What is after "?" may be a signature; it is no part of a message.
std::string_view without_query(std::string_view url) {
  return url.substr(0, url.find('?'));
}

}  // namespace

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &HttpHeaders::value_type::first);
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

class HttpClient::Handle {
 public:
  Handle() : curl_(curl_easy_init()) {}
  ~Handle() { curl_easy_cleanup(curl_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  Result<HttpResponse> send(const HttpRequest& request, const HttpOptions& options) {
    if (curl_ == nullptr) return fail(ErrorKind::kInternal, "libcurl gives no handle");
    curl_easy_reset(curl_);  // keeps connections
    Reception reception{.body_bytes_max = options.response_bytes_max};
    char detail[CURL_ERROR_SIZE] = "";
    HeaderList headers;
    set_connection(request, options);
    set_request(request, headers);
    curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &reception);
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, &reception);

    const CURLcode code = curl_easy_perform(curl_);
    if (code != CURLE_OK) {
      const std::string_view why = detail[0] != '\0' ? detail : curl_easy_strerror(code);
      return std::unexpected(error_of(code, why, request, reception));
    }
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    reception.response.status = static_cast<int>(status);
    return std::move(reception.response);
  }

 private:
  void set_connection(const HttpRequest& request, const HttpOptions& options) {
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl_, CURLOPT_MAXCONNECTS, kKeptConnectionsPerHandle);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, static_cast<long>(options.request_timeout.count()));
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout.count() / 1'000));
    if (!options.ca_bundle.empty()) curl_easy_setopt(curl_, CURLOPT_CAINFO, options.ca_bundle.c_str());
    if (is_of_this_machine(request.url)) curl_easy_setopt(curl_, CURLOPT_PROXY, "");
    // libcurl repeats a request by itself only over a connection that it kept.
    if (request.resend == Resend::kNever) curl_easy_setopt(curl_, CURLOPT_FRESH_CONNECT, 1L);
  }

  void set_request(const HttpRequest& request, HeaderList& headers) {
    curl_easy_setopt(curl_, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl_, CURLOPT_PATH_AS_IS, 1L);  // the path is signed as it stands
    if (request.method == "HEAD") {
      curl_easy_setopt(curl_, CURLOPT_NOBODY, 1L);
    } else if (request.method == "GET" || request.method == "DELETE") {
      curl_easy_setopt(curl_, CURLOPT_HTTPGET, 1L);
    } else {
      curl_easy_setopt(curl_, CURLOPT_POST, 1L);
      // libcurl takes a null pointer for "to be read by callback".
      curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
      curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    if (request.method != "HEAD") curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    headers.add("Expect:");  // costs a round trip, or a second where it is not understood
    headers.add("Content-Type:");
    for (const auto& [name, value] : request.headers) {
      headers.add(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
    }
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers.get());
  }

  Error error_of(CURLcode code, std::string_view why, const HttpRequest& request,
                 const Reception& reception) const {
    const auto what = fmt::format("{} {}", request.method, without_query(request.url));
    if (reception.is_too_large) {
      return {ErrorKind::kInvalidData,
              fmt::format("the answer is larger than {} bytes: {}", reception.body_bytes_max, what)};
    }
    switch (code) {
      case CURLE_UNSUPPORTED_PROTOCOL:
      case CURLE_URL_MALFORMAT:
        return {ErrorKind::kConfig, fmt::format("not an http or https URL: {}", what)};
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_ISSUER_ERROR:
      case CURLE_SSL_CERTPROBLEM:
        return {ErrorKind::kConfig,
                fmt::format("the server's certificate is not trusted; check the endpoint, or name its "
                            "authority by AWS_CA_BUNDLE: {}: {}",
                            why, what)};
      default:
        break;
    }
    if (never_connected(code, request)) {
      return {ErrorKind::kUnreachable,
              fmt::format("no connection; check the endpoint and the network: {}: {}", why, what)};
    }
    return {ErrorKind::kUnknownOutcome,
            fmt::format("the request was sent and no whole answer came: {}: {}", why, what)};
  }

  // Errs on the side of "it may have left": only that is safe for a request that must not be repeated.
  bool never_connected(CURLcode code, const HttpRequest& request) const {
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
        code == CURLE_COULDNT_CONNECT || code == CURLE_SSL_CONNECT_ERROR) {
      return true;
    }
    // A connection that was kept reports no time either.
    if (request.resend == Resend::kAllowed) return false;
    const bool is_tls = request.url.starts_with("https:");
    curl_off_t connected_us = 0;
    curl_easy_getinfo(curl_, is_tls ? CURLINFO_APPCONNECT_TIME_T : CURLINFO_CONNECT_TIME_T, &connected_us);
    return connected_us == 0;
  }

  CURL* curl_;
};

// A handle for the time of one request; waits while connections_max are out.
class HttpClient::Lease {
 public:
  explicit Lease(HttpClient& client) : client_(client) {
    std::unique_lock lock(client_.mutex_);
    client_.returned_.wait(lock, [&] { return client_.leased_ < client_.options_.connections_max; });
    ++client_.leased_;
    if (client_.idle_.empty()) {
      handle_ = std::make_unique<Handle>();
    } else {
      // The last one back has the connection most likely to be alive.
      handle_ = std::move(client_.idle_.back());
      client_.idle_.pop_back();
    }
  }
  ~Lease() {
    {
      const std::scoped_lock lock(client_.mutex_);
      client_.idle_.push_back(std::move(handle_));
      --client_.leased_;
    }
    client_.returned_.notify_one();
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Handle& handle() { return *handle_; }

 private:
  HttpClient& client_;
  std::unique_ptr<Handle> handle_;
};

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)) {
  initialise_curl_once();
}

HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::send(const HttpRequest& request) {
  Lease lease(*this);
  return lease.handle().send(request, options_);
}

}  // namespace calve::storage
