// AWS keys that a service of the place where this process runs gives out, for a while: on EKS, on ECS and
// Fargate, on EC2. None is asked for through a proxy.

#pragma once

#include <memory>

#include "calve/storage/credentials.h"

namespace calve::storage {

// A role for a token that Kubernetes keeps in a file: AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN,
// AWS_ROLE_SESSION_NAME. Asks AWS STS in AWS_REGION, or AWS_ENDPOINT_URL_STS, or AWS_ENDPOINT_URL.
std::unique_ptr<CredentialsSource> web_identity_credentials(Environment environment);

// The role of a container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI of ECS, or
// AWS_CONTAINER_CREDENTIALS_FULL_URI with AWS_CONTAINER_AUTHORIZATION_TOKEN(_FILE). kConfig for a full URI
// that would take the token off this machine without TLS.
std::unique_ptr<CredentialsSource> container_credentials(Environment environment);

// The role of an EC2 instance, by IMDSv2 alone. Nothing if the machine has no such service, which takes
// kInstanceConnectMax to find out, or with AWS_EC2_METADATA_DISABLED=true.
inline constexpr Milliseconds kInstanceConnectMax{1'000};
std::unique_ptr<CredentialsSource> instance_credentials(Environment environment);

}  // namespace calve::storage
