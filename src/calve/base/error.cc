#include "calve/base/error.h"

#include <utility>

namespace calve {

std::string_view error_kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return "usage";
    case ErrorKind::kConfig:
      return "config";
    case ErrorKind::kUnsupported:
      return "unsupported";
    case ErrorKind::kAccessDenied:
      return "access_denied";
    case ErrorKind::kInvalidData:
      return "invalid_data";
    case ErrorKind::kNotFound:
      return "not_found";
    case ErrorKind::kAlreadyExists:
      return "already_exists";
    case ErrorKind::kFenced:
      return "fenced";
    case ErrorKind::kSourceGap:
      return "source_gap";
    case ErrorKind::kUnreachable:
      return "unreachable";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kUnknownOutcome:
      return "unknown_outcome";
    case ErrorKind::kCancelled:
      return "cancelled";
    case ErrorKind::kIo:
      return "io";
    case ErrorKind::kInternal:
      return "internal";
  }
  std::unreachable();
}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return 2;
    case ErrorKind::kConfig:
    case ErrorKind::kUnsupported:
      return 3;
    case ErrorKind::kAccessDenied:
      return 4;
    case ErrorKind::kUnreachable:
    case ErrorKind::kUnavailable:
      return 5;
    case ErrorKind::kInvalidData:
      return 6;
    case ErrorKind::kFenced:
    case ErrorKind::kUnknownOutcome:
      return 7;
    case ErrorKind::kSourceGap:
      return 8;
    case ErrorKind::kNotFound:
    case ErrorKind::kAlreadyExists:
    case ErrorKind::kCancelled:
    case ErrorKind::kIo:
    case ErrorKind::kInternal:
      return 1;
  }
  std::unreachable();
}

}  // namespace calve
