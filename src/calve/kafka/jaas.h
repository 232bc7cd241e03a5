// The one line of JAAS that Kafka's Java clients take a name and password from:
//
//   jaas   ::= class "required" option* ";"
//   class  ::= "org.apache.kafka.common.security." ("plain.PlainLoginModule" | "scram.ScramLoginModule")
//   option ::= key "=" (word | '"' (any | "\" any)* '"')
//
// Only the options username and password are taken; other modules and options are refused.

#pragma once

#include <string>
#include <string_view>

#include "calve/base/result.h"
#include "calve/base/secret.h"

namespace calve::kafka {

struct JaasLogin {
  std::string username;
  Secret password;
};

// kConfig, never quoting the text.
Result<JaasLogin> parse_jaas(std::string_view text);

}  // namespace calve::kafka
