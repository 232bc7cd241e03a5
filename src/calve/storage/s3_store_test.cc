// What the store makes of answers that a real server gives seldom: refusals, failures, silence.

#include "calve/storage/s3_store.h"

#include <cstdlib>
#include <functional>
#include <mutex>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/storage/raw_server.h"
#include "calve/storage/s3_listing.h"
#include "calve/storage/s3_writer.h"
#include "calve/storage/store_under_test.h"

namespace calve::storage {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Answer = RawServer::Answer;
using Ending = RawServer::Ending;

Answer answer(int status, const std::string& body = "", const std::string& headers = "") {
  return {.bytes = fmt::format("HTTP/1.1 {} Status\r\n{}Content-Length: {}\r\n\r\n{}", status, headers,
                               body.size(), body),
          .ending = Ending::kKeepOpen};
}

Answer error_answer(int status, const std::string& code, const std::string& headers = "") {
  return answer(status, fmt::format("<Error><Code>{}</Code><Message>why</Message></Error>", code), headers);
}

const Answer kLost{.ending = Ending::kClose};
const Answer kReset{.ending = Ending::kReset};
const Answer kSilent{.ending = Ending::kHang};

// Gives its answers in turn, and keeps the requests.
class ScriptedS3 {
 public:
  explicit ScriptedS3(std::vector<Answer> answers)
      : answers_(std::move(answers)), server_([this](const std::string& request) { return next(request); }) {}

  std::unique_ptr<S3Store> open(S3Checksums checksums = S3Checksums::kStore) const {
    return *S3Store::create_store(
        {.endpoint = server_.url(),
         .checksums = checksums,
         .credentials = fixed_credentials({"AKIDEXAMPLE", Secret("canary-secret"), Secret("canary-token")}),
         .retry = {.attempts_max = 4, .first_delay = Milliseconds(1), .delay_max = Milliseconds(2)},
         .http = {.connect_timeout = Milliseconds(500), .request_timeout = Milliseconds(500)}});
  }

  std::vector<std::string> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  Answer next(const std::string& request) {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(request);
    if (requests_.size() > answers_.size()) return answer(418, "the script is over");
    return answers_[requests_.size() - 1];
  }

  mutable std::mutex mutex_;
  std::vector<Answer> answers_;
  std::vector<std::string> requests_;
  RawServer server_;
};

const std::string kPath = "s3://bucket/t/v2.metadata.json";

struct Case {
  std::string name;
  std::vector<Answer> answers;
  std::optional<ErrorKind> kind;  // nullopt: success
};

// The core of exactly-once: only an answer is an answer, and what may have happened is not repeated.
TEST(S3CreateTest, TellsItsFourOutcomesApart) {
  const std::vector<Case> cases = {
      {"applied", {answer(200)}, {}},
      {"lost to another", {error_answer(412, "PreconditionFailed")}, ErrorKind::kAlreadyExists},
      {"conflicting operation, then applied",
       {error_answer(409, "ConditionalRequestConflict"), answer(200)},
       {}},
      {"conflicting operation, then lost to another",
       {error_answer(409, "ConditionalRequestConflict"), error_answer(412, "PreconditionFailed")},
       ErrorKind::kAlreadyExists},
      {"slow down, then applied", {error_answer(503, "SlowDown"), answer(429), answer(200)}, {}},
      {"slow down for ever", {answer(503), answer(503), answer(503), answer(503)}, ErrorKind::kUnavailable},
      {"body came too slowly", {error_answer(400, "RequestTimeout"), answer(200)}, {}},
      {"internal error", {error_answer(500, "InternalError")}, ErrorKind::kUnknownOutcome},
      {"bad gateway", {answer(502)}, ErrorKind::kUnknownOutcome},
      {"gateway time-out", {answer(504)}, ErrorKind::kUnknownOutcome},
      {"answer lost", {kLost}, ErrorKind::kUnknownOutcome},
      {"answer lost after a refusal", {answer(503), kLost}, ErrorKind::kUnknownOutcome},
      {"connection reset", {kReset}, ErrorKind::kUnknownOutcome},
      {"no answer", {kSilent}, ErrorKind::kUnknownOutcome},
      {"denied", {error_answer(403, "AccessDenied")}, ErrorKind::kAccessDenied},
      {"no bucket", {error_answer(404, "NoSuchBucket")}, ErrorKind::kConfig},
      {"another region", {error_answer(307, "TemporaryRedirect")}, ErrorKind::kConfig},
      {"no such call", {error_answer(501, "NotImplemented")}, ErrorKind::kUnsupported},
      {"refused", {error_answer(400, "InvalidRequest")}, ErrorKind::kConfig},
  };
  for (const auto& [name, answers, kind] : cases) {
    const ScriptedS3 s3(answers);
    EXPECT_EQ(error_kind(s3.open()->create(kPath, "x")), kind) << name;
    EXPECT_EQ(s3.requests().size(), answers.size()) << name;
  }
}

TEST(S3CreateTest, StoresNoChecksumOnServersThatAreNotAws) {
  const ScriptedS3 s3({answer(200)});
  ASSERT_TRUE(s3.open(S3Checksums::kByEndpoint)->write("s3://bucket/k", "hello world"));
  EXPECT_THAT(s3.requests().at(0), testing::Not(HasSubstr("x-amz-checksum-crc32")));
}

TEST(S3CreateTest, IsASignedConditionalPut) {
  const ScriptedS3 s3({answer(200)});
  ASSERT_TRUE(s3.open()->create("s3://bucket/t/a b+c", "hello world"));
  const auto request = s3.requests().at(0);
  EXPECT_THAT(request, StartsWith("PUT /bucket/t/a%20b%2Bc HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nif-none-match: *\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nx-amz-checksum-crc32: DUoRhQ==\r\n"));
  EXPECT_THAT(
      request,
      HasSubstr(
          "x-amz-content-sha256: b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9\r\n"));
  EXPECT_THAT(request, HasSubstr("SignedHeaders=host;if-none-match;x-amz-checksum-crc32;x-amz-content-sha256;"
                                 "x-amz-date;x-amz-security-token, Signature="));
  EXPECT_THAT(request, Not(HasSubstr("canary-secret")));
}

TEST(S3CreateTest, AnObjectIsEncryptedAsAskedFor) {
  const struct {
    S3Encryption encryption;
    const char* kms_key_id;
    const char* headers;
  } cases[] = {
      {S3Encryption::kS3, "unused", "x-amz-server-side-encryption: AES256\r\n"},
      {S3Encryption::kKms, "", "x-amz-server-side-encryption: aws:kms\r\n"},
      {S3Encryption::kKms, "alias/lake",
       "x-amz-server-side-encryption: aws:kms\r\nx-amz-server-side-encryption-aws-kms-key-id: "
       "alias/lake\r\n"},
      {S3Encryption::kKmsDouble, "", "x-amz-server-side-encryption: aws:kms:dsse\r\n"},
  };
  for (const auto& each : cases) {
    std::vector<std::string> requests;
    const RawServer server([&](const std::string& request) {
      requests.push_back(request);
      return answer(200,
                    "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
                    "ETag: \"e\"\r\n");
    });
    const auto store =
        *S3Store::create_store({.endpoint = server.url(),
                                .encryption = each.encryption,
                                .kms_key_id = each.kms_key_id,
                                .credentials = fixed_credentials({"AKIDEXAMPLE", Secret("secret"), {}})});
    ASSERT_TRUE(store->write("s3://b/written", "x"));
    ASSERT_TRUE(store->create("s3://b/created", "x"));
    const auto writer = *store->open_writer("s3://b/streamed");
    ASSERT_TRUE(writer->append(std::string(S3Writer::kPartBytes + 1, 'x')));
    ASSERT_EQ(requests.size(), 4U);
    for (const std::size_t begins_an_object : {0, 1, 2})
      EXPECT_THAT(requests[begins_an_object], HasSubstr(each.headers)) << begins_an_object;
    EXPECT_THAT(requests[3], Not(HasSubstr("server-side-encryption"))) << "a part";
  }
}

TEST(S3CreateTest, WithoutAProviderTheDefaultChainIsAsked) {
  const auto home = testing::TempDir() + "calve-no-home";
  ::setenv("HOME", home.c_str(), 1);
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SHARED_CREDENTIALS_FILE",
                           "AWS_CONFIG_FILE", "AWS_PROFILE"}) {
    ::unsetenv(name);
  }
  const auto store = S3Store::create_store({.endpoint = "http://127.0.0.1:1"});
  ASSERT_TRUE(store);
  EXPECT_EQ(error_kind((*store)->create(kPath, "x")), ErrorKind::kAccessDenied);
}

TEST(S3CreateTest, AServerThatIsNotThereIsUnreachable) {
  auto s3 = std::make_unique<ScriptedS3>(std::vector<Answer>{});
  const auto store = s3->open();
  s3.reset();
  EXPECT_EQ(error_kind(store->create(kPath, "x")), ErrorKind::kUnreachable);
  EXPECT_EQ(error_kind(store->write(kPath, "x")), ErrorKind::kUnreachable);
}

TEST(S3RetryTest, WhatMayBeRepeatedIsRepeatedAfterALostAnswer) {
  const std::vector<Case> cases = {
      {"internal error", {error_answer(500, "InternalError"), answer(200)}, {}},
      {"lost and reset", {kLost, kReset, answer(200)}, {}},
      // The lost one first: over a kept connection libcurl would repeat it unasked.
      {"failing for ever", {kLost, answer(500), answer(502), answer(504)}, ErrorKind::kUnavailable},
      {"denied", {error_answer(403, "AccessDenied")}, ErrorKind::kAccessDenied},
      {"not found", {error_answer(404, "NoSuchKey")}, ErrorKind::kNotFound},
  };
  const std::vector<std::pair<std::string, std::function<std::optional<ErrorKind>(S3Store&)>>> calls = {
      {"read", [](S3Store& store) { return error_kind(store.read(kPath)); }},
      {"read_range", [](S3Store& store) { return error_kind(store.read_range(kPath, 0, 1)); }},
      {"stat", [](S3Store& store) { return error_kind(store.stat(kPath)); }},
      {"write", [](S3Store& store) { return error_kind(store.write(kPath, "x")); }},
  };
  for (const auto& [name, answers, kind] : cases) {
    for (const auto& [verb, call] : calls) {
      const ScriptedS3 s3(answers);
      EXPECT_EQ(call(*s3.open()), kind) << name << ", " << verb;
      EXPECT_EQ(s3.requests().size(), answers.size()) << name << ", " << verb;
    }
  }
}

TEST(S3ErrorTest, SaysTheNextStep) {
  struct Case {
    Answer answer;
    ErrorKind kind;
    std::string regex;
  };
  for (const auto& [given, kind, regex] : {
           Case{error_answer(403, "AccessDenied"), ErrorKind::kAccessDenied,
                "let these.*s3:PutObject on bucket bucket"},
           Case{error_answer(403, "RequestTimeTooSkewed", "Date: Tue, 01 Jan 2030 00:00:00 GMT\r\n"),
                ErrorKind::kAccessDenied, "clock is off.*01 Jan 2030.*NTP"},
           Case{error_answer(403, "SignatureDoesNotMatch"), ErrorKind::kAccessDenied, "check the key"},
           Case{error_answer(400, "ExpiredToken"), ErrorKind::kAccessDenied, "renew"},
           Case{error_answer(404, "NoSuchBucket"), ErrorKind::kConfig, "create it"},
           Case{error_answer(301, "PermanentRedirect", "x-amz-bucket-region: eu-west-1\r\n"),
                ErrorKind::kConfig, "set AWS_REGION to eu-west-1"},
           Case{answer(400,
                       "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-2</Region></Error>"),
                ErrorKind::kConfig, "set AWS_REGION to eu-west-2"},
           Case{answer(400, "no XML at all"), ErrorKind::kConfig, "refuses.*HTTP 400"},
       }) {
    const ScriptedS3 s3({given});
    const auto refused = s3.open()->write(kPath, "x");
    ASSERT_FALSE(refused) << regex;
    EXPECT_EQ(refused.error().kind, kind) << regex;
    EXPECT_THAT(refused.error().message, AllOf(ContainsRegex(regex), HasSubstr(kPath),
                                               Not(HasSubstr("canary")), Not(HasSubstr("Signature="))));
  }
}

TEST(S3ReadTest, ChecksTheChecksumOfAWholeObject) {
  const ScriptedS3 s3({answer(200, "hello world", "x-amz-checksum-crc32: DUoRhQ==\r\n"),
                       answer(200, "hello_world", "x-amz-checksum-crc32: DUoRhQ==\r\n"),
                       answer(200, "hello_world", "x-amz-checksum-crc32: DUoRhQ==-2\r\n")});
  const auto store = s3.open();
  EXPECT_EQ(store->read(kPath), "hello world");
  EXPECT_EQ(error_kind(store->read(kPath)), ErrorKind::kInvalidData);
  EXPECT_EQ(store->read(kPath), "hello_world") << "of parts, not of the whole";
}

TEST(S3ReadTest, AServerThatKnowsNoRangesIsCutHere) {
  const ScriptedS3 s3({answer(200, "0123456789"), answer(200, "0123456789")});
  const auto store = s3.open();
  EXPECT_EQ(store->read_range(kPath, 2, 3), "234");
  EXPECT_EQ(store->read_range(kPath, 12, 3), "");
}

TEST(S3ListTest, FollowsPagesAndDecodesKeys) {
  const ScriptedS3 s3(
      {answer(200,
              "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
              "<NextContinuationToken>a+b=</NextContinuationToken>"
              "<Contents><Key>t/a+b%2Bc%20d%25</Key><Size>3</Size></Contents>"
              "<Contents><Key>t/folder/</Key><Size>0</Size></Contents></ListBucketResult>"),
       answer(200,
              "<ListBucketResult><Contents><Key>t/z+</Key><Size>0</Size></Contents></ListBucketResult>")});
  EXPECT_EQ(s3.open()->list("s3a://bucket/t/"),
            (std::vector<ObjectInfo>{{.path = "s3a://bucket/t/a b+c d%", .size_bytes = 3},
                                     {.path = "s3a://bucket/t/z+", .size_bytes = 0}}));
  EXPECT_THAT(s3.requests().at(0), StartsWith("GET /bucket?encoding-type=url&list-type=2&prefix=t%2F HTTP"));
  EXPECT_THAT(s3.requests().at(1), HasSubstr("?continuation-token=a%2Bb%3D&"));
}

TEST(S3ListTest, RefusesWhatIsNoListing) {
  for (const auto* document :
       {"", "{}", "<Error/>", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>k</Key><Size>-1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>k</Key><Size>1x</Size></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%zz</Key><Size>1</Size></Contents>"
        "</ListBucketResult>"}) {
    EXPECT_EQ(error_kind(parse_s3_listing(document)), ErrorKind::kInvalidData) << document;
  }
  const auto page = answer(200,
                           "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>same"
                           "</NextContinuationToken></ListBucketResult>");
  const ScriptedS3 circling({page, page});
  EXPECT_EQ(error_kind(circling.open()->list("s3://bucket/")), ErrorKind::kInvalidData);
}

class S3WriterTest : public testing::Test {
 protected:
  static constexpr std::size_t kSize = S3Writer::kPartBytes + 1;
  const Answer started_ = answer(200,
                                 "<InitiateMultipartUploadResult><UploadId>id 1</UploadId>"
                                 "</InitiateMultipartUploadResult>");
  const Answer part_ = answer(200, "", "ETag: \"e\"\r\n");
  const Answer completed_ = answer(200, "<CompleteMultipartUploadResult/>");

  static Result<void> write(S3Store& store) {
    const auto writer = CALVE_TRY(store.open_writer("s3://bucket/data"));
    CALVE_TRY(writer->append(std::string(kSize, 'x')));
    return writer->finish();
  }
};

// Other keys with each question, as those of a role that are renewed while a large object is sent.
class RenewedCredentials final : public CredentialsProvider {
 public:
  Result<AwsCredentials> get() override {
    return AwsCredentials{fmt::format("KEY{}", ++renewals_), Secret("secret"), Secret("session")};
  }

 private:
  int renewals_ = 0;
};

TEST_F(S3WriterTest, KeysMayBeRenewedInMidUpload) {
  std::vector<std::string> requests;
  const RawServer server([&](const std::string& request) {
    requests.push_back(request);
    return requests.size() == 1 ? started_ : requests.size() <= 3 ? part_ : completed_;
  });
  const auto store = *S3Store::create_store(
      {.endpoint = server.url(), .credentials = std::make_shared<RenewedCredentials>()});
  ASSERT_TRUE(write(*store));
  ASSERT_EQ(requests.size(), 4U);
  for (std::size_t i = 0; i < requests.size(); ++i)
    EXPECT_THAT(requests[i], HasSubstr(fmt::format("Credential=KEY{}/", i + 1)));
}

TEST_F(S3WriterTest, ASmallObjectIsOnePut) {
  const ScriptedS3 s3({answer(200)});
  {
    const auto store = s3.open();
    auto writer = store->open_writer("s3://bucket/data");
    ASSERT_TRUE(writer && (*writer)->append("ab") && (*writer)->append("c") && (*writer)->finish());
  }
  ASSERT_EQ(s3.requests().size(), 1u);
  EXPECT_THAT(s3.requests()[0], AllOf(StartsWith("PUT /bucket/data HTTP"), testing::EndsWith("\r\n\r\nabc")));
}

TEST_F(S3WriterTest, ALargeObjectGoesInParts) {
  const ScriptedS3 s3({started_, part_, kLost, part_, completed_});
  ASSERT_TRUE(write(*s3.open()));
  const auto requests = s3.requests();
  ASSERT_EQ(requests.size(), 5u) << "the second part is sent again after a lost answer";
  EXPECT_THAT(requests[0], StartsWith("POST /bucket/data?uploads= HTTP"));
  EXPECT_THAT(requests[1], StartsWith("PUT /bucket/data?partNumber=1&uploadId=id%201 HTTP"));
  EXPECT_THAT(requests[3], StartsWith("PUT /bucket/data?partNumber=2&uploadId=id%201 HTTP"));
  EXPECT_THAT(requests[4], StartsWith("POST /bucket/data?uploadId=id%201 HTTP"));
  EXPECT_THAT(requests[4],
              HasSubstr("<Part><PartNumber>2</PartNumber><ETag>&quot;e&quot;</ETag><ChecksumCRC32>"));
}

TEST_F(S3WriterTest, AnErrorWithinA200IsAnError) {
  const ScriptedS3 retried({started_, part_, part_, error_answer(200, "InternalError"), completed_});
  EXPECT_TRUE(write(*retried.open()));
  const auto failure = error_answer(200, "InternalError");
  const ScriptedS3 failing({started_, part_, part_, failure, failure, failure, failure, answer(204)});
  EXPECT_EQ(error_kind(write(*failing.open())), ErrorKind::kUnavailable);
}

TEST_F(S3WriterTest, ACompletionWhoseAnswerWasLostIsFoundOut) {
  const auto gone = error_answer(404, "NoSuchUpload");
  const Answer head{.bytes = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", kSize)};
  const ScriptedS3 applied({started_, part_, part_, kLost, gone, head});
  EXPECT_TRUE(write(*applied.open()));
  EXPECT_EQ(applied.requests().size(), 6u);

  const Answer other{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"};
  const ScriptedS3 given_up({started_, part_, part_, kLost, gone, other, gone});
  EXPECT_EQ(error_kind(write(*given_up.open())), ErrorKind::kNotFound);
}

TEST_F(S3WriterTest, AnUnfinishedUploadIsGivenUp) {
  const ScriptedS3 s3({started_, part_, answer(204)});
  {
    const auto store = s3.open();
    auto writer = store->open_writer("s3://bucket/data");
    ASSERT_TRUE(writer && (*writer)->append(std::string(kSize, 'x')));
  }
  ASSERT_EQ(s3.requests().size(), 3u);
  EXPECT_THAT(s3.requests()[2], StartsWith("DELETE /bucket/data?uploadId=id%201 HTTP"));
}

}  // namespace
}  // namespace calve::storage
