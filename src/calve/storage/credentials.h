// Where AWS credentials come from.
//
// The default chain asks its sources in order and takes the first that has any:
//   1. the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
//      AWS_CREDENTIAL_EXPIRATION
//   2. a web identity: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, as on EKS
//   3. the profile AWS_PROFILE ("default") of AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials), then of
//      AWS_CONFIG_FILE (~/.aws/config)
//   4. the role of the container, as on ECS
//   5. the role of the EC2 instance

#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "calve/base/result.h"
#include "calve/base/sigv4.h"
#include "calve/base/time.h"

namespace calve::storage {

// Safe from any thread.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  // Valid now and for a while; ask again for each request. kAccessDenied if there are none.
  virtual Result<AwsCredentials> get() = 0;
  // In place of keys that a service refuses as expired. The same ones: there are no others.
  virtual Result<AwsCredentials> renew(const AwsCredentials& expired) { return expired; }
};

struct FoundCredentials {
  AwsCredentials credentials;
  std::optional<Timestamp> expiry;  // unknown or never, if there is none
};

// One place to look. Called by one thread at a time.
class CredentialsSource {
 public:
  virtual ~CredentialsSource() = default;
  virtual std::string name() const = 0;
  // nullopt: this place has none, ask the next. An error ends the search.
  virtual Result<std::optional<FoundCredentials>> find() = 0;
};

// The value of a variable, or nullopt if it is not set or empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;
Environment process_environment();

std::unique_ptr<CredentialsSource> environment_credentials(Environment environment);
std::unique_ptr<CredentialsSource> profile_credentials(Environment environment);

// Keeps what it found until kRenewBeforeExpiry, or for kKeepWithoutExpiry if no expiry is known: the
// files may be rewritten by a login tool. If a renewal does not happen just then, what is kept serves until
// it expires.
class CredentialsChain final : public CredentialsProvider {
 public:
  static constexpr std::chrono::minutes kRenewBeforeExpiry{5};
  static constexpr std::chrono::minutes kKeepWithoutExpiry{1};
  static constexpr std::chrono::seconds kRenewRetry{10};

  // The clock must outlive the chain.
  CredentialsChain(std::vector<std::unique_ptr<CredentialsSource>> sources, const Clock& clock);

  Result<AwsCredentials> get() override;

 private:
  Result<FoundCredentials> find() const;

  std::mutex mutex_;
  std::vector<std::unique_ptr<CredentialsSource>> sources_;
  const Clock& clock_;
  std::optional<FoundCredentials> kept_;
  Timestamp kept_until_;
};

// The sources above, on the process's environment and the machine's clock. One chain for the whole process:
// S3, Glue, signed REST requests and MSK share it, so that one renewal serves all.
std::shared_ptr<CredentialsProvider> default_credentials();

// Always the same keys.
std::shared_ptr<CredentialsProvider> fixed_credentials(AwsCredentials credentials);

}  // namespace calve::storage
