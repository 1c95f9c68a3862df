// SPDX-License-Identifier: Apache-2.0
#include "evaluation/det_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numbers>
#include <string_view>

#include "evaluation/face_report.h"

namespace selfsame::evaluation {
namespace {

constexpr double kWidth = 900;
constexpr double kHeight = 640;
constexpr double kLeft = 90;
constexpr double kRight = 870;
constexpr double kTop = 84;
constexpr double kBottom = 560;

struct Tick {
  double rate;
  const char* label;
};
constexpr std::array<Tick, 8> kFmrTicks = {
    {{1e-7, "10⁻⁷"},
     {1e-6, "10⁻⁶"},
     {1e-5, "10⁻⁵"},
     {1e-4, "10⁻⁴"},
     {1e-3, "0.1 %"},
     {1e-2, "1 %"},
     {0.1, "10 %"},
     {0.4, "40 %"}}
};
constexpr std::array<Tick, 11> kFnmrTicks = {
    {{1e-4, "0.01 %"},
     {5e-4, "0.05 %"},
     {1e-3, "0.1 %"},
     {2e-3, "0.2 %"},
     {5e-3, "0.5 %"},
     {1e-2, "1 %"},
     {2e-2, "2 %"},
     {5e-2, "5 %"},
     {0.1, "10 %"},
     {0.2, "20 %"},
     {0.4, "40 %"}}
};

/// One axis: rates from `low` to `high` laid on pixels from `start` to `end`.
class Axis {
 public:
  Axis(double low, double high, double start, double end)
      : low_(low), high_(high), start_(start), end_(end) {}
  [[nodiscard]] bool shows(double rate) const { return rate >= low_ && rate <= high_; }
  [[nodiscard]] double at(double rate) const {
    const double from = normal_deviate(low_);
    const double deviate = normal_deviate(std::clamp(rate, low_, high_));
    return start_ + (end_ - start_) * (deviate - from) / (normal_deviate(high_) - from);
  }

 private:
  double low_;
  double high_;
  double start_;
  double end_;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

void line(std::string& svg, double x1, double y1, double x2, double y2, std::string_view style) {
  fmt::format_to(
      std::back_inserter(svg),
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n",
      x1,
      y1,
      x2,
      y2,
      style
  );
}

void text(std::string& svg, double x, double y, std::string_view style, std::string_view words) {
  fmt::format_to(
      std::back_inserter(svg),
      "<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>\n",
      x,
      y,
      style,
      escaped(words)
  );
}

void draw_grid(std::string& svg, const Axis& fmr, const Axis& fnmr, const DetWords& words) {
  constexpr std::string_view kGrid = "stroke=\"#dddddd\"";
  for (const Tick& tick : kFmrTicks) {
    if (!fmr.shows(tick.rate)) continue;
    const double x = fmr.at(tick.rate);
    line(svg, x, kTop, x, kBottom, kGrid);
    text(svg, x, kBottom + 20, "text-anchor=\"middle\"", tick.label);
  }
  for (const Tick& tick : kFnmrTicks) {
    if (!fnmr.shows(tick.rate)) continue;
    const double y = fnmr.at(tick.rate);
    line(svg, kLeft, y, kRight, y, kGrid);
    text(svg, kLeft - 8, y + 4, "text-anchor=\"end\"", tick.label);
  }
  fmt::format_to(
      std::back_inserter(svg),
      "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#333333\"/>\n",
      kLeft,
      kTop,
      kRight - kLeft,
      kBottom - kTop
  );
  text(
      svg,
      (kLeft + kRight) / 2,
      kBottom + 48,
      "text-anchor=\"middle\" font-size=\"15\"",
      words.across
  );
  const double middle = (kTop + kBottom) / 2;
  text(
      svg,
      24,
      middle,
      fmt::format(
          "text-anchor=\"middle\" font-size=\"15\" transform=\"rotate(-90 24 {})\"", middle
      ),
      words.up
  );
}

void draw_curve(
    std::string& svg, const std::vector<DetPoint>& det, const Axis& fmr, const Axis& fnmr
) {
  std::string points;
  for (const DetPoint& point : det) {
    if (!fmr.shows(point.fmr) || !fnmr.shows(point.fnmr)) continue;
    fmt::format_to(
        std::back_inserter(points), "{:.1f},{:.1f} ", fmr.at(point.fmr), fnmr.at(point.fnmr)
    );
  }
  fmt::format_to(
      std::back_inserter(svg),
      "<polyline points=\"{}\" fill=\"none\" stroke=\"#1456a0\" stroke-width=\"2.5\"/>\n",
      points
  );
}

void draw_point(std::string& svg, const OperatingPoint& point, const Axis& fmr, const Axis& fnmr) {
  const double x = fmr.at(point.fmr);
  const double y = fnmr.at(point.fnmr);
  if (const auto& interval = point.fnmr_interval) {
    constexpr std::string_view kBar = "stroke=\"#b3400a\" stroke-width=\"1.5\"";
    const double high = fnmr.at(interval->high);
    const double low = fnmr.at(interval->low);
    line(svg, x, low, x, high, kBar);
    line(svg, x - 5, low, x + 5, low, kBar);
    line(svg, x - 5, high, x + 5, high, kBar);
  }
  fmt::format_to(
      std::back_inserter(svg),
      "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4.5\" fill=\"{}\" stroke=\"#b3400a\" "
      "stroke-width=\"2\"/>\n",
      x,
      y,
      point.method == ThresholdMethod::empirical ? "#b3400a" : "#ffffff"
  );
  // Above the curve, to the right: the curve falls there. At the right edge, to the left.
  const bool near_edge = x > kRight - 170;
  text(
      svg,
      near_edge ? x - 10 : x + 10,
      near_edge ? y + 18 : y - 8,
      near_edge ? "text-anchor=\"end\"" : "",
      fmt::format(
          "FMR {}: FNMR {:.2f} % at {:.4f}", fmr_name(point.fmr), point.fnmr * 100, point.threshold
      )
  );
}

void draw_eer(std::string& svg, const ErrorRates& rates, const Axis& fmr, const Axis& fnmr) {
  if (!fmr.shows(rates.eer) || !fnmr.shows(rates.eer)) return;
  const double x = fmr.at(rates.eer);
  const double y = fnmr.at(rates.eer);
  fmt::format_to(
      std::back_inserter(svg),
      "<path d=\"M{0:.1f} {1:.1f}l6 6l-6 6l-6 -6z\" fill=\"#2a7a3b\"/>\n",
      x,
      y - 6
  );
  text(
      svg,
      x - 12,
      y + 16,
      "text-anchor=\"end\" fill=\"#2a7a3b\"",
      fmt::format("EER {:.2f} %", rates.eer * 100)
  );
}

/// The largest tick at or below `rate`, or the first.
template <std::size_t Count>
double tick_below(const std::array<Tick, Count>& ticks, double rate) {
  double found = ticks.front().rate;
  for (const Tick& tick : ticks) {
    if (tick.rate <= rate) found = tick.rate;
  }
  return found;
}

}  // namespace

double normal_deviate(double share) {
  double low = -9;
  double high = 9;
  constexpr int kHalvings = 60;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    // erfc keeps its precision in the lower tail, where 1 + erf would not.
    (std::erfc(-middle / std::numbers::sqrt2) / 2 < share ? low : high) = middle;
  }
  return (low + high) / 2;
}

std::string draw_det(
    const ErrorRates& rates,
    const std::string& title,
    const std::string& subtitle,
    const DetWords& words
) {
  double lowest_fmr = kFmrTicks.back().rate;
  double lowest_fnmr = kFnmrTicks.back().rate;
  for (const DetPoint& point : rates.det) {
    if (point.fmr > 0) lowest_fmr = std::min(lowest_fmr, point.fmr);
    if (point.fnmr > 0) lowest_fnmr = std::min(lowest_fnmr, point.fnmr);
  }
  for (const OperatingPoint& point : rates.operating_points) {
    lowest_fmr = std::min(lowest_fmr, point.fmr);
    if (point.fnmr > 0) lowest_fnmr = std::min(lowest_fnmr, point.fnmr);
  }
  const Axis fmr(tick_below(kFmrTicks, lowest_fmr * 0.99), kFmrTicks.back().rate, kLeft, kRight);
  const Axis fnmr(tick_below(kFnmrTicks, lowest_fnmr), kFnmrTicks.back().rate, kBottom, kTop);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" "
      "font-family=\"sans-serif\" font-size=\"13\" fill=\"#222222\">\n"
      "<title>{2}</title>\n<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
      kWidth,
      kHeight,
      escaped(title)
  );
  text(svg, kLeft, 36, "font-size=\"19\" font-weight=\"bold\"", title);
  text(svg, kLeft, 60, "fill=\"#555555\"", subtitle);
  draw_grid(svg, fmr, fnmr, words);
  draw_curve(svg, rates.det, fmr, fnmr);
  draw_eer(svg, rates, fmr, fnmr);
  for (const OperatingPoint& point : rates.operating_points) draw_point(svg, point, fmr, fnmr);
  text(
      svg,
      kRight,
      kHeight - 8,
      "text-anchor=\"end\" fill=\"#555555\" font-size=\"12\"",
      words.legend
  );
  svg += "</svg>\n";
  return svg;
}

}  // namespace selfsame::evaluation
