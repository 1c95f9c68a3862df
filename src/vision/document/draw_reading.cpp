// SPDX-License-Identifier: Apache-2.0
#include "vision/document/draw_reading.h"

#include <png.h>

#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

void outline(cv::Mat& picture, const Quad& quad, const cv::Scalar& colour, int thickness) {
  std::vector<cv::Point> points;
  for (const Point p : quad) {
    points.emplace_back(static_cast<int>(std::lround(p.x)), static_cast<int>(std::lround(p.y)));
  }
  cv::polylines(picture, points, true, colour, thickness, cv::LINE_AA);
}

Result<Bytes> encode_png(const cv::Mat& bgr) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(bgr.cols);
  header.height = static_cast<png_uint_32>(bgr.rows);
  header.format = PNG_FORMAT_BGR;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  Bytes png(size);
  const auto stride = static_cast<png_int_32>(bgr.step[0]);
  if (png_image_write_to_memory(&header, png.data(), &size, 0, bgr.data, stride, nullptr) == 0) {
    return fail(Errc::engine_failed, "cannot write a PNG");
  }
  png.resize(size);
  return png;
}

}  // namespace

Result<Bytes> drawn_reading(const Image& image, const DocumentReading& reading) {
  const cv::Scalar kGreen(60, 190, 60);
  const cv::Scalar kBlue(230, 130, 40);
  const cv::Scalar kRed(50, 50, 230);
  const cv::Scalar kYellow(0, 200, 240);
  const cv::Scalar kGrey(150, 150, 150);
  cv::Mat picture = as_mat(view_of(image)).clone();
  std::vector<bool> of_field(reading.lines.size());
  for (const auto& field : reading.fields.fields) {
    for (const std::size_t line : field.lines) of_field.at(line) = true;
  }
  for (std::size_t i = 0; i < reading.lines.size(); ++i) {
    outline(picture, reading.lines[i].quad, of_field[i] ? kYellow : kGrey, 2);
  }
  outline(picture, reading.card, kGreen, 3);
  if (reading.portrait) outline(picture, *reading.portrait, kBlue, 3);
  if (reading.mrz_quad) outline(picture, *reading.mrz_quad, kRed, 3);
  return encode_png(picture);
}

}  // namespace selfsame::vision
