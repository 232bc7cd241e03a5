#include "calve/produce/stdout_sender.h"

#include "calve/produce/line_file.h"

namespace calve::produce {
namespace {

class StdoutSender final : public Sender {
 public:
  explicit StdoutSender(int descriptor) : lines_(LineFile::borrow(descriptor, "stdout")) {}

  Result<void> send(const Message& message) override { return lines_.add(message.payload); }
  Result<void> flush() override { return lines_.flush(); }
  Result<void> close() override { return lines_.flush(); }
  Deliveries deliveries() const override { return {.delivered = lines_.written()}; }
  std::optional<Error> first_failure() const override { return std::nullopt; }

 private:
  LineFile lines_;
};

}  // namespace

std::unique_ptr<Sender> make_stdout_sender(int descriptor) {
  return std::make_unique<StdoutSender>(descriptor);
}

}  // namespace calve::produce
