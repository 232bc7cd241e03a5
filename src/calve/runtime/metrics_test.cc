#include "calve/runtime/metrics.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::runtime {
namespace {

using testing::HasSubstr;

constexpr Timestamp kNow = timestamp_from_micros(1'795'000'000'000'000);

// Every kind of count, once.
void count_everything(Metrics& metrics) {
  TimeBins events;
  events.add(kNow - Milliseconds(200), 3);
  events.add(kNow - std::chrono::hours(48), 1);
  events.add(kNow + std::chrono::seconds(5), 2);  // a clock that is ahead of ours
  TimeBins source;
  source.add(kNow - Milliseconds(4'000), 6);
  metrics.count_read(10, 4'570);
  metrics.count_rejects("wrong_type", 2);
  metrics.count_rejects("no_json", 1);
  metrics.count_rejects("wrong_type", 1);
  metrics.count_committed(6, 4);
  metrics.count_files(2, 1'234'567);
  metrics.count_fenced();
  metrics.observe_freshness(events, source, kNow);
  metrics.observe_commit(0.03);
  metrics.observe_commit(99);
  metrics.set_commit_stats({.commits = 7, .conflicts = 3, .swap_seconds = 0.5}, {.commits = 1, .retries = 2});
  metrics.set_lag(PartitionId(3), 17);
  metrics.set_lag(PartitionId(3), 12);
}

TEST(MetricsTest, ExposesThePrometheusTextFormat) {
  Metrics metrics("orders");
  count_everything(metrics);
  const std::string text = metrics.expose();
  for (const char* line : {
           "# TYPE calve_events_read_total counter\ncalve_events_read_total{pipeline=\"orders\"} 10\n",
           "calve_event_bytes_read_total{pipeline=\"orders\"} 4570\n",
           "calve_events_committed_total{pipeline=\"orders\",verdict=\"valid\"} 6\n",
           "calve_events_committed_total{pipeline=\"orders\",verdict=\"rejected\"} 4\n",
           "calve_rejects_total{pipeline=\"orders\",reason=\"wrong_type\"} 3\n",
           "calve_rejects_total{pipeline=\"orders\",reason=\"no_json\"} 1\n",
           "calve_data_files_total{pipeline=\"orders\"} 2\n",
           "calve_data_file_bytes_total{pipeline=\"orders\"} 1234567\n",
           "calve_epochs_fenced_total{pipeline=\"orders\"} 1\n",
           "# TYPE calve_freshness_seconds histogram\n",
           "# TYPE calve_commit_seconds histogram\n",
           "calve_commit_seconds_bucket{pipeline=\"orders\",le=\"0.025\"} 0\n",
           "calve_commit_seconds_bucket{pipeline=\"orders\",le=\"0.05\"} 1\n",
           "calve_commit_seconds_bucket{pipeline=\"orders\",le=\"30\"} 1\n",
           "calve_commit_seconds_bucket{pipeline=\"orders\",le=\"+Inf\"} 2\n",
           "calve_commit_seconds_count{pipeline=\"orders\"} 2\n",
           "calve_commit_work{pipeline=\"orders\",table=\"orders\",what=\"commits\"} 7\n",
           "calve_commit_work{pipeline=\"orders\",table=\"orders\",what=\"conflicts\"} 3\n",
           "calve_commit_work{pipeline=\"orders\",table=\"orders\",what=\"swap_seconds\"} 0.5\n",
           "calve_commit_work{pipeline=\"orders\",table=\"rejects\",what=\"retries\"} 2\n",
           "# TYPE calve_lag_offsets gauge\ncalve_lag_offsets{partition=\"3\",pipeline=\"orders\"} 12\n",
           "calve_healthy{pipeline=\"orders\"} 1\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

// Buckets are cumulative, and an age below zero is none.
TEST(MetricsTest, FreshnessIsTheAgeOfEveryEventAtItsCommit) {
  Metrics metrics("orders");
  count_everything(metrics);
  const std::string text = metrics.expose();
  for (const char* line : {
           "calve_freshness_seconds_count{pipeline=\"orders\",since=\"event\"} 6\n",
           "calve_freshness_seconds_bucket{pipeline=\"orders\",since=\"event\",le=\"0.1\"} 2\n",
           "calve_freshness_seconds_bucket{pipeline=\"orders\",since=\"event\",le=\"0.25\"} 5\n",
           "calve_freshness_seconds_bucket{pipeline=\"orders\",since=\"event\",le=\"86400\"} 5\n",
           "calve_freshness_seconds_bucket{pipeline=\"orders\",since=\"event\",le=\"+Inf\"} 6\n",
           "calve_freshness_seconds_bucket{pipeline=\"orders\",since=\"source\",le=\"3\"} 0\n",
           "calve_freshness_seconds_bucket{pipeline=\"orders\",since=\"source\",le=\"5\"} 6\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MetricsTest, TotalsAreWhatAStatusLineShows) {
  Metrics metrics("orders");
  count_everything(metrics);
  const Metrics::Totals totals = metrics.totals();
  EXPECT_EQ(totals.read, 10);
  EXPECT_EQ(totals.valid, 6);
  EXPECT_EQ(totals.rejected, 4);
  EXPECT_EQ(totals.commits, 2);
}

TEST(MetricsTest, HealthIsOneOrZero) {
  Metrics metrics("orders");
  metrics.set_healthy(false);
  EXPECT_THAT(metrics.expose(), HasSubstr("calve_healthy{pipeline=\"orders\"} 0\n"));
  metrics.set_healthy(true);
  EXPECT_THAT(metrics.expose(), HasSubstr("calve_healthy{pipeline=\"orders\"} 1\n"));
}

TEST(MetricsTest, APipelinesNameCannotBreakTheText) {
  Metrics metrics("a\"b\\c\nd");
  EXPECT_THAT(metrics.expose(), HasSubstr("calve_healthy{pipeline=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

std::set<std::string> names_in(const std::string& text, const std::string& pattern) {
  std::set<std::string> names;
  const std::regex name(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at)
    names.insert((*at)[1]);
  return names;
}

TEST(MetricsTest, TheReferenceNamesEveryMetricAndNoOther) {
  std::ifstream page(CALVE_SOURCE_DIR "/docs/reference/metrics.md");
  const std::string reference{std::istreambuf_iterator<char>(page), {}};
  Metrics metrics("orders");
  count_everything(metrics);
  EXPECT_EQ(names_in(metrics.expose(), "# TYPE (calve_[a-z_]+) "), names_in(reference, "`(calve_[a-z_]+)"));
}

TEST(MetricsTest, CountsFromEveryThread) {
  Metrics metrics("orders");
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          metrics.count_read(1, 2);
          metrics.count_rejects("wrong_type", 1);
          if (i % 100 == 0) {
            EXPECT_THAT(metrics.expose(), HasSubstr("calve_rejects_total"));
          }
        }
      });
    }
  }
  EXPECT_EQ(metrics.totals().read, 2'000);
  EXPECT_THAT(metrics.expose(),
              HasSubstr("calve_rejects_total{pipeline=\"orders\",reason=\"wrong_type\"} 2000\n"));
}

}  // namespace
}  // namespace calve::runtime
