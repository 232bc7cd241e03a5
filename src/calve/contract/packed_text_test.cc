#include "calve/contract/packed_text.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "calve/contract/known_matches.h"

namespace calve::contract {
namespace {

// As in an event: what lies behind the text is readable, and none of its business.
std::string with_rest(const std::string& text) {
  return text + "\x01\x02\x03\x04\x05\x06\x07\x08";
}

TEST(PackedTextTest, EqualsTheSameTextOfEveryLengthAndNoOther) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz";
  for (std::size_t size = 0; size <= letters.size(); ++size) {
    const std::string text = letters.substr(0, size);
    const PackedText packed(text);
    const std::string same = with_rest(text);
    EXPECT_TRUE(packed.equals(std::string_view(same).substr(0, size))) << text;
    EXPECT_FALSE(packed.equals(std::string_view(same).substr(0, size + 1))) << text;
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = with_rest(text);
      other[i] = '!';
      EXPECT_FALSE(packed.equals(std::string_view(other).substr(0, size))) << other;
    }
  }
}

TEST(PackedTextTest, ZerosAreBytesOfTheText) {
  const std::string zeros = with_rest(std::string("a\0\0", 3));
  EXPECT_FALSE(PackedText("a").equals(std::string_view(zeros).substr(0, 3)));
  EXPECT_TRUE(PackedText(std::string("a\0\0", 3)).equals(std::string_view(zeros).substr(0, 3)));
}

class KnownMatchesTest : public testing::Test {
 protected:
  bool check(const std::string& text) {
    const std::string padded = with_rest(text);
    return known_.check(std::string_view(padded).substr(0, text.size()), [&](std::string_view asked) {
      ++questions_;
      return asked.starts_with('A');
    });
  }

  KnownMatches known_;
  int questions_ = 0;
};

TEST_F(KnownMatchesTest, AsksOnceForEachTextThatMatches) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(check("AT"));
    EXPECT_TRUE(check("AU"));
  }
  EXPECT_EQ(questions_, 2);
}

TEST_F(KnownMatchesTest, AsksAgainForWhatDoesNotMatch) {
  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(check("BE"));
  EXPECT_EQ(questions_, 3);
}

TEST_F(KnownMatchesTest, TextsThatDifferInZerosAloneAreTwo) {
  EXPECT_TRUE(check("A"));
  EXPECT_TRUE(check(std::string("A\0", 2)));
  EXPECT_EQ(questions_, 2);
}

TEST_F(KnownMatchesTest, ForgetsNothingButWhatItKnew) {
  for (int round = 0; round < 2; ++round) {
    for (char first = 'A'; first <= 'Z'; ++first) {
      for (char second = 'A'; second <= 'Z'; ++second)
        EXPECT_EQ(check({first, second}), first == 'A');
    }
  }
  EXPECT_TRUE(check("A long text is asked about each time"));
  EXPECT_FALSE(check(""));
}

}  // namespace
}  // namespace calve::contract
