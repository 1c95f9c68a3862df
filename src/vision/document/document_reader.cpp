// SPDX-License-Identifier: Apache-2.0
#include "vision/document/document_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "base/crypto.h"
#include "core/document_text.h"
#include "core/mrz_name.h"
#include "core/thai_spelling.h"
#include "vision/decode_image.h"
#include "vision/document/card_finder.h"
#include "vision/document/picture_check.h"
#include "vision/document/text_detector.h"
#include "vision/document/text_reader.h"
#include "vision/document/thai_reader.h"
#include "vision/document/thai_strip.h"
#include "vision/engine_check.h"
#include "vision/face_detector.h"
#include "vision/mat_view.h"
#include "vision/network.h"

namespace selfsame::vision {
namespace {

// Inputs of the text detector. A straightened passport page is 960 x 676.
constexpr std::pair kOverview_px{640, 480};
constexpr std::pair kFlat_px{960, 672};
constexpr int kPortraitHeight_px = 480;  // where the portrait is sought; the width is 640
constexpr float kLeastCardConfidence = 0.3F;
constexpr float kLeastInScan =
    0.6F;                            // of what lies within a picture that is shaped like a document
constexpr float kLineAspect = 2.5F;  // longer regions have a direction
constexpr float kMrzAspect = 8;      // of a line of a machine-readable zone, at least
constexpr double kUnsure = 0.9;      // below it the full reader has another look
constexpr std::size_t kWordingLinesMost = 24;  // read again where no type is told

Result<std::unique_ptr<Network>> load(
    const ModelCards& cards, const std::string& name, const InferenceRuntime& runtime
) {
  const NetworkCard* card = cards.find(name);
  if (card == nullptr) return fail(Errc::engine_failed, "no card describes network " + name);
  return runtime.load(*card);
}

/// The network for one size of input.
Result<std::unique_ptr<Network>> load_for(
    const ModelCards& cards,
    const std::string& name,
    const std::pair<int, int>& size_px,
    const InferenceRuntime& runtime
) {
  const NetworkCard* found = cards.find(name);
  if (found == nullptr) return fail(Errc::engine_failed, "no card describes network " + name);
  NetworkCard card = *found;
  std::tie(card.input_width_px, card.input_height_px) = size_px;
  return runtime.load(card);
}

Result<TextReader> load_reader(
    const ModelCards& cards,
    const TextReaderCard& card,
    const InferenceRuntime& runtime,
    const std::string& models_dir
) {
  const std::string path = models_dir + "/" + card.dictionary;
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return fail(Errc::engine_failed, "cannot read dictionary " + path);
  if (to_hex(sha256(bytes_of(text))) != card.dictionary_sha256) {
    return fail(
        Errc::engine_failed,
        "dictionary " + path + " is not the one its card names (sha256 differs)"
    );
  }
  SELFSAME_TRY(network, load(cards, card.network, runtime));
  return TextReader::create(std::move(network), text);
}

/// The turn of `quad` whose first side runs most like `direction`.
Quad aligned(const Quad& quad, Point direction) {
  const bool may_stand = width_of(quad) < 1.5F * height_of(quad);
  Quad best = quad;
  float best_cosine = -2;
  for (const int turn : {0, 1, 2, 3}) {
    if (turn % 2 == 1 && !may_stand) continue;
    const Quad candidate = turned(quad, turn);
    const Point side{candidate[1].x - candidate[0].x, candidate[1].y - candidate[0].y};
    const float length = std::max(1e-3F, std::hypot(side.x, side.y));
    const float cosine = (side.x * direction.x + side.y * direction.y) / length;
    if (cosine > best_cosine) {
      best_cosine = cosine;
      best = candidate;
    }
  }
  return best;
}

Point direction_of(const Quad& card) {
  const Point d{card[1].x - card[0].x, card[1].y - card[0].y};
  const float length = std::max(1e-3F, std::hypot(d.x, d.y));
  return {d.x / length, d.y / length};
}

/// The card's sides in the order in which text lies along the first; text decides, not the format.
Quad along_the_text(const Quad& card, const std::vector<TextRegion>& regions) {
  const Homography flat = Homography::to_rectangle(card, width_of(card), height_of(card));
  float lying = 0;
  float standing = 0;
  for (const TextRegion& region : regions) {
    if (width_of(region.quad) < kLineAspect * height_of(region.quad)) continue;
    const Quad quad = flat.map(region.quad);
    const float dx = std::abs(quad[1].x - quad[0].x);
    const float dy = std::abs(quad[1].y - quad[0].y);
    (dx >= dy ? lying : standing) += width_of(region.quad);
  }
  return lying >= standing ? card : turned(card, 1);
}

/// Where no card was found: the smallest upright frame of the text, in the direction of its lines.
Quad frame_of(const std::vector<TextRegion>& regions, int width_px, int height_px) {
  const auto w = static_cast<float>(width_px);
  const auto h = static_cast<float>(height_px);
  if (regions.empty()) return {Point{0, 0}, Point{w, 0}, Point{w, h}, Point{0, h}};
  const TextRegion& longest =
      *std::ranges::max_element(regions, {}, [](const TextRegion& r) { return width_of(r.quad); });
  const Point d = direction_of(longest.quad);
  float left = 1e9F, right = -1e9F, top = 1e9F, bottom = -1e9F;
  for (const TextRegion& region : regions) {
    for (const Point p : region.quad) {
      const float along = p.x * d.x + p.y * d.y;
      const float across = -p.x * d.y + p.y * d.x;
      left = std::min(left, along);
      right = std::max(right, along);
      top = std::min(top, across);
      bottom = std::max(bottom, across);
    }
  }
  const float margin = 0.05F * (right - left);
  const auto corner = [&](float along, float across) {
    return Point{along * d.x - across * d.y, along * d.y + across * d.x};
  };
  return {
      corner(left - margin, top - margin),
      corner(right + margin, top - margin),
      corner(right + margin, bottom + margin),
      corner(left - margin, bottom + margin)
  };
}

Quad outline_of(const Image& image) {
  const auto w = static_cast<float>(image.width_px);
  const auto h = static_cast<float>(image.height_px);
  return {Point{0, 0}, Point{w, 0}, Point{w, h}, Point{0, h}};
}

/// As a scan or a tight crop is: ISO/IEC 7810 ID-1 or ID-3, lying or standing.
bool is_shaped_like_a_document(const Image& image) {
  constexpr float kOff = 0.05F;  // neither 4:3 nor 3:2 is
  const auto [low, high] = std::minmax(image.width_px, image.height_px);
  const float aspect = static_cast<float>(high) / static_cast<float>(std::max(1, low));
  return std::ranges::any_of(std::array{85.6F / 53.98F, 125.0F / 88.0F}, [&](float wanted) {
    return std::abs(std::log(aspect / wanted)) <= kOff;
  });
}

/// A page that is a little too high for one look is squeezed: a second look costs as much as the
/// first.
int flat_height_px(const Quad& frame, const TextDetector& detector) {
  constexpr float kLeast_px = 128;
  constexpr float kLittle = 1.04F;
  const auto one_look_px = static_cast<float>(detector.flat_height_of_one_look_px());
  const auto most_px = static_cast<float>(detector.flat_height_most_px());
  const float aspect = height_of(frame) / std::max(1.0F, width_of(frame));
  const float height_px = aspect * static_cast<float>(detector.flat_width_px());
  if (height_px > one_look_px && height_px <= kLittle * one_look_px)
    return detector.flat_height_of_one_look_px();
  return static_cast<int>(std::lround(std::clamp(height_px, kLeast_px, most_px)));
}

core::PlacedLine placed(const DocumentLine& line, const Homography& to_unit) {
  const Quad quad = to_unit.map(line.quad);
  core::PlacedLine result{line.text, line.confidence};
  // Mean sides: a slanted line is as high as its text.
  result.left = static_cast<double>(quad[0].x + quad[3].x) / 2;
  result.right = static_cast<double>(quad[1].x + quad[2].x) / 2;
  result.top = static_cast<double>(quad[0].y + quad[1].y) / 2;
  result.bottom = static_cast<double>(quad[2].y + quad[3].y) / 2;
  return result;
}

/// Fillers tell a zone; a second line without any is one long word of capitals and figures.
bool is_of_zone(const std::string& text) {
  constexpr std::size_t kLong = 28;
  const bool is_one_word = text.size() >= kLong && std::ranges::all_of(text, [](char c) {
                             return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '<';
                           });
  return is_one_word || core::has_fillers(text);
}

/// PP-OCR is sure of Latin script and unsure where it sees Thai.
bool may_be_thai(const DocumentLine& line) {
  constexpr double kSurelyLatin = 0.93;
  return line.confidence < kSurelyLatin || core::ends_with_buddhist_year(line.text);
}

bool is_ascii(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The quick reader loses narrow blanks between words.
bool may_lack_blanks(const std::string& text) {
  constexpr std::ptrdiff_t kShort = 8;
  return std::ranges::count_if(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
         }) >= kShort;
}

/// As the zone transliterates it.
bool is_name_of(const std::optional<core::Mrz>& zone, const std::string& text) {
  return zone && zone->is_valid() &&
         (core::match_name(text, zone->surname, zone->has_full_name()) ||
          core::match_name(text, zone->given_names, zone->has_full_name()));
}

/// The full reader's word, unless it is less sure.
void take_surer(const ReadText& read, DocumentLine& line) {
  constexpr double kAsSure = 0.03;
  const auto confidence = static_cast<double>(read.confidence);
  if (read.text.empty() || confidence < line.confidence - kAsSure) return;
  line.text = read.text;
  line.confidence = confidence;
}

/// @param share  of the line's height
Quad with_more_above(Quad line, float share) {
  const auto raised = [&](Point top, Point bottom) {
    return Point{top.x + share * (top.x - bottom.x), top.y + share * (top.y - bottom.y)};
  };
  line[0] = raised(line[0], line[3]);
  line[1] = raised(line[1], line[2]);
  return line;
}

/// Where there is neither card nor text, there is no document that could be spoiled.
void look_at_picture(const PixelView& picture, DocumentReading& into) {
  if (!into.card_found && into.lines.empty()) return;
  std::vector<Quad> lines;
  for (const DocumentLine& line : into.lines) lines.push_back(line.quad);
  into.picture_warnings = warnings_of(measure_picture(picture, into.card, lines), into.card_found);
}

Quad about(const std::vector<Quad>& quads, const Quad& card) {
  const Homography flat = Homography::to_rectangle(card, 1, 1);
  float left = 1e9F, right = -1e9F, top = 1e9F, bottom = -1e9F;
  for (const Quad& quad : quads) {
    for (const Point p : flat.map(quad)) {
      left = std::min(left, p.x);
      right = std::max(right, p.x);
      top = std::min(top, p.y);
      bottom = std::max(bottom, p.y);
    }
  }
  return Homography::from_rectangle(1, 1, card)
      .map(Quad{Point{left, top}, Point{right, top}, Point{right, bottom}, Point{left, bottom}});
}

struct Upright {
  Quad card{};
  std::vector<std::optional<ReadText>> reads;         // by region, where they were needed to tell
  std::vector<std::optional<ReadText>> reads_turned;  // the same the other way up
};

}  // namespace

struct DocumentReader::Parts {
  TextDetector detector;
  TextReader quick;
  TextReader full;
  std::unique_ptr<ThaiReader> thai;  // null: no Thai is read
  FaceDetector faces;
  std::vector<core::DocumentTemplate> templates;

  /// Of the straightened document, in pixels of the picture: text is of one size and lies level
  /// there, however far away and aslant the document is.
  [[nodiscard]] Result<std::vector<TextRegion>> regions_in(
      const PixelView& picture, const Quad& frame
  ) const {
    const int width_px = detector.flat_width_px();
    const int height_px = flat_height_px(frame, detector);
    const Image flat = straightened(picture, frame, width_px, height_px);
    SELFSAME_TRY(regions, detector.detect(view_of(flat)));
    const Homography back = Homography::from_rectangle(
        static_cast<float>(width_px), static_cast<float>(height_px), frame
    );
    for (TextRegion& region : regions) region.quad = back.map(region.quad);
    // Where an outline converges within the card, what is near its horizon comes from nowhere.
    std::erase_if(regions, [&](const TextRegion& region) {
      return !std::ranges::all_of(region.quad, [&](const Point& point) {
        return point.x >= -static_cast<float>(picture.width_px) &&
               point.x <= 2.0F * static_cast<float>(picture.width_px) &&
               point.y >= -static_cast<float>(picture.height_px) &&
               point.y <= 2.0F * static_cast<float>(picture.height_px);
      });
    });
    return regions;
  }

  /// Text, zone and fields of what lies in a frame that runs along the text.
  [[nodiscard]] Result<DocumentReading> read_within(
      const PixelView& picture, const Quad& frame, const DocumentOptions& options
  ) const {
    SELFSAME_TRY(regions, regions_in(picture, frame));
    SELFSAME_TRY(upright, right_way_up(picture, frame, regions));
    const auto read = [&](const Quad& card,
                          std::vector<std::optional<ReadText>> known) -> Result<DocumentReading> {
      DocumentReading reading;
      reading.width_px = picture.width_px;
      reading.height_px = picture.height_px;
      reading.card = card;
      SELFSAME_CHECK(read_lines(picture, regions, std::move(known), reading));
      SELFSAME_CHECK(read_zone(picture, options, reading));
      SELFSAME_CHECK(map(picture, options, reading));
      return reading;
    };
    SELFSAME_TRY(reading, read(upright.card, std::move(upright.reads)));
    if (!reading.type.empty() || (reading.mrz && reading.mrz->is_valid())) return reading;
    // Of a script that the quick reader does not know it may be sure upside down.
    SELFSAME_TRY(other, read(turned(upright.card, 2), std::move(upright.reads_turned)));
    return other.type.empty() ? std::move(reading) : std::move(other);
  }

  /// Turns the card by 180 degrees when its longest lines read better so; looks at more of them
  /// until one way is clearly better. Only sure readings weigh much: of a script that the reader
  /// does not know, it is as unsure both ways.
  [[nodiscard]] Result<Upright> right_way_up(
      const PixelView& picture, const Quad& card, const std::vector<TextRegion>& regions
  ) const {
    constexpr std::size_t kSamples = 8;
    constexpr float kClear = 0.35F;
    // A zone's lines are read as surely upside down.
    const auto weight = [](const ReadText& read) {
      return core::has_inverted_fillers(read.text) ? 0.0F : std::pow(read.confidence, 4.0F);
    };
    // As long as a zone's lines, and they cost the most: last.
    const auto is_very_long = [](const Quad& line) {
      return width_of(line) > 2 * kMrzAspect * height_of(line);
    };
    std::vector<std::size_t> order(regions.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, std::greater{}, [&](std::size_t i) {
      const Quad& line = regions[i].quad;
      return std::pair(!is_very_long(line), width_of(line));
    });
    if (order.size() > kSamples) order.resize(kSamples);
    std::vector<std::optional<ReadText>> upright(regions.size());
    std::vector<std::optional<ReadText>> inverted(regions.size());
    float for_upright = 0;
    float for_inverted = 0;
    const Point direction = direction_of(card);
    for (const std::size_t i : order) {
      const Quad line = aligned(regions[i].quad, direction);
      SELFSAME_TRY(one, quick.read(picture, line));
      SELFSAME_TRY(other, quick.read(picture, turned(line, 2)));
      for_upright += weight(one);
      for_inverted += weight(other);
      upright[i] = std::move(one);
      inverted[i] = std::move(other);
      if (std::abs(for_upright - for_inverted) >= kClear) break;
    }
    if (for_upright >= for_inverted) return Upright{card, std::move(upright), std::move(inverted)};
    return Upright{turned(card, 2), std::move(inverted), std::move(upright)};
  }

  /// @param known  by region: what was read already
  [[nodiscard]] Result<void> read_lines(
      const PixelView& picture,
      const std::vector<TextRegion>& regions,
      std::vector<std::optional<ReadText>> known,
      DocumentReading& into
  ) const {
    const Point direction = direction_of(into.card);
    for (std::size_t i = 0; i < regions.size(); ++i) {
      const Quad quad = aligned(regions[i].quad, direction);
      if (!known[i]) {
        SELFSAME_TRY(read, quick.read(picture, quad));
        known[i] = std::move(read);
      }
      if (known[i]->text.empty()) continue;
      into.lines.push_back(
          {std::move(known[i]->text), static_cast<double>(known[i]->confidence), quad}
      );
    }
    const Homography to_unit = Homography::to_rectangle(into.card, 1, 1);
    std::ranges::sort(into.lines, {}, [&](const DocumentLine& line) {
      const Point c = to_unit.map(centre_of(line.quad));
      return std::pair(c.y, c.x);
    });
    return {};
  }

  [[nodiscard]] std::vector<core::PlacedLine> placed_lines(const DocumentReading& reading) const {
    const Homography to_unit = Homography::to_rectangle(reading.card, 1, 1);
    std::vector<core::PlacedLine> lines;
    for (const DocumentLine& line : reading.lines) lines.push_back(placed(line, to_unit));
    return lines;
  }

  /// The zone's lines are read by the full reader, which takes nothing else for a letter.
  [[nodiscard]] Result<void> read_zone(
      const PixelView& picture, const DocumentOptions& options, DocumentReading& into
  ) const {
    // One line of a zone tells the others, of which the quick reader may take no filler for one.
    constexpr float kAsLong = 0.9F;
    const auto is_long = [](const DocumentLine& line) {
      return width_of(line.quad) >= kMrzAspect * height_of(line.quad);
    };
    float longest = 0;
    for (const DocumentLine& line : into.lines) {
      if (is_long(line) && is_of_zone(line.text)) longest = std::max(longest, width_of(line.quad));
    }
    if (longest == 0) return {};
    std::vector<std::string> texts;
    std::vector<Quad> quads;
    for (const DocumentLine& line : into.lines) {
      if (!is_long(line)) continue;
      if (!is_of_zone(line.text) && width_of(line.quad) < kAsLong * longest) continue;
      SELFSAME_TRY(read, full.read(picture, line.quad, CharacterSet::machine_readable));
      texts.push_back(std::move(read.text));
      quads.push_back(line.quad);
    }
    into.mrz = core::find_mrz(texts, options.today);
    if (!(into.mrz && into.mrz->is_valid())) {
      // The readers mistake different characters.
      std::vector<std::string> others;
      for (const Quad& quad : quads) {
        SELFSAME_TRY(read, quick.read(picture, quad, CharacterSet::machine_readable));
        others.push_back(std::move(read.text));
      }
      into.mrz = core::find_mrz(texts, others, options.today);
    }
    if (into.mrz && !into.mrz->is_valid()) {
      std::vector<std::string> page;
      for (const DocumentLine& line : into.lines) page.push_back(line.text);
      auto other = core::with_printed_number(*into.mrz, page, options.today);
      if (other) into.mrz = std::move(other);
    }
    if (into.mrz) into.mrz_quad = about(quads, into.card);
    return {};
  }

  /// Of Thai the detector often sees words, whose frames cut letters or overlap: what follows
  /// closely in a row is one line.
  void join_rows(DocumentReading& into) const {
    const Homography flat =
        Homography::to_rectangle(into.card, width_of(into.card), height_of(into.card));
    for (std::size_t i = 0; i < into.lines.size();) {
      DocumentLine& line = into.lines[i];
      const auto next = std::ranges::find_if(into.lines, [&](const DocumentLine& other) {
        return &other != &line && may_be_thai(line) && may_be_thai(other) &&
               goes_on(flat.map(line.quad), flat.map(other.quad));
      });
      if (next == into.lines.end()) {
        ++i;
        continue;
      }
      line.quad = about({line.quad, next->quad}, into.card);
      line.text += " " + next->text;
      line.confidence = std::min(line.confidence, next->confidence);
      into.lines.erase(next);
      i = 0;
    }
  }

  /// Another look at what matters: all values of types that need it, else what was not sure.
  [[nodiscard]] Result<void> read_again(
      const PixelView& picture, const core::DocumentTemplate& document, DocumentReading& into
  ) const {
    if (document.has_thai && thai) join_rows(into);
    const auto lines = placed_lines(into);
    for (const std::size_t i : core::lines_of_values(lines, document)) {
      DocumentLine& line = into.lines[i];
      if (is_of_zone(line.text)) continue;
      const bool is_rare = document.read_in_full && !is_ascii(line.text);
      if (document.has_thai && thai) {
        SELFSAME_CHECK(read_thai(picture, line));
      } else if (is_name_of(into.mrz, line.text)) {
        SELFSAME_CHECK(read_with_marks(picture, line));
      } else if (is_rare || may_lack_blanks(line.text) || line.confidence < kUnsure) {
        SELFSAME_CHECK(read_in_full(picture, is_rare, line));
      }
    }
    return {};
  }

  /// Wording that tells the type may be what the quick reader cannot read: signs that only Japan
  /// has, small print. The first lines that are not plainly Latin, or unsure.
  [[nodiscard]] Result<void> read_wording_again(const PixelView& picture, DocumentReading& into)
      const {
    std::size_t left = kWordingLinesMost;
    for (DocumentLine& line : into.lines) {
      const bool is_plain = is_ascii(line.text) && line.confidence >= kUnsure;
      if (is_plain || is_of_zone(line.text) || left == 0) continue;
      --left;
      SELFSAME_CHECK(read_in_full(picture, !is_ascii(line.text), line));
    }
    return {};
  }

  /// @param always  take the full reader's word; otherwise that of the surer one
  [[nodiscard]] Result<void> read_in_full(const PixelView& picture, bool always, DocumentLine& line)
      const {
    SELFSAME_TRY(
        read, full.read(picture, line.quad, always ? CharacterSet::many_strokes : CharacterSet::all)
    );
    const std::string quickly = line.text;
    if (always && !read.text.empty()) line.confidence = 0;
    take_surer(read, line);
    if (always) return {};
    // Either reader overlooks narrow blanks and strokes.
    for (const std::string& look : {quickly, read.text})
      line.text = core::with_gaps(line.text, look);
    return {};
  }

  /// A name whose zone says nothing of marks: they are easily overlooked, and above capitals they
  /// lie at the edge of the line's frame or beyond. What any look sees is there.
  [[nodiscard]] Result<void> read_with_marks(const PixelView& picture, DocumentLine& line) const {
    constexpr float kAbove = 0.1F;
    SELFSAME_TRY(read, full.read(picture, line.quad));
    SELFSAME_TRY(other, full.read(picture, with_more_above(line.quad, kAbove)));
    if (other.confidence > read.confidence) std::swap(read, other);
    const std::string quickly = line.text;
    take_surer(read, line);
    for (const std::string& look : {read.text, other.text, quickly})
      line.text = core::with_marks(line.text, look);
    return {};
  }

  [[nodiscard]] Result<void> read_thai(const PixelView& picture, DocumentLine& line) const {
    if (!may_be_thai(line)) return {};
    constexpr double kLessSure = 0.25;  // what Tesseract makes of Latin script
    SELFSAME_TRY(read, thai->read(picture, line.quad, full));
    const auto confidence = static_cast<double>(read.confidence);
    if (read.text.empty() || confidence < line.confidence - kLessSure) return {};
    line.text = std::move(read.text);
    line.confidence = confidence;
    return {};
  }

  [[nodiscard]] Result<void> map(
      const PixelView& picture, const DocumentOptions& options, DocumentReading& into
  ) const {
    std::vector<core::DocumentTemplate> wanted;
    for (const auto& document : templates) {
      if (options.type.empty() || document.type == options.type) wanted.push_back(document);
    }
    const core::Mrz* zone = into.mrz ? &*into.mrz : nullptr;
    auto match = core::find_template(placed_lines(into), wanted, zone);
    if (!match) {
      SELFSAME_CHECK(read_wording_again(picture, into));
      match = core::find_template(placed_lines(into), wanted, zone);
    }
    if (!match) return {};
    const core::DocumentTemplate& document = wanted[match->index];
    into.type = document.type;
    into.side = document.side;
    into.type_score = match->score;
    SELFSAME_CHECK(read_again(picture, document, into));
    into.fields = core::map_fields(placed_lines(into), document, zone, options.today);
    return {};
  }

  [[nodiscard]] Result<void> find_portrait(const PixelView& picture, DocumentReading& into) const {
    constexpr int kSide_px = 640;
    const float width = std::max(1.0F, width_of(into.card));
    const float height = std::max(1.0F, height_of(into.card));
    const float scale = kSide_px / std::max(width, height);
    const int width_px = std::max(64, static_cast<int>(scale * width));
    const int height_px = std::max(64, static_cast<int>(scale * height));
    const Image flat = straightened(picture, into.card, width_px, height_px);
    // One of two sizes, whatever the card's: a size costs memory.
    const bool is_wide = height_px <= kPortraitHeight_px;
    cv::Mat canvas;
    cv::copyMakeBorder(
        as_mat(view_of(flat)),
        canvas,
        0,
        (is_wide ? kPortraitHeight_px : kSide_px) - height_px,
        0,
        kSide_px - width_px,
        cv::BORDER_CONSTANT
    );
    SELFSAME_TRY(found, faces.detect(as_view(canvas), kSide_px));
    if (found.empty()) return {};
    const Box& face = found.front().box;
    // The frame of a passport photo about a face.
    const float left = face.x - 0.35F * face.width;
    const float right = face.x + 1.35F * face.width;
    const float top = face.y - 0.45F * face.height;
    const float bottom = face.y + 1.4F * face.height;
    const Homography back = Homography::from_rectangle(
        static_cast<float>(width_px), static_cast<float>(height_px), into.card
    );
    into.portrait = back.map(
        Quad{Point{left, top}, Point{right, top}, Point{right, bottom}, Point{left, bottom}}
    );
    return {};
  }
};

DocumentReader::DocumentReader(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}
DocumentReader::~DocumentReader() = default;

Result<std::unique_ptr<DocumentReader>> DocumentReader::create(
    const ModelCards& cards,
    std::vector<core::DocumentTemplate> templates,
    const EngineOptions& options
) {
  const DocumentCard& card = cards.documents;
  if (card.text_detector.empty()) {
    return fail(Errc::engine_failed, "the cards name no networks that read documents");
  }
  SELFSAME_TRY(runtime, InferenceRuntime::create(options));
  SELFSAME_TRY(overview, load_for(cards, card.text_detector, kOverview_px, *runtime));
  SELFSAME_TRY(flat, load_for(cards, card.text_detector, kFlat_px, *runtime));
  SELFSAME_TRY(detector, TextDetector::create(std::move(overview), std::move(flat), card));
  SELFSAME_TRY(quick, load_reader(cards, card.quick_reader, *runtime, options.models_dir));
  SELFSAME_TRY(full, load_reader(cards, card.full_reader, *runtime, options.models_dir));
  std::unique_ptr<ThaiReader> thai;
  if (!card.thai_data.empty()) {
    SELFSAME_TRY(reader, ThaiReader::create(card.thai_data, card.thai_data_sha256));
    thai = std::move(reader);
  }
  SELFSAME_TRY(face_network, load(cards, cards.detector, *runtime));
  SELFSAME_TRY(faces, FaceDetector::create(std::move(face_network)));
  return std::unique_ptr<DocumentReader>(new DocumentReader(std::make_unique<Parts>(Parts{
      std::move(detector),
      std::move(quick),
      std::move(full),
      std::move(thai),
      std::move(faces),
      std::move(templates)
  })));
}

Result<DocumentReading> DocumentReader::read(ByteView encoded, const DocumentOptions& options)
    const {
  SELFSAME_TRY(image, decode_image(encoded));
  return read(image, options);
}

Result<DocumentReading> DocumentReader::read(const Image& image, const DocumentOptions& options)
    const {
  const PixelView picture = view_of(image);
  SELFSAME_TRY(overview, parts_->detector.look_over(picture));
  const auto card = find_card(picture, overview);
  // A scan shows nothing but the document: its sides are the picture's, unless there is an outline
  // that no print in it looks like.
  const bool may_be_scan = is_shaped_like_a_document(image) && !overview.empty();
  const bool is_found =
      card && card->confidence >= (may_be_scan ? kLeastInScan : kLeastCardConfidence);
  const Quad frame = is_found      ? along_the_text(card->quad, overview)
                     : may_be_scan ? along_the_text(outline_of(image), overview)
                                   : frame_of(overview, image.width_px, image.height_px);
  SELFSAME_TRY(reading, parts_->read_within(picture, frame, options));
  reading.card_found = is_found;
  // What was found in a scan may be a frame that is printed on it.
  if (reading.type.empty() && is_found && may_be_scan) {
    const Quad whole = along_the_text(outline_of(image), overview);
    SELFSAME_TRY(scan, parts_->read_within(picture, whole, options));
    if (!scan.type.empty()) reading = std::move(scan);
  }
  SELFSAME_CHECK(parts_->find_portrait(picture, reading));
  look_at_picture(picture, reading);
  return reading;
}

namespace {

/// Black letters on a white card.
Image drawn(const std::string& text) {
  constexpr int kWidth_px = 960;
  constexpr int kHeight_px = 320;
  Image image{kWidth_px, kHeight_px, std::vector<std::uint8_t>(kWidth_px * kHeight_px * 3, 235)};
  cv::Mat mat(kHeight_px, kWidth_px, CV_8UC3, image.bgr.data());
  cv::putText(
      mat,
      text,
      cv::Point(90, 180),
      cv::FONT_HERSHEY_DUPLEX,
      1.8,
      cv::Scalar::all(20),
      4,
      cv::LINE_AA
  );
  return image;
}

Image upside_down(const Image& image) {
  Image result = image;
  cv::Mat mat(result.height_px, result.width_px, CV_8UC3, result.bgr.data());
  cv::rotate(as_mat(view_of(image)), mat, cv::ROTATE_180);
  return result;
}

bool reads(const Result<DocumentReading>& reading, const std::string& text) {
  return reading && reading->lines.size() == 1 && reading->lines.front().text == text;
}

}  // namespace

Result<void> DocumentReader::self_test() const {
  const std::string text = "SAMPLE 2749183";
  const Image upright = drawn(text);
  const Image inverted = upside_down(upright);
  const DocumentOptions options{.type = "none"};
  // The detector's golden answer is of another size of input; that it finds the letters says more.
  for (const TextReader* reader : {&parts_->quick, &parts_->full}) {
    SELFSAME_CHECK(check_golden(reader->network()));
  }
  for (const Image* image : {&upright, &inverted}) {
    if (!reads(read(*image, options), text)) {
      return fail(Errc::engine_failed, "self-test: drawn letters are not read");
    }
    SELFSAME_TRY(reading, read(*image, options));
    SELFSAME_TRY(full, parts_->full.read(view_of(*image), reading.lines.front().quad));
    if (full.text != text) {
      return fail(Errc::engine_failed, "self-test: the full reader does not read drawn letters");
    }
  }
  const auto blank = read(drawn(""), options);
  if (!blank || !blank->lines.empty()) {
    return fail(Errc::engine_failed, "self-test: text is read where there is none");
  }
  return {};
}

}  // namespace selfsame::vision
