#include "calve/cli/command_tree.h"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;

TEST(CommandTreeTest, ReadsEachKindOfArgument) {
  CLI::App root("streams", "calve");
  CLI::App* rejects = root.add_subcommand("rejects", "List them");
  std::string text;
  bool flag = false;
  rejects->add_option("WHAT", text, "What to do")->check(CLI::IsMember({"list", "replay"}));
  rejects->add_flag("--all", flag, "All of them");
  rejects->add_option("-X,--extra", text, "Anything")->type_name("NAME=VALUE");
  rejects->add_option("--duckdb", text, "A folder")->type_name("PATH");
  rejects->add_option("--output", text, "Its form")->type_name("text|json");
  root.add_subcommand("run", "Run");

  const auto tree = command_tree(root);
  ASSERT_THAT(tree, ElementsAre(Field(&CommandNode::name, "rejects"), Field(&CommandNode::name, "run")));
  EXPECT_EQ(tree[0].summary, "List them");
  const Argument kExpected[] = {
      {{}, "What to do", ArgumentKind::kChoice, {"list", "replay"}},
      {{"--all"}, "All of them", ArgumentKind::kFlag, {}},
      {{"-X", "--extra"}, "Anything", ArgumentKind::kText, {}},
      {{"--duckdb"}, "A folder", ArgumentKind::kPath, {}},
      {{"--output"}, "Its form", ArgumentKind::kChoice, {"text", "json"}},
  };
  for (const Argument& argument : kExpected)
    EXPECT_THAT(tree[0].arguments, Contains(argument)) << argument.description;
}

}  // namespace
}  // namespace calve::cli
