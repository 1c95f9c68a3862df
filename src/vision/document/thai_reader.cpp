// SPDX-License-Identifier: Apache-2.0
#include "vision/document/thai_reader.h"

#include <tesseract/baseapi.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <mutex>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/utf8.h"
#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

using Engine = std::unique_ptr<tesseract::TessBaseAPI>;

Result<Engine> make_engine(const std::string& folder) {
  auto engine = std::make_unique<tesseract::TessBaseAPI>();
  if (engine->Init(folder.c_str(), "tha", tesseract::OEM_LSTM_ONLY) != 0) {
    return fail(Errc::engine_failed, "Tesseract does not take tha.traineddata in " + folder);
  }
  engine->SetPageSegMode(tesseract::PSM_SINGLE_LINE);
  engine->SetVariable("debug_file", "/dev/null");
  return engine;
}

/// What is read of a line beyond its box, in heights of it. Vowels and tones stand above and below
/// the letters, where a detector of text hardly looks.
struct Margins {
  float above = 0;
  float below = 0;
};
constexpr Margins kUsual{0.18F, 0.1F};
constexpr Margins kNarrow{0.08F, 0.03F};  // where there is other print close by

Quad with_margins(const Quad& line, Margins margins) {
  const auto beyond = [](Point from, Point to, float share) {
    return Point{to.x + share * (to.x - from.x), to.y + share * (to.y - from.y)};
  };
  return {
      beyond(line[3], line[0], margins.above),
      beyond(line[2], line[1], margins.above),
      beyond(line[1], line[2], margins.below),
      beyond(line[0], line[3], margins.below)
  };
}

/// Black on white, without shadow and tint: divided by what is behind the letters, which are far
/// narrower than the line is high.
void flatten(cv::Mat& grey) {
  const int wide_px = std::max(3, grey.rows / 2);
  cv::Mat behind;
  cv::morphologyEx(grey, behind, cv::MORPH_CLOSE, cv::Mat::ones(wide_px, wide_px, CV_8U));
  cv::GaussianBlur(behind, behind, cv::Size(), grey.rows / 4.0);
  cv::divide(grey, behind, grey, 255);
  cv::normalize(grey, grey, 0, 255, cv::NORM_MINMAX);
}

/// Tesseract spells the vowel am as its two halves; documents and keyboards as one letter.
void join_vowels(std::string& text) {
  constexpr std::string_view kHalves = "\u0e4d\u0e32";
  constexpr std::string_view kWhole = "\u0e33";
  for (auto at = text.find(kHalves); at != std::string::npos; at = text.find(kHalves, at))
    text.replace(at, kHalves.size(), kWhole);
}

std::string on_one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  join_vowels(text);
  const auto from = text.find_first_not_of(' ');
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_last_not_of(' ') - from + 1);
}

/// A line with its marks, black on white, as high as Tesseract likes it.
cv::Mat strip_of(const PixelView& picture, const Quad& line) {
  // Tesseract brings lines to 36 itself.
  constexpr int kHeight_px = 56;
  constexpr int kWidest_px = 2048;
  constexpr int kMargin_px = 8;
  const float aspect = width_of(line) / std::max(1.0F, height_of(line));
  const int width_px = std::clamp(
      static_cast<int>(std::lround(static_cast<float>(kHeight_px) * aspect)), 8, kWidest_px
  );
  const Image straight = straightened(picture, line, width_px, kHeight_px);
  cv::Mat grey;
  cv::cvtColor(as_mat(view_of(straight)), grey, cv::COLOR_BGR2GRAY);
  flatten(grey);
  cv::copyMakeBorder(
      grey, grey, kMargin_px, kMargin_px, kMargin_px, kMargin_px, cv::BORDER_REPLICATE
  );
  return grey;
}

ReadText read_strip(tesseract::TessBaseAPI& engine, const cv::Mat& grey) {
  engine.SetImage(grey.data, grey.cols, grey.rows, 1, static_cast<int>(grey.step[0]));
  engine.SetSourceResolution(300);
  const std::unique_ptr<char[]> text(engine.GetUTF8Text());
  ReadText read;
  if (text && is_utf8(text.get())) read.text = on_one_line(text.get());
  if (!read.text.empty()) {
    read.confidence = static_cast<float>(std::clamp(engine.MeanTextConf(), 0, 100)) / 100;
  }
  return read;
}

}  // namespace

struct ThaiReader::Pool {
  std::string folder;
  std::mutex mutex;
  std::vector<Engine> idle;

  Result<Engine> take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        Engine engine = std::move(idle.back());
        idle.pop_back();
        return engine;
      }
    }
    return make_engine(folder);
  }
  void give_back(Engine engine) {
    engine->Clear();
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(engine));
  }
};

ThaiReader::ThaiReader(std::unique_ptr<Pool> pool) noexcept : pool_(std::move(pool)) {}
ThaiReader::~ThaiReader() = default;

Result<std::unique_ptr<ThaiReader>> ThaiReader::create(
    const std::string& folder, const std::string& sha256
) {
  const std::string path = folder + "/tha.traineddata";
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::engine_failed, "cannot read " + path);
  const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  if (to_hex(selfsame::sha256(bytes)) != sha256) {
    return fail(
        Errc::engine_failed, path + " is not the file that the card names (sha256 differs)"
    );
  }
  auto pool = std::make_unique<Pool>();
  pool->folder = folder;
  SELFSAME_TRY(engine, make_engine(folder));
  pool->give_back(std::move(engine));
  return std::unique_ptr<ThaiReader>(new ThaiReader(std::move(pool)));
}

Result<ReadText> ThaiReader::read(const PixelView& picture, const Quad& line) const {
  constexpr float kSure = 0.92F;
  SELFSAME_TRY(engine, pool_->take());
  ReadText read = read_strip(*engine, strip_of(picture, with_margins(line, kUsual)));
  if (read.confidence < kSure) {
    ReadText other = read_strip(*engine, strip_of(picture, with_margins(line, kNarrow)));
    if (other.confidence > read.confidence) read = std::move(other);
  }
  pool_->give_back(std::move(engine));
  return read;
}

}  // namespace selfsame::vision
