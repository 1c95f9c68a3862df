// SPDX-License-Identifier: Apache-2.0
#include "vision/document/text_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "base/utf8.h"
#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

// A width costs 4 to 10 MB and 30 to 50 ms when it first comes, and lines come in all of them.
constexpr std::array kWidths_px = {128, 192, 288, 416, 608, 864, 1216, 1632};

// A little longer is as well read squeezed, but for signs of many strokes; the longest are zones,
// whose letters are wide apart.
constexpr float kSqueeze = 1.08F;

// Narrow blanks lose against "nothing" and leave this much: far more than there is inside a word.
constexpr float kLikelyBlank = 0.15F;

/// Of Latin script or a figure: scripts without blanks have none.
bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_machine_readable(const std::string& character) {
  return character.size() == 1 &&
         std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<").find(character[0]) !=
             std::string_view::npos;
}

/// The line at the network's height, which its length follows; what lacks to one of the widths is
/// grey, as where it was taught: black there would be read.
cv::Mat strip_of(const PixelView& picture, const Quad& line, int height_px, float squeeze) {
  const float aspect = width_of(line) / std::max(1.0F, height_of(line));
  const float length_px = std::max(8.0F, static_cast<float>(height_px) * aspect);
  const auto fits = std::ranges::find_if(kWidths_px, [=](int width_px) {
    return length_px <= squeeze * static_cast<float>(width_px);
  });
  const int full_px = fits == kWidths_px.end() ? kWidths_px.back() : *fits;
  const int width_px = std::min(full_px, static_cast<int>(std::lround(length_px)));
  const Image straight = straightened(picture, line, width_px, height_px);
  const int padding = full_px - width_px;
  cv::Mat strip;
  cv::copyMakeBorder(
      as_mat(view_of(straight)), strip, 0, 0, 0, padding, cv::BORDER_CONSTANT, cv::Scalar::all(128)
  );
  return strip;
}

/// The first of the largest. In lanes, which a compiler makes vectors of: there are 18,000.
std::size_t index_of_most(std::span<const float> values) {
  constexpr std::size_t kLanes = 16;
  std::array<float, kLanes> most{};
  most.fill(values.front());
  std::size_t at = 0;
  for (; at + kLanes <= values.size(); at += kLanes) {
    for (std::size_t i = 0; i < kLanes; ++i) most[i] = std::max(most[i], values[at + i]);
  }
  for (; at < values.size(); ++at) most[0] = std::max(most[0], values[at]);
  return static_cast<std::size_t>(
      std::ranges::find(values, std::ranges::max(most)) - values.begin()
  );
}

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(' ');
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_last_not_of(' ') - from + 1);
}

}  // namespace

Result<TextReader> TextReader::create(
    std::unique_ptr<Network> network, std::string_view dictionary
) {
  TextReader reader;
  reader.network_ = std::move(network);
  reader.characters_.emplace_back();
  while (!dictionary.empty()) {
    const auto end = std::min(dictionary.find('\n'), dictionary.size());
    std::string_view line = dictionary.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_utf8(line)) return fail(Errc::engine_failed, "a dictionary is not UTF-8");
    reader.characters_.emplace_back(line);
    dictionary.remove_prefix(std::min(end + 1, dictionary.size()));
  }
  reader.characters_.emplace_back(" ");
  for (std::size_t i = 0; i < reader.characters_.size(); ++i) {
    if (i == 0 || is_machine_readable(reader.characters_[i])) reader.machine_readable_.push_back(i);
  }
  const cv::Mat grey(
      reader.network_->card().input_height_px, kWidths_px.front(), CV_8UC3, cv::Scalar::all(128)
  );
  SELFSAME_TRY(outputs, reader.network_->run(as_view(grey)));
  const auto answer = outputs[reader.network_->card().output];
  if (answer.empty() || answer.size() % reader.characters_.size() != 0) {
    return fail(
        Errc::engine_failed,
        reader.network_->card().name + ": has other classes than its dictionary"
    );
  }
  return reader;
}

Result<ReadText> TextReader::read(const PixelView& picture, const Quad& line, CharacterSet set)
    const {
  const float squeeze = set == CharacterSet::many_strokes ? 1 : kSqueeze;
  const cv::Mat strip = strip_of(picture, line, network_->card().input_height_px, squeeze);
  SELFSAME_TRY(outputs, network_->run(as_view(strip)));
  return decoded(outputs[network_->card().output], set);
}

ReadText TextReader::decoded(std::span<const float> answer, CharacterSet set) const {
  const std::size_t classes = characters_.size();
  const auto best_of = [&](std::span<const float> step) {
    if (set != CharacterSet::machine_readable) return index_of_most(step);
    return *std::ranges::max_element(machine_readable_, {}, [&](std::size_t i) { return step[i]; });
  };
  ReadText read;
  std::string text;
  std::size_t last = 0;
  std::size_t count = 0;
  float sum = 0;
  float blank = 0;  // the most since the last character
  for (std::size_t at = 0; at + classes <= answer.size(); at += classes) {
    const auto step = answer.subspan(at, classes);
    const std::size_t best = best_of(step);
    if (set != CharacterSet::machine_readable) blank = std::max(blank, step.back());
    if (best != 0 && best != last) {
      const bool parted = blank >= kLikelyBlank && !text.empty() && is_word(text.back()) &&
                          is_word(characters_[best].front());
      if (parted) text += ' ';
      text += characters_[best];
      sum += step[best];
      ++count;
      blank = 0;
    }
    last = best;
  }
  read.text = trimmed(text);
  read.confidence = read.text.empty() ? 0 : sum / static_cast<float>(count);
  return read;
}

}  // namespace selfsame::vision
