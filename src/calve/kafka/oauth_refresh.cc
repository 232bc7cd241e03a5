#include "calve/kafka/oauth_refresh.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "calve/base/log.h"
#include "calve/base/retry.h"
#include "calve/kafka/msk_iam_token.h"
#include "calve/storage/credentials.h"

namespace calve::kafka {
namespace {

constexpr std::string_view kUserAgent = "calve";

// A token is worth nothing beyond the keys that it proves, and those are only known to be good for this
// long: librdkafka asks for the next one at four fifths of it.
constexpr auto kTokenUseMax =
    std::min<std::chrono::seconds>(kMskIamTokenLifetime, storage::CredentialsChain::kRenewBeforeExpiry);

// librdkafka asks again by itself only ten seconds after a refusal, which it reports as one by Kafka.
constexpr RetryPolicy kCredentialsRetry{
    .attempts_max = 5, .first_delay = Milliseconds(200), .total_max = Milliseconds(20'000)};

// Every client of this process asks the same chain, so that one renewal serves all.
storage::CredentialsProvider& credentials() {
  static const auto chain = storage::default_credentials();
  return *chain;
}

// Called by librdkafka. `region` is what set_token_source() put into sasl.oauthbearer.config: the client's
// opaque belongs to the producer.
void refresh_token(rd_kafka_t* client, const char* region, void*) {
  const auto keys = retry(kCredentialsRetry, {}, [] { return credentials().get(); });
  if (!keys) {
    log::warn("kafka: no token for MSK: {}", keys.error().message);
    rd_kafka_oauthbearer_set_token_failure(client, keys.error().message.c_str());
    return;
  }
  const Timestamp now = system_clock().now();
  const MskIamToken token =
      make_msk_iam_token(*keys, {.region = region, .now = now, .user_agent = kUserAgent});
  const Timestamp use_until = std::min<Timestamp>(token.expiry, now + kTokenUseMax);
  std::array<char, 512> reason{};
  const auto code =
      rd_kafka_oauthbearer_set_token(client, token.text.reveal().c_str(), to_millis(use_until),
                                     keys->access_key_id.c_str(), nullptr, 0, reason.data(), reason.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  rd_kafka_oauthbearer_set_token_failure(client, reason.data());
}

}  // namespace

Result<void> set_token_source(rd_kafka_conf_t* conf, const MskIam& identity) {
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set(conf, "sasl.oauthbearer.config", identity.region.c_str(), reason.data(),
                        reason.size()) != RD_KAFKA_CONF_OK) {
    return fail(ErrorKind::kInternal, fmt::format("librdkafka takes no token source: {}", reason.data()));
  }
  constexpr int kEnable = 1;
  rd_kafka_conf_enable_sasl_queue(conf, kEnable);
  rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, refresh_token);
  return {};
}

Result<void> start_token_source(rd_kafka_t* client) {
  const QueueHandle queue(rd_kafka_queue_get_sasl(client));
  if (queue == nullptr) return {};
  const ErrorHandle error(rd_kafka_sasl_background_callbacks_enable(client));
  if (error == nullptr) return {};
  return std::unexpected(translate(rd_kafka_error_code(error.get()), rd_kafka_error_string(error.get())));
}

}  // namespace calve::kafka
