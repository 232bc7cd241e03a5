// The one vocabulary of failure.
//
// An Error says what happened, why, and the next step; its kind says what the caller may do about
// it. A bad event is no Error: it is data, and gets a verdict (calve/contract).

#pragma once

#include <string>
#include <string_view>

namespace calve {

enum class ErrorKind {
  // The caller asked for something that can never work. Give up; the user changes the request.
  kUsage,         // command line
  kConfig,        // a setting, a contract, a table that does not fit the contract
  kUnsupported,   // valid elsewhere, not done here (a v3 table, an unknown codec)
  kAccessDenied,  // credentials missing, wrong or without the permission

  // What was read is not what it should be. Stop; never write over it.
  kInvalidData,  // truncated, corrupt, or breaks its specification

  // The answer is definite. The caller decides by it.
  kNotFound,       // the object, table or topic does not exist
  kAlreadyExists,  // create-if-absent lost: somebody else made it
  kFenced,         // another writer moved the table on; take the position anew from the table
  kSourceGap,      // offsets that were not read are no longer in the source

  // It did not happen. Retry within bounds.
  kUnreachable,  // no connection, no such host, refused
  kUnavailable,  // the service answered that it cannot now (503, 429, 409 conflicting operation)

  // It may have happened. Find out by reading back; until then delete nothing, acknowledge nothing.
  kUnknownOutcome,

  kCancelled,  // a stop was requested
  kIo,         // the local machine refused: disk full, permission, descriptor limit
  kInternal,   // a defect of ours, or of a library
};

// The name used in logs and in --output json: "config", "unknown_outcome", ...
std::string_view error_kind_name(ErrorKind kind);

struct Error {
  ErrorKind kind;
  std::string message;

  bool operator==(const Error&) const = default;
};

// The process's exit code for an error, as documented in docs/reference/commands.md.
int exit_code(ErrorKind kind);

}  // namespace calve
