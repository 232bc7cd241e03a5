#include "calve/batch/log_identity.h"

namespace calve::batch {
namespace {

bool may_be_equal(const std::string& recorded, const std::string& found) {
  return recorded.empty() || found.empty() || recorded == found;
}

}  // namespace

bool may_be_same_log(const LogIdentity& recorded, const LogIdentity& found) {
  return recorded.topic == found.topic && may_be_equal(recorded.cluster, found.cluster) &&
         may_be_equal(recorded.topic_id, found.topic_id);
}

}  // namespace calve::batch
