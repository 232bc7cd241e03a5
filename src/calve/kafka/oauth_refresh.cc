#include "calve/kafka/oauth_refresh.h"

#include <array>

#include <fmt/format.h>

#include "calve/base/log.h"
#include "calve/kafka/msk_login.h"

namespace calve::kafka {
namespace {

// Called by librdkafka. `region` is what set_token_source() put into sasl.oauthbearer.config: the client's
// opaque belongs to the producer.
void refresh_token(rd_kafka_t* client, const char* region, void*) {
  const auto login = log_in_to_msk(region);
  if (!login) {
    log::warn("kafka: no token for MSK: {}", login.error().message);
    rd_kafka_oauthbearer_set_token_failure(client, login.error().message.c_str());
    return;
  }
  std::array<char, 512> reason{};
  const auto code =
      rd_kafka_oauthbearer_set_token(client, login->token.text.reveal().c_str(), to_millis(login->use_until),
                                     login->principal.c_str(), nullptr, 0, reason.data(), reason.size());
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
