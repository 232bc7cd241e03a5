#include "calve/cli/usage_error.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

namespace calve::cli {
namespace {

// What is said of the words after the program's name; empty if they are right.
std::string complaint_of(std::vector<std::string> words) {
  std::string text;
  std::string what;
  int limit = 0;
  CLI::App root("streams", "calve");
  root.require_subcommand(1);
  CLI::App* run = root.add_subcommand("run", "Run");
  run->add_option("--commit-interval", text, "How often")->type_name("DURATION");
  CLI::App* table = root.add_subcommand("table", "Show");
  table->add_option("WHAT", what, "What")->required()->check(CLI::IsMember({"show", "files"}));
  table->add_option("--limit", limit, "How many")->check(CLI::Range(1, 9).description(""))->type_name("N");
  table->add_option("--output", text, "Its form")
      ->transform(CLI::CheckedTransformer(std::map<std::string, std::string>{{"text", "t"}, {"json", "j"}})
                      .description(""))
      ->type_name("text|json");
  if (!words.empty() && !words.front().starts_with('-')) {
    if (const auto known = check_command(root, words.front()); !known) return known.error().message;
  }
  std::ranges::reverse(words);
  try {
    root.parse(words);
  } catch (const CLI::ParseError& error) {
    const Error said = usage_error(root, error);
    EXPECT_EQ(said.kind, ErrorKind::kUsage);
    return said.message;
  }
  return "";
}

TEST(UsageErrorTest, NamesTheFaultAndWhatToWrite) {
  struct Case {
    std::vector<std::string> words;
    std::string complaint;
  };
  const std::vector<Case> cases = {
      {{"table", "show", "--limit", "9", "--output", "json"}, ""},
      {{}, "no command was given; calve --help lists them"},
      {{"rnu"}, "there is no command rnu; did you mean run? calve --help lists them"},
      {{"export", "--limit"}, "there is no command export; calve --help lists them"},
      {{"--outptu", "json"}, "calve has no flag --outptu; calve --help lists them"},
      {{"run", "--comit-interval", "5s"},
       "run has no flag --comit-interval; did you mean --commit-interval? calve run --help lists them"},
      {{"run", "--comit-interval=5s"},
       "run has no flag --comit-interval; did you mean --commit-interval? calve run --help lists them"},
      {{"--limit", "5", "table"}, "--limit stands before the command; write it after table: calve table ..."},
      {{"run", "--fast"}, "run has no flag --fast; calve run --help lists them"},
      {{"run", "now", "please"}, "run takes no argument now; calve run --help lists what it takes"},
      // The value of a flag that is unknown stands where WHAT is expected.
      {{"table", "--limti", "5", "show"},
       "table has no flag --limti; did you mean --limit? calve table --help lists them"},
      {{"table"}, "WHAT of table takes show, files; see calve table --help"},
      {{"table", "shwo"}, "WHAT of table takes show, files, and not \"shwo\"; see calve table --help"},
      {{"table", "show", "--output", "csv"},
       "--output of table takes text, json, and not \"csv\"; see calve table --help"},
      {{"table", "show", "--limit", "10"},
       "--limit of table takes a number of 1 to 9, and not \"10\"; see calve table --help"},
      {{"table", "show", "--limit", "x"},
       "--limit of table takes a number of 1 to 9, and not \"x\"; see calve table --help"},
      {{"table", "show", "--limit", "2", "--limit", "3"},
       "--limit of table is given 2 times; give it once; see calve table --help"},
      {{"run", "--commit-interval"},
       "--commit-interval of run takes a value, DURATION, and none is given; see calve run --help"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(complaint_of(c.words), c.complaint);
}

}  // namespace
}  // namespace calve::cli
