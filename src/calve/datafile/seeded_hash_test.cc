#include "calve/datafile/seeded_hash.h"

#include <cstdint>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace calve::datafile {
namespace {

TEST(SeededHashTest, EachByteCounts) {
  for (std::size_t size = 0; size <= 70; ++size) {
    std::set<std::uint64_t> hashes;
    const std::string text(size, 'a');
    hashes.insert(seeded_hash(text));
    hashes.insert(seeded_hash(text + '\0'));
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = 'b';
      hashes.insert(seeded_hash(other));
    }
    EXPECT_EQ(hashes.size(), size + 2) << size;
  }
}

// The words are the constants of wyhash: what is known to everybody must not make a factor zero.
TEST(SeededHashTest, NoKnownWordMakesTextsEqual) {
  for (const std::uint64_t word :
       {0xa0761d6478bd642fULL, 0xe7037ed1a0b428dbULL, 0x8ebc6af09c88c6e3ULL, 0ULL}) {
    const std::string known(reinterpret_cast<const char*>(&word), sizeof word);
    std::set<std::uint64_t> hashes;
    for (int i = 1'000; i < 2'000; ++i) {
      const std::string differs = "4-" + std::to_string(i) + "-b";
      ASSERT_EQ(differs.size(), 8U);
      hashes.insert(seeded_hash(known + differs));
      hashes.insert(seeded_hash(differs + known));
      hashes.insert(seeded_hash(fmt::format("{}{}the same", known, differs)));
      hashes.insert(seeded_hash(fmt::format("{0}{0}{1}the same", differs, known)));
      hashes.insert(seeded_hash(fmt::format("{0}{1}{1}the same", differs, known)));
    }
    EXPECT_EQ(hashes.size(), 5'000U) << std::hex << word;
  }
}

}  // namespace
}  // namespace calve::datafile
