// SPDX-License-Identifier: Apache-2.0
#include "vision/document/thai_reader.h"

#include <dlfcn.h>
#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/utf8.h"
#include "core/thai_spelling.h"
#include "vision/document/thai_strip.h"

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

/// Tesseract shares a line's matrices among OpenMP's threads, which wait for each other longer than
/// they work. It asks for a number of them; without levels of parallel work there is one.
void read_alone() noexcept {
  using SetLevels = void (*)(int);
  // Tesseract's OpenMP, whichever it was built with: no header of ours names it.
  static const auto set_levels =
      reinterpret_cast<SetLevels>(dlsym(RTLD_DEFAULT, "omp_set_max_active_levels"));
  if (set_levels != nullptr) set_levels(0);
}

struct Figures {
  std::string text;
  cv::Rect box;  // in the strip
};

struct ReadStrip {
  ReadText whole;
  std::vector<Figures> figures;  // in order
};

ReadStrip read_strip(tesseract::TessBaseAPI& engine, const cv::Mat& grey) {
  engine.SetImage(grey.data, grey.cols, grey.rows, 1, static_cast<int>(grey.step[0]));
  engine.SetSourceResolution(300);
  const std::unique_ptr<char[]> text(engine.GetUTF8Text());
  ReadStrip read;
  if (text && is_utf8(text.get())) read.whole.text = on_one_line(text.get());
  if (read.whole.text.empty()) return read;
  read.whole.confidence = static_cast<float>(std::clamp(engine.MeanTextConf(), 0, 100)) / 100;
  const std::unique_ptr<tesseract::ResultIterator> at(engine.GetIterator());
  constexpr auto kWord = tesseract::RIL_WORD;
  if (at == nullptr || at->Empty(kWord)) return read;
  bool goes_on = false;
  std::optional<Figures> stroke;  // read as a letter among figures
  do {
    const std::unique_ptr<char[]> word(at->GetUTF8Text(kWord));
    int left = 0, top = 0, right = 0, bottom = 0;
    if (!word || !at->BoundingBox(kWord, &left, &top, &right, &bottom)) continue;
    const cv::Rect box(left, top, right - left, bottom - top);
    const bool is_one = core::is_figures(word.get());
    // Tesseract parts figures as well.
    if (is_one && goes_on) {
      Figures& last = read.figures.back();
      if (stroke) last.text += stroke->text;
      last.text += word.get();
      last.box |= box;
    } else if (is_one) {
      read.figures.push_back({word.get(), box});
    }
    stroke.reset();
    const bool is_close =
        !read.figures.empty() && 2 * (left - read.figures.back().box.br().x) < box.height;
    const auto letters = characters_of(word.get());
    if (!is_one && goes_on && is_close && letters && letters->size() == 1)
      stroke = Figures{word.get(), box};
    goes_on = is_one || stroke.has_value();
  } while (at->Next(kWord));
  return read;
}

/// The text with its longer figures as `reader` reads them where it is sure.
Result<std::string> with_figures(
    const PixelView& picture,
    const Quad& box,
    Margins margins,
    const ReadStrip& strip,
    const TextReader& reader
) {
  constexpr float kSure = 0.9F;
  std::string text = strip.whole.text;
  std::size_t from = 0;
  for (const Figures& figures : strip.figures) {
    const auto place = core::find_figures(text, figures.text, from);
    if (!place) continue;
    from = place->to;
    if (figures.text.size() < 2) continue;
    // With some ground about them, as it was taught.
    const int beyond_px = figures.box.height / 5;
    cv::Rect framed = figures.box - cv::Point(beyond_px, beyond_px);
    framed += cv::Size(2 * beyond_px, 2 * beyond_px);
    SELFSAME_TRY(read, reader.read(picture, in_picture(framed, box, margins)));
    if (!core::is_figures(read.text) || read.confidence < kSure) continue;
    const std::string meant = core::with_strokes(std::move(read.text), figures.text);
    text.replace(place->from, place->to - place->from, meant);
    from = place->from + meant.size();
  }
  return text;
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

Result<ReadText> ThaiReader::read(
    const PixelView& picture, const Quad& line, const TextReader& figures
) const {
  constexpr float kSure = 0.92F;
  // Marks above and below the letters, and where there is other print close by.
  constexpr Margins kUsual{0.35F, 0.15F};
  constexpr Margins kNarrow{0.1F, 0.03F};
  SELFSAME_TRY(engine, pool_->take());
  read_alone();
  ReadText whole;
  const auto pieces = pieces_of(picture, line);
  for (const Quad& piece : pieces) {
    Margins margins = kUsual;
    ReadStrip read = read_strip(*engine, thai_strip(picture, piece, kUsual));
    if (read.whole.confidence < kSure) {
      ReadStrip other = read_strip(*engine, thai_strip(picture, piece, kNarrow));
      if (other.whole.confidence > read.whole.confidence) {
        read = std::move(other);
        margins = kNarrow;
      }
    }
    if (read.whole.text.empty()) continue;
    SELFSAME_TRY(text, with_figures(picture, piece, margins, read, figures));
    if (!whole.text.empty()) whole.text += ' ';
    whole.text += text;
    whole.confidence += read.whole.confidence / static_cast<float>(pieces.size());
  }
  pool_->give_back(std::move(engine));
  return whole;
}

}  // namespace selfsame::vision
