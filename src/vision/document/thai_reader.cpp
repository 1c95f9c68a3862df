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

/// Vowels and tones stand above and below the letters, where a detector of text hardly looks.
Quad with_marks(const Quad& line) {
  constexpr float kAbove = 0.18F;
  constexpr float kBelow = 0.1F;
  const auto beyond = [](Point from, Point to, float share) {
    return Point{to.x + share * (to.x - from.x), to.y + share * (to.y - from.y)};
  };
  return {
      beyond(line[3], line[0], kAbove),
      beyond(line[2], line[1], kAbove),
      beyond(line[1], line[2], kBelow),
      beyond(line[0], line[3], kBelow)
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
  constexpr int kHeight_px =
      56;  // of the line, with its marks; Tesseract brings lines to 36 itself
  constexpr int kWidest_px = 2048;
  constexpr int kMargin_px = 8;
  const Quad strip = with_marks(line);
  const float aspect = width_of(strip) / std::max(1.0F, height_of(strip));
  const int width_px = std::clamp(
      static_cast<int>(std::lround(static_cast<float>(kHeight_px) * aspect)), 8, kWidest_px
  );
  const Image straight = straightened(picture, strip, width_px, kHeight_px);
  cv::Mat grey;
  cv::cvtColor(as_mat(view_of(straight)), grey, cv::COLOR_BGR2GRAY);
  flatten(grey);
  cv::copyMakeBorder(
      grey, grey, kMargin_px, kMargin_px, kMargin_px, kMargin_px, cv::BORDER_REPLICATE
  );
  SELFSAME_TRY(engine, pool_->take());
  engine->SetImage(grey.data, grey.cols, grey.rows, 1, static_cast<int>(grey.step[0]));
  engine->SetSourceResolution(300);
  const std::unique_ptr<char[]> text(engine->GetUTF8Text());
  ReadText read;
  if (text && is_utf8(text.get())) read.text = on_one_line(text.get());
  if (!read.text.empty()) {
    read.confidence = static_cast<float>(std::clamp(engine->MeanTextConf(), 0, 100)) / 100;
  }
  pool_->give_back(std::move(engine));
  return read;
}

}  // namespace selfsame::vision
