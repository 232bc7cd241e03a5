// Who this process is to Amazon MSK, now: a token of the AWS keys that the default chain finds.

#pragma once

#include <string>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/kafka/msk_iam_token.h"

namespace calve::kafka {

struct MskLogin {
  MskIamToken token;
  std::string principal;  // the id of the keys
  Timestamp made_at;
  // The token is worth nothing beyond the keys that it proves, and they are only known to be good until
  // then: log in again before.
  Timestamp use_until;
};

// kAccessDenied if no keys are found. Where their place cannot answer just now it is asked again, for some
// seconds. From any thread; every client of this process asks the same chain.
Result<MskLogin> log_in_to_msk(const std::string& region);

}  // namespace calve::kafka
