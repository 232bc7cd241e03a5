#include "calve/kafka/msk_login.h"

#include <algorithm>
#include <chrono>

#include "calve/base/retry.h"
#include "calve/storage/credentials.h"

namespace calve::kafka {
namespace {

constexpr std::string_view kUserAgent = "calve";

constexpr auto kTokenUseMax =
    std::min<std::chrono::seconds>(kMskIamTokenLifetime, storage::CredentialsChain::kRenewBeforeExpiry);

// Clients report a login that fails as a refusal by Kafka, which ends them.
const RetryPolicy kCredentialsRetry{
    .attempts_max = 5, .first_delay = Milliseconds(200), .total_max = Milliseconds(20'000)};

}  // namespace

Result<MskLogin> log_in_to_msk(const std::string& region) {
  const auto keys =
      CALVE_TRY(retry(kCredentialsRetry, {}, [] { return storage::default_credentials()->get(); }));
  const Timestamp now = system_clock().now();
  const MskIamToken token =
      make_msk_iam_token(keys, {.region = region, .now = now, .user_agent = kUserAgent});
  return MskLogin{.token = token,
                  .principal = keys.access_key_id,
                  .made_at = now,
                  .use_until = std::min<Timestamp>(token.expiry, now + kTokenUseMax)};
}

}  // namespace calve::kafka
