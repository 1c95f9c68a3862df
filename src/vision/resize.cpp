// SPDX-License-Identifier: Apache-2.0
#include "vision/resize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace selfsame::vision {
namespace {

// The pixels of one line that one pixel of the result is made of: whole ones, and parts of those
// at both ends.
struct Span {
  int first_whole = 0;
  int end_whole = 0;
  float whole = 0;   // weight of each whole pixel
  float before = 0;  // weight of the pixel before them; 0: none
  float after = 0;   // weight of the pixel after them; 0: none
};

// As OpenCV cuts: a sliver of a thousandth of a pixel is none.
std::vector<Span> spans_of(int from_px, int to_px, double scale) {
  constexpr double kSliver = 1e-3;
  std::vector<Span> spans;
  spans.reserve(static_cast<std::size_t>(to_px));
  for (int i = 0; i < to_px; ++i) {
    const double begin = i * scale;
    const double end = begin + scale;
    const double length = std::min(scale, from_px - begin);
    const int end_whole = std::min(static_cast<int>(std::floor(end)), from_px - 1);
    const int first_whole = std::min(static_cast<int>(std::ceil(begin)), end_whole);
    Span span{
        .first_whole = first_whole, .end_whole = end_whole, .whole = static_cast<float>(1 / length)
    };
    if (first_whole - begin > kSliver) {
      span.before = static_cast<float>((first_whole - begin) / length);
    }
    if (end - end_whole > kSliver) {
      span.after = static_cast<float>(std::min(std::min(end - end_whole, 1.0), length) / length);
    }
    spans.push_back(span);
  }
  return spans;
}

// Adds up the rows of a span: the whole ones, which weigh the same, as whole numbers.
class RowAdder {
 public:
  explicit RowAdder(const cv::Mat& picture)
      : picture_(picture),
        length_(
            static_cast<std::size_t>(picture.cols) * static_cast<std::size_t>(picture.channels())
        ),
        whole_(length_),
        sum_(length_) {}

  const std::vector<float>& add(const Span& rows) {
    std::ranges::fill(whole_, std::uint32_t{0});
    for (int y = rows.first_whole; y < rows.end_whole; ++y) {
      const std::uint8_t* row = picture_.ptr(y);
      std::uint32_t* sum = whole_.data();
      for (std::size_t i = 0; i < length_; ++i) sum[i] += row[i];
    }
    const std::uint8_t* before = picture_.ptr(std::max(0, rows.first_whole - 1));
    const std::uint8_t* after = picture_.ptr(rows.end_whole);
    float* sum = sum_.data();
    const std::uint32_t* whole = whole_.data();
    for (std::size_t i = 0; i < length_; ++i) {
      sum[i] = rows.before * static_cast<float>(before[i]) +
               rows.whole * static_cast<float>(static_cast<std::int32_t>(whole[i])) +
               rows.after * static_cast<float>(after[i]);
    }
    return sum_;
  }

 private:
  const cv::Mat& picture_;
  std::size_t length_;
  std::vector<std::uint32_t> whole_;
  std::vector<float> sum_;
};

template <int Channels>
void add_columns(const float* line, const std::vector<Span>& columns, std::uint8_t* to) {
  for (const Span& span : columns) {
    const float* before = line + Channels * std::max(0, span.first_whole - 1);
    const float* after = line + Channels * span.end_whole;
    for (int c = 0; c < Channels; ++c) {
      float whole = 0;
      for (int x = span.first_whole; x < span.end_whole; ++x) whole += line[Channels * x + c];
      *to++ = cv::saturate_cast<std::uint8_t>(
          span.before * before[c] + span.whole * whole + span.after * after[c]
      );
    }
  }
}

bool is_whole(double scale) noexcept {
  return std::abs(scale - std::round(scale)) < 1e-9;
}

cv::Mat shrunk(const cv::Mat& picture, cv::Size size, double scale_x, double scale_y) {
  const auto columns = spans_of(picture.cols, size.width, scale_x);
  const auto rows = spans_of(picture.rows, size.height, scale_y);
  RowAdder adder(picture);
  cv::Mat result(size, picture.type());
  for (int y = 0; y < size.height; ++y) {
    const auto& line = adder.add(rows[static_cast<std::size_t>(y)]);
    if (picture.channels() == 3) {
      add_columns<3>(line.data(), columns, result.ptr(y));
    } else {
      add_columns<1>(line.data(), columns, result.ptr(y));
    }
  }
  return result;
}

}  // namespace

cv::Mat resized(const cv::Mat& picture, cv::Size size) {
  const double scale_x = static_cast<double>(picture.cols) / size.width;
  const double scale_y = static_cast<double>(picture.rows) / size.height;
  const bool shrinks = scale_x >= 1 && scale_y >= 1;
  // OpenCV has quick ways of its own for whole pixels.
  const bool by_parts = shrinks && !(is_whole(scale_x) && is_whole(scale_y));
  if (by_parts) return shrunk(picture, size, scale_x, scale_y);
  cv::Mat result;
  cv::resize(picture, result, size, 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  return result;
}

cv::Mat resized(const cv::Mat& picture, double factor) {
  const double scale = 1 / factor;
  const auto side = [factor](int px) { return std::max(1, cvRound(px * factor)); };
  const cv::Size size(side(picture.cols), side(picture.rows));
  const bool by_parts = factor < 1 && !is_whole(scale) && size != picture.size();
  if (by_parts) return shrunk(picture, size, scale, scale);
  cv::Mat result;
  const int method = factor < 1 ? cv::INTER_AREA : cv::INTER_LINEAR;
  cv::resize(picture, result, {}, factor, factor, method);
  return result;
}

}  // namespace selfsame::vision
