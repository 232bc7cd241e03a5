#include "calve/storage/s3_listing.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "calve/base/percent_encode.h"
#include "calve/storage/xml.h"

namespace calve::storage {
namespace {

enum class KeyEncoding { kNone, kUrl };

std::optional<std::string> decode_key(std::string_view text, KeyEncoding encoding) {
  if (encoding == KeyEncoding::kNone) return std::string(text);
  // S3 encodes as HTML forms do: a blank is "+", and a plus is "%2B".
  std::string blanks(text);
  std::ranges::replace(blanks, '+', ' ');
  return percent_decode(blanks);
}

Result<S3ListedObject> parse_object(const XmlElement& contents, KeyEncoding encoding) {
  const auto size_text = contents.child_text("Size");
  auto key = decode_key(contents.child_text("Key"), encoding);
  std::int64_t size = -1;
  const auto [end, code] = std::from_chars(size_text.data(), size_text.data() + size_text.size(), size);
  if (!key || key->empty() || code != std::errc{} || end != size_text.data() + size_text.size() || size < 0) {
    return fail(ErrorKind::kInvalidData, fmt::format("a listed object has no key or no size: '{}' '{}'",
                                                     contents.child_text("Key"), size_text));
  }
  return S3ListedObject{*std::move(key), size};
}

}  // namespace

Result<S3ListingPage> parse_s3_listing(std::string_view document) {
  const auto root = CALVE_TRY(parse_xml(document));
  if (root.name != "ListBucketResult") {
    return fail(ErrorKind::kInvalidData, fmt::format("not a listing of S3: '{}'", root.name));
  }
  const auto encoding = root.child_text("EncodingType") == "url" ? KeyEncoding::kUrl : KeyEncoding::kNone;
  S3ListingPage page;
  for (const auto& child : root.children) {
    if (child.name == "Contents") page.objects.push_back(CALVE_TRY(parse_object(child, encoding)));
  }
  if (root.child_text("IsTruncated") == "true") {
    page.continuation = root.child_text("NextContinuationToken");
    if (page.continuation.empty()) {
      return fail(ErrorKind::kInvalidData, "a listing is cut off without a token for the rest");
    }
  }
  return page;
}

}  // namespace calve::storage
