#include "calve/cli/duckdb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// Starting it takes a tenth of a second: all tests share one.
DuckDb& duckdb() {
  static Result<DuckDb> opened = DuckDb::open(CALVE_DUCKDB_DEFAULT);
  EXPECT_TRUE(opened) << opened.error().message;
  return *opened;
}

using Rows = std::vector<std::vector<std::optional<std::string>>>;

Rows all(Result<QueryRows> rows) {
  EXPECT_TRUE(rows) << rows.error().message;
  Rows read;
  if (!rows) return read;
  for (auto more = rows->next(); more && *more; more = rows->next()) {
    auto& row = read.emplace_back();
    for (const auto& value : rows->values())
      row.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
  }
  return read;
}

Result<QueryRows> text_rows(const std::string& select, const std::stop_token& stop = {}) {
  return duckdb().text_rows(CALVE_TRY(duckdb().prepare(select)), stop);
}

Result<QueryRows> json_rows(const std::string& select) {
  return duckdb().json_rows(CALVE_TRY(duckdb().prepare(select)), {});
}

struct Shown {
  const char* select;
  std::optional<std::string> text;
  std::optional<std::string> json;
};

TEST(DuckDbTest, ShowsValuesOfEachKind) {
  const Shown kValues[] = {
      {"SELECT 7 AS v", "7", R"(7)"},
      {"SELECT NULL AS v", std::nullopt, std::nullopt},
      {"SELECT sum(v) AS v FROM (VALUES (12345678901234567.89::DECIMAL(38, 2))) AS t(v)",
       "12345678901234567.89", "12345678901234567.89"},
      {"SELECT 0.5::DOUBLE AS v", "0.5", "0.5"},
      {"SELECT 1e300::DOUBLE AS v", "1e+300", "1e+300"},
      {"SELECT 'nan'::DOUBLE AS v", "nan", "\"nan\""},
      {"SELECT 7 AS query", "7", "7"},
      {"SELECT '' AS v", "", R"("")"},
      {"SELECT true AS v", "true", R"(true)"},
      {"SELECT 12.30::DECIMAL(12, 2) AS v", "12.30", R"(12.30)"},
      {"SELECT 170141183460469231731687303715884105727::HUGEINT AS v",
       "170141183460469231731687303715884105727", R"(170141183460469231731687303715884105727)"},
      {"SELECT 'twelve bytes' AS v", "twelve bytes", R"("twelve bytes")"},
      {"SELECT 'thirteen byte' AS v", "thirteen byte", R"("thirteen byte")"},
      {"SELECT 'a' || chr(0) || 'b' AS v", std::string("a\0b", 3), R"("a\u0000b")"},
      {"SELECT [1, NULL] AS v", "[1, NULL]", R"([1,null])"},
      {"SELECT {'a': 1, 'b': 'x'} AS v", "{'a': 1, 'b': x}", R"({"a":1,"b":"x"})"},
      {"SELECT TIMESTAMPTZ '2026-11-24 14:00:00+01' AS v", "2026-11-24 13:00:00+00",
       R"("2026-11-24 13:00:00+00")"},
      {"SELECT '\\xff'::BLOB AS v", "\\xFF", R"("\\xFF")"},
      {"VALUES (7)", "7", R"(7)"},
      {"WITH a AS (SELECT 7 AS v) FROM a", "7", R"(7)"},
      {"SELECT 7 AS v;", "7", R"(7)"},
      {"SELECT 7 AS v -- a comment at the end", "7", R"(7)"},
      {"/* first */ SELECT 7 AS v", "7", R"(7)"},
  };
  for (const Shown& value : kValues) {
    SCOPED_TRACE(value.select);
    EXPECT_THAT(all(text_rows(value.select)), ElementsAre(ElementsAre(value.text)));
    EXPECT_THAT(all(json_rows(value.select)), ElementsAre(ElementsAre(value.json)));
  }
}

TEST(DuckDbTest, KeepsTheOrderOverManyChunks) {
  const Rows rows = all(text_rows("SELECT i FROM range(50000) t(i) ORDER BY i DESC"));
  ASSERT_EQ(rows.size(), 50'000U);
  for (std::size_t i = 0; i < rows.size(); ++i)
    ASSERT_EQ(rows[i].front(), std::to_string(49'999 - i));
}

TEST(DuckDbTest, NullsAreFoundBeyondTheFirstWordOfTheirMask) {
  const Rows rows = all(text_rows("SELECT CASE WHEN i % 67 = 0 THEN NULL ELSE i END FROM range(5000) t(i)"));
  ASSERT_EQ(rows.size(), 5'000U);
  for (std::size_t i = 0; i < rows.size(); ++i)
    ASSERT_EQ(rows[i].front().has_value(), i % 67 != 0) << i;
}

TEST(DuckDbTest, ColumnsOfOneNameAreAllShown) {
  const char* kSelect = "SELECT 1 AS a, 'x' AS a";
  const auto statement = duckdb().prepare(kSelect);
  ASSERT_TRUE(statement) << statement.error().message;
  EXPECT_THAT(statement->columns,
              ElementsAre(QueryColumn{"a", ColumnKind::kExactNumber}, QueryColumn{"a", ColumnKind::kOther}));
  EXPECT_THAT(all(text_rows(kSelect)), ElementsAre(ElementsAre("1", "x")));
}

TEST(DuckDbTest, TellsStatementsApart) {
  const std::pair<const char*, StatementKind> kStatements[] = {
      {"SELECT 1", StatementKind::kSelect},           {"  ( from range(3) )", StatementKind::kSelect},
      {"SHOW TABLES", StatementKind::kSelect},        {"DESCRIBE SELECT 1", StatementKind::kSelect},
      {"SUMMARIZE SELECT 1", StatementKind::kSelect}, {"EXPLAIN SELECT 1", StatementKind::kExplain},
      {"SET threads = 1", StatementKind::kOther},
  };
  for (const auto& [text, kind] : kStatements) {
    const auto statement = duckdb().prepare(text);
    ASSERT_TRUE(statement) << text << ": " << statement.error().message;
    EXPECT_EQ(statement->kind, kind) << text;
    if (kind == StatementKind::kSelect) {
      EXPECT_FALSE(all(json_rows(text)).empty() && std::string_view(text) != "SHOW TABLES") << text;
    }
  }
}

TEST(DuckDbTest, AnErrorHasDuckDbsWordsAndItsKind) {
  struct Refusal {
    const char* statement;
    ErrorKind kind;
    const char* words;
  };
  const Refusal kRefusals[] = {
      {"SELEC 1", ErrorKind::kUsage, "syntax error at or near \"SELEC\""},
      {"SELECT 1; SELECT 2", ErrorKind::kUsage, "multiple statements"},
      {"FROM no_such_table", ErrorKind::kUsage, "no_such_table does not exist"},
      {"FROM read_csv('/no/such/file.csv')", ErrorKind::kIo, "/no/such/file.csv"},
  };
  for (const Refusal& refusal : kRefusals) {
    const auto statement = duckdb().prepare(refusal.statement);
    ASSERT_FALSE(statement) << refusal.statement;
    EXPECT_EQ(error_kind_name(statement.error().kind), error_kind_name(refusal.kind)) << refusal.statement;
    EXPECT_THAT(statement.error().message, HasSubstr(refusal.words));
  }
}

TEST(DuckDbTest, AnErrorAmongTheRowsIsNoEnd) {
  auto rows = text_rows("SELECT CASE WHEN i = 40000 THEN error('too far') ELSE i END FROM range(50000) t(i)");
  Result<bool> more = true;
  while (rows && more && *more)
    more = rows->next();
  const Error error = rows ? more.error() : rows.error();
  EXPECT_THAT(error.message, HasSubstr("too far"));
}

TEST(DuckDbTest, AStopEndsALongQuery) {
  std::stop_source stop;
  auto rows = text_rows("SELECT i FROM range(1000000000000) t(i)", stop.get_token());
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_TRUE(rows->next());
  stop.request_stop();
  Result<bool> more = true;
  while (more && *more)
    more = rows->next();
  ASSERT_FALSE(more);
  EXPECT_EQ(error_kind_name(more.error().kind), "cancelled");
}

TEST(DuckDbTest, AFolderWithoutItNamesTheNextStep) {
  const auto opened = DuckDb::open("/no/such/folder");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kConfig);
  EXPECT_THAT(opened.error().message, AllOf(HasSubstr("CALVE_DUCKDB"), HasSubstr("/no/such/folder")));
}

TEST(DuckDbTest, QuotesSurviveQuoting) {
  EXPECT_THAT(all(text_rows("SELECT " + sql_quote("it's '' --") + " AS " + sql_quote_name("a \"b\""))),
              ElementsAre(ElementsAre("it's '' --")));
}

}  // namespace
}  // namespace calve::cli
