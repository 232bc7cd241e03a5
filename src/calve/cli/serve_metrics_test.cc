#include "calve/cli/serve_metrics.h"

#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::cli {
namespace {

class ServeMetricsTest : public testing::Test {
 protected:
  // At `address`, which comes from `layer`.
  Result<std::unique_ptr<runtime::HttpServer>> serve(const std::string& address, config::Layer layer) {
    config::Values values = *config::resolve({});
    values.insert_or_assign("run.http-listen", config::Value{address, {layer, "CALVE_HTTP_LISTEN"}});
    const config::Settings settings = *config::read_settings(values);
    return serve_metrics({.values = values, .settings = settings, .out = ignored_, .err = ignored_}, metrics_,
                         health_, system_clock());
  }

 private:
  std::ostringstream ignored_;
  runtime::Metrics metrics_{"orders"};
  runtime::Health health_{Milliseconds(1'000)};
};

TEST_F(ServeMetricsTest, OnlyTheDefaultAddressMayBeTaken) {
  const auto first = serve("127.0.0.1:0", config::Layer::kEnvironment);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_TRUE(*first);
  const std::string taken = fmt::format("127.0.0.1:{}", (*first)->port());

  const auto by_default = serve(taken, config::Layer::kDefault);
  ASSERT_TRUE(by_default) << by_default.error().message;
  EXPECT_FALSE(*by_default);
  for (const config::Layer layer :
       {config::Layer::kFile, config::Layer::kEnvironment, config::Layer::kFlag}) {
    const auto chosen = serve(taken, layer);
    ASSERT_FALSE(chosen) << config::layer_name(layer);
    EXPECT_EQ(chosen.error().kind, ErrorKind::kConfig);
    EXPECT_THAT(chosen.error().message, testing::HasSubstr("by CALVE_HTTP_LISTEN, or off"));
  }
}

TEST_F(ServeMetricsTest, OffServesNothing) {
  const auto server = serve("off", config::Layer::kFlag);
  ASSERT_TRUE(server);
  EXPECT_FALSE(*server);
}

}  // namespace
}  // namespace calve::cli
