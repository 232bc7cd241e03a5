#include "calve/storage/faulty_store.h"

#include <thread>

#include <fmt/format.h>

namespace calve::storage {

template <class Call>
std::invoke_result_t<Call> FaultyStore::apply(Verb verb, const std::string& path, Call call) {
  const auto effect = take_effect(verb, path);
  if (!effect) return call();
  if (const auto* failure = std::get_if<FailBefore>(&*effect)) return std::unexpected(failure->error);
  if (const auto* delay = std::get_if<Delay>(&*effect)) std::this_thread::sleep_for(delay->time);
  if (const auto* meanwhile = std::get_if<Meanwhile>(&*effect)) meanwhile->action();
  auto result = call();
  if (result && std::holds_alternative<LoseAnswer>(*effect)) {
    const auto kind = verb == Verb::kCreate ? ErrorKind::kUnknownOutcome : ErrorKind::kUnavailable;
    return fail(kind, fmt::format("the answer was lost by a test: '{}'", path));
  }
  return result;
}

std::optional<FaultEffect> FaultyStore::take_effect(Verb verb, const std::string& path) {
  const std::scoped_lock lock(mutex_);
  ++calls_[{verb, path}];
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    if (fault->verb != verb || path.find(fault->path_contains) == std::string::npos) continue;
    if (fault->skip > 0) {
      --fault->skip;
      continue;
    }
    auto effect = fault->effect;
    if (fault->times != Fault::kAlways) {
      --fault->times;
      if (fault->times <= 0) faults_.erase(fault);
    }
    return effect;
  }
  return std::nullopt;
}

class FaultyWriter final : public ObjectWriter {
 public:
  FaultyWriter(FaultyStore& store, std::string path, std::unique_ptr<ObjectWriter> inner)
      : store_(store), path_(std::move(path)), inner_(std::move(inner)) {}

  Result<void> append(std::string_view bytes) override {
    return store_.apply(Verb::kAppend, path_, [&] { return inner_->append(bytes); });
  }
  Result<void> finish() override {
    return store_.apply(Verb::kFinish, path_, [&] { return inner_->finish(); });
  }

 private:
  FaultyStore& store_;
  std::string path_;
  std::unique_ptr<ObjectWriter> inner_;
};

void FaultyStore::inject(Fault fault) {
  const std::scoped_lock lock(mutex_);
  faults_.push_back(std::move(fault));
}

void FaultyStore::clear_faults() {
  const std::scoped_lock lock(mutex_);
  faults_.clear();
}

int FaultyStore::calls(Verb verb, const std::string& path_contains) const {
  const std::scoped_lock lock(mutex_);
  int sum = 0;
  for (const auto& [call, count] : calls_) {
    if (call.first == verb && call.second.find(path_contains) != std::string::npos) sum += count;
  }
  return sum;
}

Result<std::string> FaultyStore::read(const std::string& path) {
  return apply(Verb::kRead, path, [&] { return inner_.read(path); });
}

Result<std::string> FaultyStore::read_range(const std::string& path, std::int64_t begin,
                                            std::int64_t length) {
  return apply(Verb::kReadRange, path, [&] { return inner_.read_range(path, begin, length); });
}

Result<ObjectInfo> FaultyStore::stat(const std::string& path) {
  return apply(Verb::kStat, path, [&] { return inner_.stat(path); });
}

Result<void> FaultyStore::write(const std::string& path, std::string_view bytes) {
  return apply(Verb::kWrite, path, [&] { return inner_.write(path, bytes); });
}

Result<void> FaultyStore::create(const std::string& path, std::string_view bytes) {
  return apply(Verb::kCreate, path, [&] { return inner_.create(path, bytes); });
}

Result<std::unique_ptr<ObjectWriter>> FaultyStore::open_writer(const std::string& path) {
  return apply(Verb::kOpenWriter, path, [&]() -> Result<std::unique_ptr<ObjectWriter>> {
    auto writer = CALVE_TRY(inner_.open_writer(path));
    return std::make_unique<FaultyWriter>(*this, path, std::move(writer));
  });
}

Result<void> FaultyStore::remove(const std::string& path) {
  return apply(Verb::kRemove, path, [&] { return inner_.remove(path); });
}

Result<std::vector<ObjectInfo>> FaultyStore::list(const std::string& prefix) {
  return apply(Verb::kList, prefix, [&] { return inner_.list(prefix); });
}

}  // namespace calve::storage
