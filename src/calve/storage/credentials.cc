#include "calve/storage/credentials.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "calve/base/log.h"
#include "calve/base/retry.h"
#include "calve/storage/aws_profile.h"
#include "calve/storage/aws_time.h"
#include "calve/storage/service_credentials.h"

namespace calve::storage {
namespace {

class EnvironmentCredentials final : public CredentialsSource {
 public:
  explicit EnvironmentCredentials(Environment environment) : environment_(std::move(environment)) {}

  std::string name() const override { return "the environment (AWS_ACCESS_KEY_ID)"; }

  Result<std::optional<FoundCredentials>> find() override {
    auto key_id = environment_("AWS_ACCESS_KEY_ID");
    auto secret = environment_("AWS_SECRET_ACCESS_KEY");
    if (!key_id && !secret) return std::nullopt;
    if (!key_id || !secret) {
      return fail(ErrorKind::kConfig,
                  "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither; one is not set");
    }
    FoundCredentials found{.credentials = {*std::move(key_id), Secret(*std::move(secret)),
                                           Secret(environment_("AWS_SESSION_TOKEN").value_or(""))}};
    if (const auto expiry = environment_("AWS_CREDENTIAL_EXPIRATION")) {
      found.expiry = parse_aws_time(*expiry);
      if (!found.expiry) {
        return fail(ErrorKind::kConfig,
                    fmt::format("AWS_CREDENTIAL_EXPIRATION is not like 2026-11-24T13:02:07Z: '{}'", *expiry));
      }
    }
    return found;
  }

 private:
  Environment environment_;
};

class ProfileCredentials final : public CredentialsSource {
 public:
  explicit ProfileCredentials(Environment environment) : environment_(std::move(environment)) {}

  std::string name() const override { return fmt::format("the profile '{}' (AWS_PROFILE)", profile()); }

  Result<std::optional<FoundCredentials>> find() override {
    for (const auto kind : {ProfileFile::kCredentials, ProfileFile::kConfig}) {
      const auto path = file_of(kind);
      if (!path) continue;
      const auto settings = CALVE_TRY(read_profile(*path, kind, profile()));
      if (auto found = CALVE_TRY(credentials_in(settings, *path))) return found;
    }
    return std::nullopt;
  }

 private:
  std::string profile() const { return environment_("AWS_PROFILE").value_or("default"); }

  std::optional<std::string> file_of(ProfileFile kind) const {
    const bool is_config = kind == ProfileFile::kConfig;
    if (auto path = environment_(is_config ? "AWS_CONFIG_FILE" : "AWS_SHARED_CREDENTIALS_FILE")) return path;
    const auto home = environment_("HOME");
    if (!home) return std::nullopt;
    return *home + (is_config ? "/.aws/config" : "/.aws/credentials");
  }

  Result<std::optional<FoundCredentials>> credentials_in(const ProfileSettings& settings,
                                                         const std::string& path) const {
    const auto value = [&](const char* key) -> std::string {
      const auto at = settings.find(key);
      return at == settings.end() ? "" : at->second;
    };
    if (!value("aws_access_key_id").empty() && !value("aws_secret_access_key").empty()) {
      return FoundCredentials{.credentials = {value("aws_access_key_id"),
                                              Secret(value("aws_secret_access_key")),
                                              Secret(value("aws_session_token"))}};
    }
    for (const char* key : {"role_arn", "sso_session", "sso_start_url", "credential_process"}) {
      if (!value(key).empty()) {
        return fail(ErrorKind::kUnsupported,
                    fmt::format("'{}' of a profile is not supported; export its keys instead (aws configure "
                                "export-credentials --format env): profile '{}' of '{}'",
                                key, profile(), path));
      }
    }
    return std::nullopt;
  }

  Environment environment_;
};

class FixedCredentials final : public CredentialsProvider {
 public:
  explicit FixedCredentials(AwsCredentials credentials) : credentials_(std::move(credentials)) {}
  Result<AwsCredentials> get() override { return credentials_; }

 private:
  AwsCredentials credentials_;
};

}  // namespace

Environment process_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

std::unique_ptr<CredentialsSource> environment_credentials(Environment environment) {
  return std::make_unique<EnvironmentCredentials>(std::move(environment));
}

std::unique_ptr<CredentialsSource> profile_credentials(Environment environment) {
  return std::make_unique<ProfileCredentials>(std::move(environment));
}

CredentialsChain::CredentialsChain(std::vector<std::unique_ptr<CredentialsSource>> sources,
                                   const Clock& clock)
    : sources_(std::move(sources)), clock_(clock) {}

Result<AwsCredentials> CredentialsChain::get() {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.now();
  if (kept_ && now < kept_until_) return kept_->credentials;
  auto found = find();
  if (found) {
    kept_until_ = found->expiry ? *found->expiry - kRenewBeforeExpiry : now + kKeepWithoutExpiry;
    kept_ = std::move(*found);
    return kept_->credentials;
  }
  // What was found before is good for the rest of its time, if its place cannot answer just now.
  const bool is_good = kept_ && (!kept_->expiry || now < *kept_->expiry);
  if (!is_good || !is_retryable(found.error().kind)) return std::unexpected(found.error());
  log::warn("AWS keys are not renewed, asking again in {} s: {}", kRenewRetry.count(), found.error().message);
  kept_until_ = now + kRenewRetry;
  return kept_->credentials;
}

Result<FoundCredentials> CredentialsChain::find() const {
  std::vector<std::string> names;
  for (const auto& source : sources_) {
    if (auto found = CALVE_TRY(source->find())) return *std::move(found);
    names.push_back(source->name());
  }
  return fail(
      ErrorKind::kAccessDenied,
      fmt::format("no AWS credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE. "
                  "Looked in: {}",
                  fmt::join(names, ", ")));
}

std::shared_ptr<CredentialsProvider> default_credentials() {
  static const auto chain = [] {
    std::vector<std::unique_ptr<CredentialsSource>> sources;
    sources.push_back(environment_credentials(process_environment()));
    sources.push_back(web_identity_credentials(process_environment()));
    sources.push_back(profile_credentials(process_environment()));
    sources.push_back(container_credentials(process_environment()));
    sources.push_back(instance_credentials(process_environment()));
    return std::make_shared<CredentialsChain>(std::move(sources), system_clock());
  }();
  return chain;
}

std::shared_ptr<CredentialsProvider> fixed_credentials(AwsCredentials credentials) {
  return std::make_shared<FixedCredentials>(std::move(credentials));
}

}  // namespace calve::storage
