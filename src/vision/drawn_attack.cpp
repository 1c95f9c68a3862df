// SPDX-License-Identifier: Apache-2.0
#include "vision/drawn_attack.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/mat_view.h"

namespace selfsame::vision {

Image draw_attack(const Image& portrait, DrawnAttack kind) {
  const bool screen = kind == DrawnAttack::screen;
  Image scene = portrait;
  cv::Mat canvas(scene.height_px, scene.width_px, CV_8UC3, scene.bgr.data());
  canvas.setTo(screen ? cv::Scalar(70, 90, 110) : cv::Scalar(120, 140, 150));
  const cv::Size size(std::max(1, canvas.cols / 2), std::max(1, canvas.rows / 2));
  const cv::Rect shown(
      (canvas.cols - size.width) / 2, (canvas.rows - size.height) / 2, size.width, size.height
  );
  const int edge = size.width / 12;
  const cv::Rect device(
      shown.x - edge, shown.y - edge, shown.width + 2 * edge, shown.height + 2 * edge
  );
  canvas(device & cv::Rect({}, canvas.size())).setTo(cv::Scalar::all(screen ? 12 : 245));
  cv::Mat copy;
  cv::resize(as_mat(view_of(portrait)), copy, size, 0, 0, cv::INTER_AREA);
  if (!screen) {
    cv::Mat grey;
    cv::cvtColor(copy, grey, cv::COLOR_BGR2GRAY);
    cv::cvtColor(grey, copy, cv::COLOR_GRAY2BGR);
  }
  copy.copyTo(canvas(shown));
  return scene;
}

}  // namespace selfsame::vision
