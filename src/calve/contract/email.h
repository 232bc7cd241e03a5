// JSON Schema's format "email", as one linear pass over a subset of RFC 5321's Mailbox:
//
//   email  = local "@" domain           at most 64 and 253 bytes
//   local  = atom *("." atom)           atom: letters, digits, !#$%&'*+/=?^_`{|}~-
//   domain = label 1*("." label)        label: letters, digits, hyphens inside; at most 63 bytes;
//                                       the last one is not all digits
//
// Not taken: quoted local parts, address literals in brackets, comments, a domain of one label, and
// anything beyond ASCII (that is format "idn-email", which a contract cannot ask for).

#pragma once

#include <string_view>

namespace calve::contract {

bool is_email(std::string_view text);

}  // namespace calve::contract
