// SPDX-License-Identifier: Apache-2.0
// Draws a moving head from a portrait and writes its frames, raw BGR, to standard output:
//
//   portrait_clip --portrait F --actions blink@1.0,nod@3.6 --seconds 6 | \
//     ffmpeg -f rawvideo -pixel_format bgr24 -video_size 480x640 -framerate 25 -i - -y clip.mp4
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "app/engine_setup.h"
#include "app/terminal.h"
#include "evaluation/face_follower.h"
#include "evaluation/motion_script.h"
#include "evaluation/portrait_animator.h"
#include "vision/decode_image.h"
#include "vision/decode_sound.h"
#include "vision/loudness.h"

namespace {

using namespace selfsame;
using core::FaceAction;

struct Wishes {
  std::string portrait;
  std::string actions;  // NAME@SECONDS[xEXTENT], comma-separated
  std::string size = "480x640";
  std::string models;
  std::string mouth_from;  // a sound; empty: the mouth does as the actions say
  double seconds = 6;
  double rate = 25;
  double face = 0.38;
  std::uint64_t seed = 1;
  bool still = false;
  bool talking = false;
  bool blinks = false;
  bool everything = false;
};

Result<FaceAction> action_named(const std::string& name) {
  for (int i = static_cast<int>(FaceAction::open_mouth);
       i <= static_cast<int>(FaceAction::turn_right);
       ++i) {
    if (name == core::name_of(static_cast<FaceAction>(i))) return static_cast<FaceAction>(i);
  }
  return fail(Errc::invalid_parameter, "no action is called " + name);
}

double usual_length_of(FaceAction action) {
  return action == FaceAction::blink ? 0.35 : 1.4;
}

Result<std::vector<evaluation::ScriptedAction>> actions_of(const std::string& text) {
  std::vector<evaluation::ScriptedAction> actions;
  std::stringstream list(text);
  for (std::string item; std::getline(list, item, ',');) {
    const auto at = item.find('@');
    if (at == std::string::npos)
      return fail(Errc::invalid_parameter, "say ACTION@SECONDS: " + item);
    SELFSAME_TRY(action, action_named(item.substr(0, at)));
    std::stringstream numbers(item.substr(at + 1));
    evaluation::ScriptedAction scripted{.action = action, .length_s = usual_length_of(action)};
    char by = 'x';
    if (!(numbers >> scripted.begin_s)) return fail(Errc::invalid_parameter, "no time: " + item);
    if (numbers >> by && !(by == 'x' && numbers >> scripted.extent)) {
      return fail(Errc::invalid_parameter, "say ACTION@SECONDSxEXTENT: " + item);
    }
    actions.push_back(scripted);
  }
  return actions;
}

Result<evaluation::MotionScript> script_of(const Wishes& wishes) {
  if (wishes.everything) return evaluation::everything_at_once(wishes.seconds, wishes.seed);
  SELFSAME_TRY(actions, actions_of(wishes.actions));
  const evaluation::Habits habits{
      .still = wishes.still, .talks = wishes.talking, .blinks = wishes.blinks
  };
  return evaluation::MotionScript(std::move(actions), habits, wishes.seconds, wishes.seed);
}

Result<evaluation::FrameSize> size_of(const std::string& text) {
  evaluation::FrameSize size;
  if (std::sscanf(text.c_str(), "%dx%d", &size.width_px, &size.height_px) == 2 &&
      size.width_px >= 64 && size.height_px >= 64 && size.width_px <= 4096 &&
      size.height_px <= 4096) {
    return size;
  }
  return fail(Errc::invalid_parameter, "say WIDTHxHEIGHT: " + text);
}

Result<evaluation::PortraitAnimator> animator_of(const Wishes& wishes) {
  app::Settings settings;
  settings.models_dir = wishes.models;
  SELFSAME_TRY(paths, app::find_models(settings));
  SELFSAME_TRY(cards, app::load_cards(paths, settings));
  SELFSAME_TRY(
      follower, evaluation::FaceFollower::create(cards, app::engine_options(paths, settings))
  );
  SELFSAME_TRY(bytes, app::read_file(wishes.portrait, 64U << 20));
  SELFSAME_TRY(portrait, vision::decode_image(bytes));
  SELFSAME_TRY(mesh, follower.mesh_of(portrait));
  SELFSAME_TRY(size, size_of(wishes.size));
  return evaluation::PortraitAnimator::create(portrait, mesh, size, wishes.face);
}

Result<std::optional<vision::Loudness>> voice_of(const Wishes& wishes) {
  if (wishes.mouth_from.empty()) return std::optional<vision::Loudness>{};
  SELFSAME_TRY(bytes, app::read_file(wishes.mouth_from, 64U << 20));
  SELFSAME_TRY(sound, vision::decode_sound(bytes, vision::SoundLimits{}));
  return std::optional<vision::Loudness>(std::in_place, sound.samples);
}

// Loud is open: crude, and enough for the rhythm.
double mouth_at(const vision::Loudness& voice, double time_s) {
  constexpr double kWidest = 0.35;
  constexpr double kRange_db = 25;
  const double above_db = voice.at_dbfs(time_s) - voice.least_voiced_dbfs();
  return kWidest * std::clamp(above_db / kRange_db, 0.0, 1.0);
}

Result<void> write_clip(const Wishes& wishes) {
  SELFSAME_TRY(script, script_of(wishes));
  SELFSAME_TRY(animator, animator_of(wishes));
  SELFSAME_TRY(voice, voice_of(wishes));
  evaluation::HandHeldCamera camera(wishes.seed);
  const int frames = static_cast<int>(std::lround(wishes.seconds * wishes.rate));
  for (int i = 0; i < frames; ++i) {
    const double time_s = i / wishes.rate;
    auto motion = script.at(time_s);
    if (voice) motion.mouth_open = mouth_at(*voice, time_s);
    const auto frame = camera.see(animator.render(motion), time_s);
    if (std::fwrite(frame.bgr.data(), 1, frame.bgr.size(), stdout) != frame.bgr.size()) {
      return fail(Errc::storage_unavailable, "standard output does not take the frames");
    }
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  Wishes wishes;
  CLI::App cli{"Draws a moving head from a portrait; raw BGR frames to standard output."};
  cli.add_option("--portrait", wishes.portrait, "near-frontal, eyes open, mouth shut")->required();
  cli.add_option("--actions", wishes.actions, "ACTION@SECONDS[xEXTENT],...");
  cli.add_option("--seconds", wishes.seconds)->check(CLI::Range(0.1, 120.0));
  cli.add_option("--rate", wishes.rate, "frames a second")->check(CLI::Range(1.0, 120.0));
  cli.add_option("--mouth-from", wishes.mouth_from, "a sound: the mouth opens as it is loud");
  cli.add_option("--size", wishes.size, "WIDTHxHEIGHT");
  cli.add_option("--face", wishes.face, "width of the face over that of the frame")
      ->check(CLI::Range(0.05, 1.5));
  cli.add_option("--seed", wishes.seed);
  cli.add_option("--models", wishes.models);
  cli.add_flag("--still", wishes.still, "no motion of the face; the camera's noise stays");
  cli.add_flag("--talking", wishes.talking);
  cli.add_flag("--blinks", wishes.blinks, "blinks unasked, now and then");
  cli.add_flag("--everything", wishes.everything, "nods, shakes, blinks and opens all the time");
  CLI11_PARSE(cli, argc, argv);
  if (const auto written = write_clip(wishes); !written) {
    return app::complain("portrait_clip", written.error());
  }
  return 0;
}
