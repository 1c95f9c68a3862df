// SPDX-License-Identifier: Apache-2.0
// reflection_clip: answers a challenge's colours with a simulated person, for tests over the API.
// Not shipped. docs/testing.md says how to call it.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "evaluation/reflection_evaluation.h"
#include "evaluation/reflection_simulator.h"
#include "evaluation/text_lines.h"
#include "vision/decode_image.h"
#include "vision/network.h"
#include "vision/test_cards.h"

namespace {

using namespace selfsame;

constexpr const char* kUsage =
    "reflection_clip (--portrait FILE | --motion FILE) --flashes RRGGBB:MS,... (--stills DIR | "
    "--rate HZ)\n"
    "    [--begin S] [--seconds S] [--subject person|print|screen|nothing] [--reflected SHARE]\n"
    "    [--width PX] [--seed N]\n"
    "--stills writes DIR/NN.jpg and prints what a device would send beside them, as JSON;\n"
    "--rate writes raw BGR frames of WIDTH x WIDTH*4/3 to standard output.\n"
    "--motion is a head that moves: such frames, --motion-rate (15) a second; the last one "
    "stays.\n";

using Options = std::map<std::string, std::string, std::less<>>;

Result<Options> options_of(int count, char** words) {
  Options options = {
      {"begin", "0.8"},
      {"seconds", "0"},
      {"subject", "person"},
      {"reflected", "0.12"},
      {"width", "480"},
      {"seed", "1"},
      {"portrait", ""},
      {"flashes", ""},
      {"stills", ""},
      {"rate", "0"},
      {"motion", ""},
      {"motion-rate", "15"},
  };
  for (int i = 1; i < count; i += 2) {
    const std::string_view name(words[i]);
    const auto at = name.starts_with("--") ? options.find(name.substr(2)) : options.end();
    if (at == options.end() || i + 1 >= count) return fail(Errc::invalid_parameter, words[i]);
    at->second = words[i + 1];
  }
  return options;
}

Result<double> number(const Options& options, std::string_view name) {
  const std::string& text = options.find(name)->second;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return fail(Errc::invalid_parameter, fmt::format("--{} {}", name, text));
  }
  return value;
}

// RRGGBB:MS, separated by commas.
Result<std::vector<core::Flash>> flashes_of(std::string_view text) {
  std::vector<core::Flash> flashes;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    unsigned rgb = 0;
    core::Flash flash;
    const auto colour = std::from_chars(word.data(), word.data() + word.size(), rgb, 16);
    const char* const end = word.data() + word.size();
    const bool has_colour = colour.ec == std::errc{} && colour.ptr == word.data() + 6 &&
                            colour.ptr != end && *colour.ptr == ':';
    if (!has_colour) return fail(Errc::invalid_parameter, "--flashes " + std::string(word));
    const auto time = std::from_chars(colour.ptr + 1, end, flash.duration_ms);
    if (time.ec != std::errc{} || time.ptr != end || flash.duration_ms <= 0) {
      return fail(Errc::invalid_parameter, "--flashes " + std::string(word));
    }
    flash.red = static_cast<std::uint8_t>(rgb >> 16U);
    flash.green = static_cast<std::uint8_t>(rgb >> 8U);
    flash.blue = static_cast<std::uint8_t>(rgb);
    flashes.push_back(flash);
  }
  return flashes;
}

Result<evaluation::FlashSubject> subject_of(const std::string& word) {
  using evaluation::FlashSubject;
  static const std::map<std::string, FlashSubject> kWords = {
      {"person", FlashSubject::person},
      {"print", FlashSubject::print},
      {"screen", FlashSubject::screen},
      {"nothing", FlashSubject::nothing},
  };
  const auto at = kWords.find(word);
  if (at == kWords.end()) return fail(Errc::invalid_parameter, "--subject " + word);
  return at->second;
}

Result<vision::DetectedFace> face_in(const vision::Image& portrait) {
  vision::EngineOptions engine;
  engine.models_dir = vision::test::kModelsDir;
  engine.precision = vision::Precision::f32;
  SELFSAME_TRY(runtime, vision::InferenceRuntime::create(engine));
  SELFSAME_TRY(network, runtime->load(vision::test::yunet_card()));
  SELFSAME_TRY(detector, vision::FaceDetector::create(std::move(network)));
  SELFSAME_TRY(faces, detector.find(vision::view_of(portrait)));
  if (faces.empty()) return fail(Errc::not_found, "no face in the portrait");
  return faces.front();
}

/// Frames of one size, one after the other in a file, and the time between them.
class Motion {
 public:
  Motion(const std::string& path, int width_px, double rate_hz)
      : file_(path, std::ios::binary | std::ios::ate),
        width_px_(width_px),
        rate_hz_(rate_hz),
        frames_(static_cast<std::streamoff>(file_.tellg()) / frame_bytes()) {}

  Result<vision::Image> at(double time_s) {
    if (!file_ || frames_ < 1) return fail(Errc::not_found, "--motion");
    const auto due = static_cast<std::streamoff>(std::max(0.0, std::round(time_s * rate_hz_)));
    vision::Image frame{.width_px = width_px_, .height_px = width_px_ * 4 / 3, .bgr = {}};
    frame.bgr.resize(static_cast<std::size_t>(frame_bytes()));
    file_.seekg(std::min(due, frames_ - 1) * frame_bytes());
    file_.read(reinterpret_cast<char*>(frame.bgr.data()), frame_bytes());
    if (!file_) return fail(Errc::not_found, "--motion");
    return frame;
  }

 private:
  [[nodiscard]] std::streamoff frame_bytes() const {
    return std::streamoff{3} * width_px_ * (width_px_ * 4 / 3);
  }

  std::ifstream file_;
  int width_px_;
  double rate_hz_;
  std::streamoff frames_;
};

Result<vision::Image> portrait_of(const Options& options) {
  constexpr std::size_t kMostBytes = 32U << 20;
  SELFSAME_TRY(bytes, evaluation::read_file(options.find("portrait")->second, kMostBytes));
  return vision::decode_image(bytes);
}

Result<void> write_stills(
    const evaluation::SimulatedCapture& capture, const std::filesystem::path& folder
) {
  std::filesystem::create_directories(folder);
  std::string stills, shown;
  for (std::size_t i = 0; i < capture.pictures.size(); ++i) {
    const auto& picture = capture.pictures[i];
    const std::string name = fmt::format("{:02}.jpg", i);
    const Bytes encoded = vision::encode_jpeg(picture.image, 92);
    std::ofstream file(folder / name, std::ios::binary);
    file.write(
        reinterpret_cast<const char*>(encoded.data()), static_cast<std::streamsize>(encoded.size())
    );
    if (!file) return fail(Errc::not_found, (folder / name).string());
    stills += fmt::format(
        R"({}{{"file": "{}", "time_s": {:.3f}}})", i == 0 ? "" : ", ", name, picture.time_s
    );
  }
  for (const double time_s : capture.flash_shown_at_s) {
    shown += fmt::format("{}{:.3f}", shown.empty() ? "" : ", ", time_s);
  }
  fmt::print("{{\"stills\": [{}], \"flash_shown_at_s\": [{}]}}\n", stills, shown);
  return {};
}

Result<void> run(const Options& options) {
  SELFSAME_TRY(begin_s, number(options, "begin"));
  SELFSAME_TRY(seconds, number(options, "seconds"));
  SELFSAME_TRY(reflected, number(options, "reflected"));
  SELFSAME_TRY(width, number(options, "width"));
  SELFSAME_TRY(seed, number(options, "seed"));
  SELFSAME_TRY(rate_hz, number(options, "rate"));
  SELFSAME_TRY(subject, subject_of(options.find("subject")->second));
  SELFSAME_TRY(flashes, flashes_of(options.find("flashes")->second));
  SELFSAME_TRY(motion_rate_hz, number(options, "motion-rate"));
  Motion motion(options.find("motion")->second, static_cast<int>(width), motion_rate_hz);
  const bool moves = !options.find("motion")->second.empty();
  evaluation::PortraitAt portrait_at;
  if (moves) portrait_at = [&motion](double time_s) { return motion.at(time_s); };
  SELFSAME_TRY(portrait, moves ? motion.at(0) : portrait_of(options));
  SELFSAME_TRY(face, face_in(portrait));
  const std::string& folder = options.find("stills")->second;
  core::Challenge challenge;
  challenge.flashes = flashes;
  challenge.flashes_begin_s = begin_s;
  challenge.duration_s = seconds;
  const evaluation::FlashScene scene{
      .subject = subject,
      .kind = folder.empty() ? evaluation::PictureKind::video : evaluation::PictureKind::stills,
      .reflected = reflected,
      .width_px = static_cast<int>(width),
      .rate_hz = rate_hz,
      .quality = 96,
      .seed = static_cast<std::uint64_t>(seed),
  };
  SELFSAME_TRY(
      capture,
      evaluation::simulate_capture(portrait, face, scene, challenge, challenge, 0, portrait_at)
  );
  if (!folder.empty()) return write_stills(capture, folder);
  for (const auto& picture : capture.pictures) {
    std::fwrite(picture.image.bgr.data(), 1, picture.image.bgr.size(), stdout);
  }
  return {};
}

}  // namespace

int main(int count, char** words) {
  const auto options = options_of(count, words);
  const auto done = options ? run(*options) : Result<void>(tl::unexpected(options.error()));
  if (done) return 0;
  fmt::print(stderr, "reflection_clip: {}\n{}", done.error().detail, kUsage);
  return 1;
}
