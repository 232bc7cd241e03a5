#include "calve/kafka/jaas.h"

#include <cctype>
#include <map>
#include <optional>

namespace calve::kafka {
namespace {

constexpr const char* kNextStep =
    "; write sasl.username and sasl.password instead, or: org.apache.kafka.common.security."
    "plain.PlainLoginModule required username=\"...\" password=\"...\";";

class Scanner {
 public:
  explicit Scanner(std::string_view rest) : rest_(rest) {}

  bool take(char wanted) {
    skip_blanks();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Up to a blank, '=' or ';'.
  std::string word() {
    skip_blanks();
    const auto end = std::min(rest_.find_first_of(" \t\r\n=;"), rest_.size());
    std::string taken(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return taken;
  }

  std::optional<std::string> value() {
    if (!take('"')) return word();
    std::string taken;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return taken;
      if (c == '\\' && !rest_.empty()) {
        c = rest_.front();
        rest_.remove_prefix(1);
      }
      taken += c;
    }
    return std::nullopt;
  }

  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())))
      rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

std::unexpected<Error> refuse(const char* what) {
  return fail(ErrorKind::kConfig, std::string("sasl.jaas.config ") + what + kNextStep);
}

}  // namespace

Result<JaasLogin> parse_jaas(std::string_view text) {
  Scanner scanner(text);
  const auto module = scanner.word();
  if (module != "org.apache.kafka.common.security.plain.PlainLoginModule" &&
      module != "org.apache.kafka.common.security.scram.ScramLoginModule") {
    return refuse("names a login module other than PLAIN's and SCRAM's");
  }
  if (scanner.word() != "required") return refuse("lacks the word \"required\" after its login module");

  std::map<std::string, std::string> options;
  while (!scanner.take(';')) {
    const auto key = scanner.word();
    if (key.empty() || !scanner.take('='))
      return refuse("does not end with ';' after options of the form key=\"value\"");
    const auto value = scanner.value();
    if (!value) return refuse("has a value whose quote is not closed");
    if (key != "username" && key != "password") return refuse("has options besides username and password");
    options[key] = *value;
  }
  if (!scanner.at_end()) return refuse("goes on after its first ';'");
  if (!options.contains("username") || !options.contains("password"))
    return refuse("lacks username or password");
  return JaasLogin{.username = options["username"], .password = Secret(options["password"])};
}

}  // namespace calve::kafka
