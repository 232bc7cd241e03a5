#include "calve/source/source.h"

namespace calve::source {

bool may_be_same_log(const Identity& recorded, const Identity& found) {
  if (recorded.cluster != found.cluster || recorded.topic != found.topic) return false;
  return recorded.topic_id.empty() || found.topic_id.empty() || recorded.topic_id == found.topic_id;
}

}  // namespace calve::source
