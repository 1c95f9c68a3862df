// SPDX-License-Identifier: Apache-2.0
// Dates as documents print them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace selfsame::core {

/// Of dates in figures only; where the month is a word or 年月日 say what is what, it does not
/// count.
enum class DateOrder : std::uint8_t { day_month_year, month_day_year, year_month_day };

/// Reads the first date in `text`, UTF-8: "03-06-1985", "12 AUG 1974", "JANUARY 01, 1990",
/// "1990年6月5日", "昭和61年5月1日生", "2024年(令和06年)06月01日まで有効", "5 มิ.ย. 2533".
/// Digits may be full width or Thai. Years of the Buddhist era (2400 and above, or any beside a
/// Thai month) and of the Japanese eras from Meiji on become those of the common era.
/// @param latest_year  a year of two digits is the last one up to this that ends so
/// @return nothing when there is no date, or none of the calendar (30 February)
[[nodiscard]] std::optional<std::chrono::year_month_day> read_date(
    std::string_view text, DateOrder order, int latest_year
);

/// "1985-06-03"
[[nodiscard]] std::string iso_date(std::chrono::year_month_day date);

inline constexpr std::size_t kDateTextBytesMax = 256;  // longer texts hold no date

}  // namespace selfsame::core
