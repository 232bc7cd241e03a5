#include "calve/storage/credentials.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/base/uuid.h"
#include "calve/storage/aws_profile.h"
#include "calve/storage/store_under_test.h"

namespace calve::storage {
namespace {

using testing::HasSubstr;

Environment environment_of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  };
}

class TurnableClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  std::chrono::steady_clock::time_point steady_now() const override { return {}; }
  Timestamp now_ = timestamp_from_micros(1'764'000'000'000'000);
};

class CountingSource final : public CredentialsSource {
 public:
  CountingSource(int& calls, std::optional<Timestamp> expiry) : calls_(calls), expiry_(expiry) {}
  std::string name() const override { return "counting"; }
  Result<std::optional<FoundCredentials>> find() override {
    return FoundCredentials{.credentials = {std::to_string(++calls_), Secret("s"), {}}, .expiry = expiry_};
  }

 private:
  int& calls_;
  std::optional<Timestamp> expiry_;
};

// Gives keys once, and then only what it is told to say.
class FailingSource final : public CredentialsSource {
 public:
  FailingSource(std::optional<Timestamp> expiry, ErrorKind then) : expiry_(expiry), then_(then) {}
  std::string name() const override { return "failing"; }
  Result<std::optional<FoundCredentials>> find() override {
    if (calls_++ > 0) return fail(then_, "not now");
    return FoundCredentials{.credentials = {"first", Secret("s"), {}}, .expiry = expiry_};
  }

 private:
  std::optional<Timestamp> expiry_;
  ErrorKind then_;
  int calls_ = 0;
};

CredentialsChain chain_of(std::unique_ptr<CredentialsSource> source, const Clock& clock) {
  std::vector<std::unique_ptr<CredentialsSource>> sources;
  sources.push_back(std::move(source));
  return CredentialsChain(std::move(sources), clock);
}

TEST(EnvironmentCredentialsTest, TakesKeysTokenAndExpiry) {
  const auto found =
      environment_credentials(environment_of({{"AWS_ACCESS_KEY_ID", "id"},
                                              {"AWS_SECRET_ACCESS_KEY", "secret"},
                                              {"AWS_SESSION_TOKEN", "token"},
                                              {"AWS_CREDENTIAL_EXPIRATION", "2025-11-24T16:00:00Z"}}))
          ->find();
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->credentials, (AwsCredentials{"id", Secret("secret"), Secret("token")}));
  EXPECT_EQ((*found)->expiry, timestamp_from_micros(1'764'000'000'000'000));
}

TEST(EnvironmentCredentialsTest, NamesWhatIsWrong) {
  EXPECT_EQ(environment_credentials(environment_of({}))->find()->has_value(), false);
  for (const auto& values : std::vector<std::map<std::string, std::string>>{
           {{"AWS_ACCESS_KEY_ID", "id"}},
           {{"AWS_SECRET_ACCESS_KEY", "canary"}},
           {{"AWS_ACCESS_KEY_ID", "id"},
            {"AWS_SECRET_ACCESS_KEY", "canary"},
            {"AWS_CREDENTIAL_EXPIRATION", "soon"}},
       }) {
    const auto found = environment_credentials(environment_of(values))->find();
    ASSERT_FALSE(found) << values.begin()->first;
    EXPECT_EQ(found.error().kind, ErrorKind::kConfig);
    EXPECT_EQ(found.error().message.find("canary"), std::string::npos) << found.error().message;
  }
}

TEST(CredentialsChainTest, KeysServeUntilTheyExpireWhileTheirPlaceCannotAnswer) {
  TurnableClock clock;
  const Timestamp start = clock.now_;
  const auto expiry = start + std::chrono::hours(1);
  auto chain = chain_of(std::make_unique<FailingSource>(expiry, ErrorKind::kUnavailable), clock);
  ASSERT_TRUE(chain.get());
  clock.now_ = expiry - std::chrono::seconds(1);
  EXPECT_EQ(chain.get()->access_key_id, "first");
  clock.now_ = expiry + CredentialsChain::kRenewRetry;
  EXPECT_EQ(error_kind(chain.get()), ErrorKind::kUnavailable);
}

TEST(CredentialsChainTest, ARefusalIsNotWaitedOut) {
  TurnableClock clock;
  auto chain = chain_of(
      std::make_unique<FailingSource>(clock.now_ + std::chrono::hours(1), ErrorKind::kAccessDenied), clock);
  ASSERT_TRUE(chain.get());
  clock.now_ += std::chrono::minutes(58);
  EXPECT_EQ(error_kind(chain.get()), ErrorKind::kAccessDenied);
}

TEST(ProfileTest, ReadsBothKindsOfFile) {
  const std::string credentials =
      "# comment\n[default]\naws_access_key_id = A\naws_secret_access_key=B==\r\n\n"
      "[other]\naws_access_key_id=C\ns3 =\n  max_queue_size = 1\n;x=y\n";
  EXPECT_EQ(parse_profile(credentials, ProfileFile::kCredentials, "default"),
            (ProfileSettings{{"aws_access_key_id", "A"}, {"aws_secret_access_key", "B=="}}));
  EXPECT_EQ(parse_profile(credentials, ProfileFile::kCredentials, "other"),
            (ProfileSettings{{"aws_access_key_id", "C"}, {"s3", ""}}));
  const std::string config = "[default]\nregion=a\n[profile other]\nregion=b\n[other]\nregion=c\n";
  EXPECT_EQ(parse_profile(config, ProfileFile::kConfig, "default"), (ProfileSettings{{"region", "a"}}));
  EXPECT_EQ(parse_profile(config, ProfileFile::kConfig, "other"), (ProfileSettings{{"region", "b"}}));
  EXPECT_EQ(parse_profile(config, ProfileFile::kConfig, "none"), ProfileSettings{});
}

class ProfileCredentialsTest : public testing::Test {
 protected:
  ProfileCredentialsTest() { std::filesystem::create_directories(home_ + "/.aws"); }
  ~ProfileCredentialsTest() override { std::filesystem::remove_all(home_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(home_ + "/.aws/" + name) << text;
  }

  const std::string home_ = testing::TempDir() + "calve-home-" + to_string(random_uuid());
};

TEST_F(ProfileCredentialsTest, CredentialsFileComesBeforeConfig) {
  write("config",
        "[default]\naws_access_key_id=c\naws_secret_access_key=c\n[profile p]\n"
        "aws_access_key_id=p\naws_secret_access_key=p\naws_session_token=t\n");
  const auto from_config = profile_credentials(environment_of({{"HOME", home_}}))->find();
  ASSERT_TRUE(from_config && *from_config);
  EXPECT_EQ((*from_config)->credentials.access_key_id, "c");

  write("credentials", "[default]\naws_access_key_id=d\naws_secret_access_key=d\n");
  const auto from_credentials = profile_credentials(environment_of({{"HOME", home_}}))->find();
  ASSERT_TRUE(from_credentials && *from_credentials);
  EXPECT_EQ((*from_credentials)->credentials.access_key_id, "d");

  const auto named = profile_credentials(environment_of({{"HOME", home_}, {"AWS_PROFILE", "p"}}))->find();
  ASSERT_TRUE(named && *named);
  EXPECT_EQ((*named)->credentials, (AwsCredentials{"p", Secret("p"), Secret("t")}));
}

TEST_F(ProfileCredentialsTest, ARoleIsRefusedByName) {
  write("config", "[profile p]\nrole_arn=arn:aws:iam::1:role/x\n");
  const auto found = profile_credentials(environment_of({{"HOME", home_}, {"AWS_PROFILE", "p"}}))->find();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(found.error().message, HasSubstr("role_arn"));
}

TEST_F(ProfileCredentialsTest, NoneAnywhereSaysWhereItLooked) {
  const TurnableClock clock;
  auto chain = chain_of(profile_credentials(environment_of({{"HOME", home_}})), clock);
  const auto none = chain.get();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::kAccessDenied);
  EXPECT_THAT(none.error().message, HasSubstr("the profile 'default'"));
}

TEST(CredentialsChainTest, RenewsShortlyBeforeExpiry) {
  TurnableClock clock;
  int calls = 0;
  auto chain = chain_of(std::make_unique<CountingSource>(calls, clock.now() + std::chrono::hours(1)), clock);
  EXPECT_EQ(chain.get()->access_key_id, "1");
  clock.now_ += std::chrono::minutes(54);
  EXPECT_EQ(chain.get()->access_key_id, "1");
  clock.now_ += std::chrono::minutes(1);
  EXPECT_EQ(chain.get()->access_key_id, "2");
}

TEST(CredentialsChainTest, LooksAgainWithoutExpiryAndOnceForManyThreads) {
  TurnableClock clock;
  int calls = 0;
  auto chain = chain_of(std::make_unique<CountingSource>(calls, std::nullopt), clock);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { EXPECT_EQ(chain.get()->access_key_id, "1"); });
  }
  clock.now_ += CredentialsChain::kKeepWithoutExpiry;
  EXPECT_EQ(chain.get()->access_key_id, "2");
}

}  // namespace
}  // namespace calve::storage
