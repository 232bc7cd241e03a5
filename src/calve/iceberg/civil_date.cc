#include "calve/iceberg/civil_date.h"

namespace calve::iceberg {
namespace {

constexpr std::int64_t kDaysPerEra = 146'097;         // 400 years
constexpr std::int64_t kDaysFromMarch0000 = 719'468;  // 0000-03-01 to 1970-01-01

}  // namespace

// Counts in years that begin in March, so that the leap day is the last of its year.
CivilDate civil_date(std::int64_t days_since_epoch) {
  const std::int64_t days = days_since_epoch + kDaysFromMarch0000;
  const std::int64_t era = floor_div(days, kDaysPerEra);
  const std::int64_t day_of_era = days - era * kDaysPerEra;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const int month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {.year = year, .month = month, .day = day};
}

}  // namespace calve::iceberg
