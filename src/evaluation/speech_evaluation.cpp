// SPDX-License-Identifier: Apache-2.0
#include "evaluation/speech_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <utility>

#include "core/challenge_evidence.h"
#include "evaluation/reflection_evaluation.h"
#include "vision/decode_sound.h"
#include "vision/digit_recogniser.h"

namespace selfsame::evaluation {
namespace {

namespace fs = std::filesystem;
using Samples = std::vector<std::int16_t>;

constexpr std::array<std::size_t, 2> kLengths = {4, 6};
constexpr std::size_t kNearCodes = 3;  // that each code is held against
constexpr double kPeak = 12'000;
constexpr int kNoise = 70;  // uniform, either side: about 40 rms
constexpr int kSamplesOfMs = vision::kSoundRate_hz / 1000;

// The takes of each digit.
using Speaker = std::array<std::vector<Samples>, 10>;

// The same on every machine, unlike the distributions of <random>.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t bound) { return random_() % bound; }
  int between(int least, int most) {
    return least + static_cast<int>(below(static_cast<std::size_t>(most - least + 1)));
  }
  std::string code(std::size_t length) {
    std::string code;
    for (std::size_t i = 0; i < length; ++i) code.push_back(static_cast<char>('0' + below(10)));
    return code;
  }
  std::string with_one_other_digit(std::string code) {
    char& digit = code[below(code.size())];
    digit = static_cast<char>('0' + (static_cast<std::size_t>(digit - '0') + 1 + below(9)) % 10);
    return code;
  }

 private:
  std::mt19937_64 random_;
};

double thread_cpu_s() noexcept {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Result<Samples> read_sound(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto sound = vision::decode_sound(bytes, vision::SoundLimits{});
  if (!sound) return fail(sound.error().code, path.filename().string() + ": no sound that we read");
  return std::move(sound->samples);
}

Result<std::map<std::string, Speaker>> read_speakers(const SpeechEvaluationRequest& request) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(request.sounds, error)) {
    if (entry.path().extension() == ".wav") paths.push_back(entry.path());
  }
  if (error) return fail(Errc::not_found, request.sounds.string() + " is no folder");
  std::ranges::sort(paths);
  std::map<std::string, Speaker> speakers;
  for (const auto& path : paths) {
    const std::string name = path.stem().string();
    const auto end = name.rfind('_');
    const bool named = name.size() > 3 && name[0] >= '0' && name[0] <= '9' && name[1] == '_' &&
                       end != std::string::npos && end > 2;
    if (!named) continue;
    const std::string speaker = name.substr(2, end - 2);
    if (std::ranges::find(request.without, speaker) != request.without.end()) continue;
    SELFSAME_TRY(samples, read_sound(path));
    speakers[speaker][static_cast<std::size_t>(name[0] - '0')].push_back(std::move(samples));
  }
  std::erase_if(speakers, [](const auto& speaker) {
    return std::ranges::any_of(speaker.second, &std::vector<Samples>::empty);
  });
  if (!speakers.empty()) return speakers;
  return fail(
      Errc::invalid_parameter,
      request.sounds.string() + ": no speaker with every digit (DIGIT_SPEAKER_TAKE.wav)"
  );
}

void append_pause(Samples& sound, int duration_ms) {
  sound.resize(sound.size() + static_cast<std::size_t>(duration_ms * kSamplesOfMs));
}

void append_digit(Samples& sound, const Samples& digit) {
  int peak = 1;
  for (const std::int16_t sample : digit) peak = std::max(peak, std::abs(int{sample}));
  for (const std::int16_t sample : digit) {
    sound.push_back(static_cast<std::int16_t>(sample * kPeak / peak));
  }
}

Samples spoken(const Speaker& speaker, const std::string& code, Draw& draw) {
  Samples sound;
  append_pause(sound, 300);
  for (const char digit : code) {
    const auto& takes = speaker[static_cast<std::size_t>(digit - '0')];
    append_digit(sound, takes[draw.below(takes.size())]);
    append_pause(sound, draw.between(120, 350));
  }
  append_pause(sound, 200);
  for (std::int16_t& sample : sound) {
    sample = static_cast<std::int16_t>(sample + draw.between(-kNoise, kNoise));
  }
  return sound;
}

bool is_accepted(const std::string& heard, double likelihood_ratio, const std::string& code) {
  const core::SpeechEvidence evidence{
      .has_sound = true,
      .loudness_dbfs = -20,
      .voiced_s = 3,
      .heard = heard,
      .likelihood_ratio = likelihood_ratio,
      .lip_movement = 10,
      .lip_range = 1,
      .sync = 1
  };
  core::Challenge challenge;
  challenge.digits = code;
  return !core::fault_of_speech(evidence, challenge);
}

void add(SpeechCounts& to, const SpeechCounts& more) {
  to.codes += more.codes;
  to.heard += more.heard;
  to.accepted += more.accepted;
  to.near += more.near;
  to.near_accepted += more.near_accepted;
  to.others += more.others;
  to.others_accepted += more.others_accepted;
}

std::vector<std::string> others_of(const std::string& code, std::size_t count, Draw& draw) {
  std::vector<std::string> others;
  while (others.size() < count) {
    std::string other = draw.code(code.size());
    if (other != code) others.push_back(std::move(other));
  }
  return others;
}

// One code, those near it and the others that it is held against.
Result<SpeechCounts> judge(
    const SpeechEvaluationRequest& request,
    const Samples& sound,
    const std::string& code,
    Draw& draw
) {
  std::vector<std::string> codes = others_of(code, request.others, draw);
  for (std::size_t i = 0; i < kNearCodes; ++i) codes.push_back(draw.with_one_other_digit(code));
  codes.push_back(code);
  SELFSAME_TRY(recogniser, vision::DigitRecogniser::create(request.card));
  SELFSAME_TRY(heard, recogniser.recognise(sound, codes));
  SpeechCounts counts{.codes = 1, .near = kNearCodes, .others = request.others};
  counts.heard = heard.digits == code ? 1 : 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (!is_accepted(heard.digits, heard.likelihood_ratios[i], codes[i])) continue;
    if (codes[i] == code) {
      ++counts.accepted;
    } else {
      ++(i < request.others ? counts.others_accepted : counts.near_accepted);
    }
  }
  return counts;
}

std::string row(const std::string& name, const SpeechCounts& counts) {
  const auto cell = [](std::size_t hits, std::size_t trials) {
    const Interval interval = exact_interval(hits, trials, kSpeechConfidence);
    const double share = trials == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(trials);
    return fmt::format(
        "{:>4}/{:<5}{:6.2f} % ({:5.2f}..{:6.2f})",
        hits,
        trials,
        100 * share,
        100 * interval.low,
        100 * interval.high
    );
  };
  return fmt::format(
      "{:<12} {}  {}  {}  {}\n",
      name,
      cell(counts.heard, counts.codes),
      cell(counts.accepted, counts.codes),
      cell(counts.near_accepted, counts.near),
      cell(counts.others_accepted, counts.others)
  );
}

}  // namespace

Result<SpeechEvaluation> evaluate_speech(
    const SpeechEvaluationRequest& request, const Progress& progress
) {
  SELFSAME_TRY(speakers, read_speakers(request));
  SpeechEvaluation evaluation{
      .data_set = request.sounds.filename().string(), .language = request.card.language
  };
  Draw draw(request.seed);
  std::size_t done = 0;
  const std::size_t total = speakers.size() * kLengths.size() * request.codes;
  const double begun_s = thread_cpu_s();
  for (const auto& [name, speaker] : speakers) {
    for (const std::size_t length : kLengths) {
      for (unsigned i = 0; i < request.codes; ++i) {
        const std::string code = draw.code(length);
        const Samples sound = spoken(speaker, code, draw);
        SELFSAME_TRY(counts, judge(request, sound, code, draw));
        add(evaluation.speakers[name], counts);
        add(evaluation.lengths[length], counts);
        add(evaluation.all, counts);
        evaluation.speech_s += static_cast<double>(sound.size()) / vision::kSoundRate_hz;
        progress(++done, total);
      }
    }
  }
  evaluation.cpu_s = thread_cpu_s() - begun_s;
  return evaluation;
}

std::string render_text(const SpeechEvaluation& evaluation) {
  std::string text = fmt::format(
      "Spoken digits of {} ({}), put together to codes. 95 % intervals (Clopper and Pearson); the\n"
      "codes of one speaker hang together.\n\n{:<12} {:<32}  {:<32}  {:<32}  {}\n",
      evaluation.data_set,
      evaluation.language,
      "",
      "heard exactly",
      "accepted",
      "one with one other digit",
      "a random other code accepted"
  );
  for (const auto& [name, counts] : evaluation.speakers) text += row(name, counts);
  for (const auto& [length, counts] : evaluation.lengths)
    text += row(fmt::format("{} digits", length), counts);
  text += row("all", evaluation.all);
  text +=
      fmt::format("\n{:.0f} s of speech, {:.1f} s of CPU\n", evaluation.speech_s, evaluation.cpu_s);
  return text;
}

}  // namespace selfsame::evaluation
