// The producer's orders, mutated: the decoder and the slow validator agree on each, and whatever is
// accepted leaves columns that are whole.

#include <random>

#include <gtest/gtest.h>

#include "calve/contract/column_check.h"
#include "calve/contract/decoder_under_test.h"
#include "calve/contract/slow_validator.h"

namespace calve::contract {
namespace {

const std::string kSchema = CALVE_SOURCE_DIR "/contracts/orders.created.v1.schema.json";
const std::string kOrders = CALVE_SOURCE_DIR "/src/calve/contract/testdata/orders.ndjson";

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  std::string mutate(std::string text) {
    for (std::size_t edits = 1 + below(3); edits > 0; --edits)
      edit(text);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }

  void edit(std::string& text) {
    static const std::string_view kPieces[] = {"null",
                                               "0",
                                               "-1",
                                               "1.0",
                                               "1e2",
                                               "0.005",
                                               "1e400",
                                               "99999999999",
                                               "\"\"",
                                               "\"x\"",
                                               "[]",
                                               "{}",
                                               "true",
                                               ",",
                                               ":",
                                               "\"",
                                               "}",
                                               "{",
                                               "]",
                                               "[",
                                               "\\",
                                               "\\u0041",
                                               "\\ud800",
                                               "\xC3\xA9",
                                               "\xC3",
                                               " ",
                                               "\n",
                                               "0.01",
                                               "10000000000",
                                               "\"note\":\"n\",",
                                               "\"total\":1,",
                                               "\"other\":{\"x\":[1]},",
                                               ".",
                                               "e",
                                               "-",
                                               "+05:30",
                                               "@",
                                               "00"};
    const std::size_t at = below(text.size());
    const std::string_view piece = kPieces[below(std::size(kPieces))];
    switch (below(7)) {
      case 0:
        text.insert(at, piece);
        break;
      case 1:
        text.erase(at, 1 + below(4));
        break;
      case 2:
        text[at] = static_cast<char>(below(256));
        break;
      case 3: {  // one token for another
        const auto begin = text.find(':', at);
        if (begin == std::string::npos) break;
        const auto end = text.find_first_of(",}]", begin);
        if (end != std::string::npos) text.replace(begin + 1, end - begin - 1, piece);
        break;
      }
      case 4: {  // before a field
        const auto begin = text.find('{', at);
        if (begin != std::string::npos) text.insert(begin + 1, piece);
        break;
      }
      case 5: {  // one digit for another
        const auto digit = text.find_first_of("0123456789", at);
        if (digit != std::string::npos) text[digit] = static_cast<char>('0' + below(10));
        break;
      }
      case 6:
        text.insert(at, text.substr(below(text.size()), below(12)));
        break;
    }
    if (text.empty()) text = " ";
  }

  std::mt19937 random_;
};

TEST(DifferentialTest, AgreesWithTheSlowValidatorOverMutatedOrders) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  const std::string schema = read_file(kSchema);
  const Contract contract = load_or_die(schema);
  const SlowValidator slow(schema);
  Decoder decoder(contract);
  Mutator mutator(seed);
  const auto orders = read_lines(kOrders);
  ASSERT_GT(orders.size(), 100u);

  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < 12'000; ++round) {
    const std::string text = mutator.mutate(orders[round % orders.size()]);
    const std::optional<bool> verdict = slow.accepts(text);
    if (!verdict) continue;
    const bool expected = *verdict;
    // Between two good ones, which must come out as if it were not there.
    const std::string& good = orders[(round + 1) % orders.size()];
    const auto records = batch_of({good, text, good});
    const Decoded& decoded = decoder.decode(records, timestamp_from_micros(1));
    ASSERT_EQ(decoded.rows.row_count, expected ? 3u : 2u)
        << text << "\n"
        << (decoded.rejects.empty() ? "" : decoded.rejects[0].detail);
    ASSERT_EQ(check_columns(decoded.rows), "") << text;
    const auto& offsets = values<std::int64_t>(decoded.rows, 20);
    ASSERT_EQ(offsets.back(), 102) << text;
    (expected ? accepted : refused)++;
  }
  EXPECT_GT(accepted, 500) << "the mutations leave too little valid to mean anything";
  EXPECT_GT(refused, 5'000);
}

}  // namespace
}  // namespace calve::contract
