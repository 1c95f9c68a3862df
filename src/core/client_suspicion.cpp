// SPDX-License-Identifier: Apache-2.0
#include "core/client_suspicion.h"

#include <algorithm>
#include <array>

namespace selfsame::core {
namespace {

// Programs and drivers that pose as cameras, by what their labels hold. Words of a label are parted
// by anything but letters and digits.
constexpr auto kVirtualCameras = std::to_array<std::string_view>(
    {"virtual",      "obs",         "manycam",      "snap camera",    "xsplit",
     "vcam",         "splitcam",    "camtwist",     "webcamoid",      "akvcam",
     "v4l2loopback", "loopback",    "dummy video",  "fake device",    "fake",
     "droidcam",     "iriun",       "epoccam",      "altercam",       "sparkocam",
     "wirecast",     "ndi",         "newtek",       "streamlabs",     "vmix",
     "unity video",  "mmhmm",       "e2esoft",      "youcam",         "facerig",
     "animaze",      "avatarify",   "deepfacelive", "swapface",       "fakewebcam",
     "camo",         "reincubate",  "chromacam",    "screen capture", "desktop capture",
     "emulated",     "virtualscene"}
);

// Programs that write containers and are not a browser's recorder.
constexpr auto kEditors =
    std::to_array<std::string_view>({"lavf",       "lavc",      "ffmpeg",   "handbrake", "gpac",
                                     "mkvmerge",   "obs",       "adobe",    "premiere",  "vegas",
                                     "davinci",    "shotcut",   "openshot", "kdenlive",  "avidemux",
                                     "virtualdub", "gstreamer", "capcut",   "clipchamp", "bandicam",
                                     "camtasia",   "vlc"});

bool is_word_part(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Small letters and digits, everything else one space; a space at both ends.
std::string words_of(std::string_view text) {
  std::string words = " ";
  for (const char c : text) {
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (is_word_part(small)) {
      words += small;
    } else if (words.back() != ' ') {
      words += ' ';
    }
  }
  if (words.back() != ' ') words += ' ';
  return words;
}

bool holds_word(std::string_view words, std::string_view word) {
  return words.find(' ' + std::string(word) + ' ') != std::string_view::npos;
}

// "Lavf58.76.100" is the word "lavf58": the version may stick to the name.
bool holds_start_of_word(std::string_view words, std::string_view start) {
  return words.find(' ' + std::string(start)) != std::string_view::npos;
}

bool is_edited(const ClientHints& hints, const RecordingFacts& recording) {
  // Every browser's recorder names itself or nothing.
  if (!hints.user_agent.starts_with("Mozilla/")) return false;
  const std::string words = words_of(recording.encoder);
  return std::ranges::any_of(kEditors, [&](std::string_view editor) {
    return holds_start_of_word(words, editor);
  });
}

// A camera gives less than it was opened with where light, load or a turned phone ask for it; it
// does not give more, or another shape.
bool is_of_other_camera(const ClientHints& hints, const RecordingFacts& recording) {
  constexpr double kRateGrace = 1.25;
  constexpr double kSizeGrace = 1.02;
  constexpr double kShapeGrace = 1.05;
  if (hints.frame_rate_hz && recording.frame_rate > kRateGrace * *hints.frame_rate_hz + 1) {
    return true;
  }
  const int width_px = hints.width_px.value_or(0);
  const int height_px = hints.height_px.value_or(0);
  if (width_px <= 0 || height_px <= 0) return false;
  if (recording.width_px <= 0 || recording.height_px <= 0) return false;
  const double long_said = std::max(width_px, height_px);
  const double short_said = std::min(width_px, height_px);
  const double long_is = std::max(recording.width_px, recording.height_px);
  const double short_is = std::min(recording.width_px, recording.height_px);
  if (long_is > kSizeGrace * long_said || short_is > kSizeGrace * short_said) return true;
  const double shapes = (long_is / short_is) / (long_said / short_said);
  return shapes > kShapeGrace || shapes < 1 / kShapeGrace;
}

}  // namespace

const char* name_of(ClientSuspicion suspicion) noexcept {
  switch (suspicion) {
    case ClientSuspicion::virtual_camera:
      return "virtual_camera";
    case ClientSuspicion::edited_video:
      return "edited_video";
    case ClientSuspicion::other_camera:
      return "other_camera";
  }
  return "other_camera";
}

bool is_virtual_camera(std::string_view label) {
  const std::string words = words_of(label);
  return std::ranges::any_of(kVirtualCameras, [&](std::string_view name) {
    return holds_word(words, name);
  });
}

std::vector<ClientSuspicion> suspicions_of(
    const ClientHints& hints, const RecordingFacts& recording
) {
  std::vector<ClientSuspicion> found;
  if (!hints.camera_labels.empty() && is_virtual_camera(hints.camera_labels.front())) {
    found.push_back(ClientSuspicion::virtual_camera);
  }
  if (is_edited(hints, recording)) found.push_back(ClientSuspicion::edited_video);
  if (is_of_other_camera(hints, recording)) found.push_back(ClientSuspicion::other_camera);
  return found;
}

}  // namespace selfsame::core
