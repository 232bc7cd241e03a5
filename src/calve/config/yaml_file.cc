#include "calve/config/yaml_file.h"

#include <cerrno>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace calve::config {
namespace {

// Thrown out of yaml-cpp's parser by our handler, caught where the parser was called.
struct Refused {
  int line;
  std::string what;
};

// Turns yaml-cpp's events into entries, and refuses what the grammar in the header leaves out.
class Flattener final : public YAML::EventHandler {
 public:
  explicit Flattener(const std::string& name) : name_(name) {}

  std::vector<YamlEntry> take() { return std::move(entries_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "A second document begins; leave one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    if (path_.empty()) return;  // an empty file
    if (!key_) refuse(mark, "A key is empty; name the setting");
    // An empty section is what remains when its lines are commented out.
    if (path_.size() == 1) return key_.reset();
    // yaml-cpp places the missing value behind its line.
    throw Refused{key_line_, fmt::format("{} has no value; give one or remove the line", dotted())};
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "Aliases (*name) are not read; write the value itself");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (path_.empty()) refuse(mark, "The file is one value; write settings as key: value");
    if (!key_) {
      key_ = value;
      key_line_ = mark.line + 1;
      return;
    }
    add(mark, value);
    key_.reset();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    refuse(mark, fmt::format("{} is a list; write its values in one line with commas",
                             path_.empty() ? "The file" : dotted()));
  }
  void OnSequenceEnd() override {}

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (!path_.empty() && !key_) refuse(mark, "A key is a mapping; name the setting");
    if (path_.size() == kYamlDepthMax) {
      refuse(mark, fmt::format("Settings are nested too deep; the limit is {}", kYamlDepthMax));
    }
    path_.push_back(key_.value_or(""));
    key_.reset();
  }
  void OnMapEnd() override {
    path_.pop_back();
    key_.reset();
  }

 private:
  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string what) {
    throw Refused{mark.line + 1, std::move(what)};
  }
  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) refuse(mark, "Anchors (&name) are not read; remove it");
  }
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    // "?" is a plain scalar's, "!" a quoted one's.
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "Tags (!name) are not read; remove it");
  }

  std::string dotted() const {
    std::string key;
    for (std::size_t i = 1; i < path_.size(); ++i)
      key += path_[i] + ".";
    return key + key_.value_or("");
  }

  void add(const YAML::Mark& mark, const std::string& value) {
    std::string key = dotted();
    const auto [first, is_new] = line_of_.emplace(key, mark.line + 1);
    if (!is_new) {
      refuse(mark, fmt::format("{} is set twice, first in line {}; remove one", key, first->second));
    }
    entries_.push_back(
        {.key = std::move(key), .value = value, .place = fmt::format("{}:{}", name_, mark.line + 1)});
  }

  const std::string& name_;
  int documents_ = 0;
  std::vector<std::string> path_;  // keys of the open mappings; the outermost has none
  std::optional<std::string> key_;
  int key_line_ = 0;
  std::map<std::string, int> line_of_;
  std::vector<YamlEntry> entries_;
};

std::optional<int> line_with_leading_tab(std::string_view text) {
  int line = 1;
  bool leading = true;
  for (const char c : text) {
    if (leading && c == '\t') return line;
    if (c == '\n') {
      ++line;
      leading = true;
    } else {
      leading = leading && c == ' ';
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<YamlEntry>> parse_yaml(std::string_view text, const std::string& name) {
  if (text.size() > kYamlFileBytesMax) {
    return fail(ErrorKind::kConfig,
                fmt::format("The configuration file is too large; give one below {} bytes: {}, {} bytes",
                            kYamlFileBytesMax, name, text.size()));
  }
  if (const auto line = line_with_leading_tab(text)) {
    return fail(ErrorKind::kConfig,
                fmt::format("A line begins with a tab; indent by spaces: {}:{}", name, *line));
  }
  Flattener flattener(name);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(flattener)) {
    }
  } catch (const Refused& refused) {
    return fail(ErrorKind::kConfig, fmt::format("{}: {}:{}", refused.what, name, refused.line));
  } catch (const YAML::Exception& exception) {
    return fail(ErrorKind::kConfig, fmt::format("The configuration file is not YAML ({}): {}:{}",
                                                exception.msg, name, exception.mark.line + 1));
  }
  return flattener.take();
}

Result<std::vector<YamlEntry>> read_yaml_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return fail(errno == ENOENT ? ErrorKind::kNotFound : ErrorKind::kIo,
                fmt::format("The configuration file cannot be opened: {}", path));
  }
  // One byte more than is allowed tells a file that is too large.
  std::string text(kYamlFileBytesMax + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad())
    return fail(ErrorKind::kIo, fmt::format("The configuration file cannot be read: {}", path));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse_yaml(text, path);
}

}  // namespace calve::config
