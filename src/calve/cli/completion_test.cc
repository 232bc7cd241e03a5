#include "calve/cli/completion.h"

#include <array>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::cli {
namespace {

using testing::HasSubstr;

const std::vector<CommandNode>& commands() {
  static const std::vector<CommandNode> kCommands = {
      {"run",
       "Stream events, it's [exactly] once",
       {{{"--until-end"}, "Stop: at the end", ArgumentKind::kFlag, {}}}},
      {"rejects",
       "List",
       {{{}, "What", ArgumentKind::kChoice, {"list", "replay"}},
        {{"-X"}, "Any", ArgumentKind::kText, {}},
        {{"--type"}, "Kind", ArgumentKind::kChoice, {"hadoop", "rest"}},
        {{"--dir"}, "Folder", ArgumentKind::kPath, {}}}},
  };
  return kCommands;
}

// What bash offers after these words, the last of which is being typed.
std::string offered(const std::vector<std::string>& words) {
  const std::string path = testing::TempDir() + "/calve_completion_test.bash";
  std::ofstream(path) << completion_script(Shell::kBash, commands())
                      << fmt::format("compopt() {{ :; }}\nCOMP_WORDS=('{}')\nCOMP_CWORD={}\n_calve\n",
                                     fmt::join(words, "' '"), words.size() - 1)
                      << "echo \"${COMPREPLY[*]}\"\n";
  FILE* const pipe = ::popen(fmt::format("cd / && bash -eu '{}' 2>&1", path).c_str(), "r");
  std::string output;
  std::array<char, 256> buffer{};
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr)
    output += buffer.data();
  EXPECT_EQ(::pclose(pipe), 0) << output;
  return output.substr(0, output.find_last_not_of('\n') + 1);
}

TEST(CompletionTest, BashOffersWhatCanFollow) {
  struct Case {
    std::vector<std::string> words;
    std::string offered;
  };
  const Case kCases[] = {
      {{"calve", ""}, "run rejects"},
      {{"calve", "re"}, "rejects"},
      {{"calve", "run", "--"}, "--until-end"},
      {{"calve", "rejects", ""}, "list replay -X --type --dir"},
      {{"calve", "rejects", "--t"}, "--type"},
      {{"calve", "rejects", "--type", ""}, "hadoop rest"},
      {{"calve", "rejects", "list", "--type", "r"}, "rest"},
      {{"calve", "rejects", "-X", ""}, ""},
      {{"calve", "rejects", "--dir", "/us"}, "/usr"},
      {{"calve", "nosuch", ""}, ""},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(offered(c.words), c.offered) << fmt::format("{}", fmt::join(c.words, " "));
}

TEST(CompletionTest, ZshQuotesWhatItWouldRead) {
  const std::string script = completion_script(Shell::kZsh, commands());
  EXPECT_THAT(script, HasSubstr("#compdef calve\n"));
  EXPECT_THAT(script, HasSubstr("'run:Stream events, it'\\''s [exactly] once'\n"));
  EXPECT_THAT(script, HasSubstr("'--until-end[Stop\\: at the end]'"));
  EXPECT_THAT(script, HasSubstr("'--type[Kind]:value:(hadoop rest)'"));
  EXPECT_THAT(script, HasSubstr("'--dir[Folder]:path:_files'"));
  EXPECT_THAT(script, HasSubstr("':value:(list replay)'"));
}

TEST(CompletionTest, FishNamesTheCommandOfEachFlag) {
  const std::string script = completion_script(Shell::kFish, commands());
  EXPECT_THAT(script, HasSubstr("complete -c calve -n __fish_use_subcommand -a run "
                                "-d 'Stream events, it'\\''s [exactly] once'\n"));
  EXPECT_THAT(script,
              HasSubstr("-n '__fish_seen_subcommand_from rejects' -l type -x -a 'hadoop rest' -d 'Kind'\n"));
  EXPECT_THAT(script, HasSubstr("-n '__fish_seen_subcommand_from rejects' -x -a 'list replay' -d 'What'\n"));
  EXPECT_THAT(script, HasSubstr("-n '__fish_seen_subcommand_from rejects' -l dir -r -F -d 'Folder'\n"));
}

}  // namespace
}  // namespace calve::cli
