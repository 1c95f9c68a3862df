// SPDX-License-Identifier: Apache-2.0
#include "vision/engine_check.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <utility>

#include "vision/decode_image.h"

namespace selfsame::vision {
namespace {

constexpr int kOpenPatternWidth_px = 320;
constexpr int kOpenPatternHeight_px = 256;

std::string short_number(double value) {
  return std::to_string(value).substr(0, 6);
}

std::vector<float> sampled(std::span<const float> values, std::size_t samples) {
  std::vector<float> picked;
  const std::size_t step =
      std::max<std::size_t>(1, values.size() / std::max<std::size_t>(1, samples));
  for (std::size_t i = 0; i < values.size() && picked.size() < samples; i += step) {
    picked.push_back(values[i]);
  }
  return picked;
}

// The cosine of two faces by one network of the comparator alone.
double cosine_of(const FaceTemplate& a, const FaceTemplate& b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sum;
}

Result<FaceTemplates> templates_of_fixture(
    const FaceDetector& detector,
    const FaceComparator& comparator,
    const std::string& fixtures_dir,
    const std::string& file
) {
  SELFSAME_TRY(image, read_fixture(fixtures_dir, file));
  SELFSAME_TRY(faces, detector.find(view_of(image)));
  if (faces.size() != 1) {
    return fail(
        Errc::engine_failed,
        "self-test: " + std::to_string(faces.size()) + " faces found in " + file + " instead of one"
    );
  }
  return comparator.templates_of(view_of(image), faces.front());
}

}  // namespace

Image fixed_pattern(int width_px, int height_px) {
  Image image{width_px, height_px, {}};
  image.bgr.reserve(static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) * 3);
  for (int y = 0; y < height_px; ++y) {
    for (int x = 0; x < width_px; ++x) {
      const int step = x >= width_px / 2 ? 93 : 29;
      for (int c = 0; c < 3; ++c) {
        image.bgr.push_back(static_cast<std::uint8_t>((7 * x + 13 * y + step * c) % 256));
      }
    }
  }
  return image;
}

Result<std::vector<float>> answer_to_pattern(const Network& network, std::size_t samples) {
  const NetworkCard& card = network.card();
  const Image pattern = fixed_pattern(
      card.input_width_px == 0 ? kOpenPatternWidth_px : card.input_width_px,
      card.input_height_px == 0 ? kOpenPatternHeight_px : card.input_height_px
  );
  SELFSAME_TRY(outputs, network.run(view_of(pattern)));
  if (card.golden.output >= outputs.count()) {
    return fail(Errc::engine_failed, card.name + ": no output for the golden answer");
  }
  return sampled(outputs[card.golden.output], samples);
}

Result<void> check_golden(const Network& network) {
  const NetworkCard& card = network.card();
  if (card.golden.values.empty() || !(card.golden.tolerance > 0)) {
    return fail(
        Errc::engine_failed, "self-test: the card of " + card.name + " has no golden answer"
    );
  }
  SELFSAME_TRY(answer, answer_to_pattern(network, card.golden.values.size()));
  float largest = 0;
  float difference = 0;
  for (std::size_t i = 0; i < card.golden.values.size(); ++i) {
    largest = std::max(largest, std::abs(card.golden.values[i]));
    difference =
        std::max(difference, std::abs(card.golden.values[i] - (i < answer.size() ? answer[i] : 0)));
  }
  const double relative = static_cast<double>(difference) / static_cast<double>(largest);
  if (answer.size() == card.golden.values.size() && relative <= card.golden.tolerance) return {};
  return fail(
      Errc::engine_failed,
      "self-test: " + card.name +
          " answers the fixed pattern otherwise than its card says (off by " +
          short_number(relative) + ", allowed " + short_number(card.golden.tolerance) + ")"
  );
}

Result<std::vector<Separation>> separations_of(
    const FaceDetector& detector,
    const FaceComparator& comparator,
    const SelfTestCard& card,
    const std::string& fixtures_dir
) {
  SELFSAME_TRY(one, templates_of_fixture(detector, comparator, fixtures_dir, card.portrait));
  SELFSAME_TRY(same, templates_of_fixture(detector, comparator, fixtures_dir, card.same_person));
  SELFSAME_TRY(other, templates_of_fixture(detector, comparator, fixtures_dir, card.other_person));
  std::vector<Separation> all;
  for (std::size_t i = 0; i < one.size(); ++i) {
    all.push_back(
        {.wanted = cosine_of(one[i], same[i]),
         .unwanted = std::max(cosine_of(one[i], other[i]), cosine_of(same[i], other[i]))}
    );
  }
  return all;
}

Result<void> check_recognisers(
    const FaceDetector& detector,
    const FaceComparator& comparator,
    const SelfTestCard& card,
    const std::string& fixtures_dir
) {
  SELFSAME_TRY(all, separations_of(detector, comparator, card, fixtures_dir));
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].margin() >= card.margin) continue;
    return fail(
        Errc::engine_failed,
        "self-test: recogniser " + comparator.networks()[i]->card().name +
            " does not separate: genuine " + short_number(all[i].wanted) + ", impostor " +
            short_number(all[i].unwanted)
    );
  }
  return {};
}

Result<Image> read_fixture(const std::string& fixtures_dir, const std::string& file) {
  const std::string path = fixtures_dir + "/" + file;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return fail(Errc::engine_failed, "self-test: fixture missing: " + path);
  const Bytes bytes{std::istreambuf_iterator<char>(stream), {}};
  auto image = decode_image(bytes);
  if (!image)
    return fail(Errc::engine_failed, "self-test: fixture " + path + ": " + image.error().detail);
  return std::move(*image);
}

}  // namespace selfsame::vision
