// SPDX-License-Identifier: Apache-2.0
// For tests: the networks that tools/fetch.py installs, as models/networks.toml describes them.
// (This room reads no TOML; src/app's tests show that the file says the same.)
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "base/crypto.h"
#include "vision/face_engine.h"
#include "vision/model_cards.h"

namespace selfsame::vision::test {

inline const std::string kModelsDir = SELFSAME_SOURCE_DIR "/build/models";
inline const std::string kFixturesDir = SELFSAME_SOURCE_DIR "/build/fixtures";

inline Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  Bytes bytes(static_cast<std::size_t>(file.tellg()));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

// Wide enough for bf16, narrow enough for every fault that engine_check_test.cpp makes.
inline constexpr double kGoldenTolerance = 0.06;
inline constexpr double kLiveTolerance = 0.05;

/// False on a machine without the fetched networks: tests that need them are skipped.
inline bool networks_are_here() {
  return std::filesystem::exists(kModelsDir + "/face_recognition_sface_2021dec.onnx") &&
         std::filesystem::exists(kModelsDir + "/face_mesh_468.tflite") &&
         std::filesystem::exists(kFixturesDir + "/obama.jpg");
}

inline NetworkCard card(const std::string& name, const std::string& role, const std::string& file) {
  NetworkCard made;
  made.name = name;
  made.role = role;
  made.file = file;
  made.sha256 = to_hex(sha256(read_file(kModelsDir + "/" + file)));
  made.licence = "as fetched";
  return made;
}

inline NetworkCard yunet_card() {
  auto made = card("yunet", "detector", "face_detection_yunet_2023mar.onnx");
  made.confidence_threshold = 0.6;
  made.golden.output = 7;  // bbox_16
  return made;
}

inline NetworkCard sface_card() {
  auto made = card("sface", "recogniser", "face_recognition_sface_2021dec.onnx");
  made.input_width_px = made.input_height_px = 112;
  made.channels = ChannelOrder::rgb;
  made.crop = CropKind::five_points;
  made.output_length = 128;
  return made;
}

inline NetworkCard mesh_card() {
  auto made = card("face_landmark", "landmarks", "face_landmark_468.tflite");
  made.input_width_px = made.input_height_px = 192;
  made.channels = ChannelOrder::rgb;
  made.layout = TensorLayout::nhwc;
  made.value_scale = 1.0F / 255;
  made.crop = CropKind::upright_square;
  made.crop_scale = 1.5;
  made.output_length = 1404;
  made.presence_output = 1;
  made.golden.tolerance = 0.03;  // hardly minds a shifted range: off by .045; bf16 .006
  return made;
}

/// As mesh_card(), by which moving faces are followed.
inline NetworkCard track_card() {
  auto made = mesh_card();
  const auto file = card("face_mesh", "landmarks", "face_mesh_468.tflite");
  made.name = file.name;
  made.file = file.file;
  made.sha256 = file.sha256;
  return made;
}

inline NetworkCard own_pad_card() {
  auto made = card("pad_selfsame", "pad", "pad_selfsame_80.onnx");
  made.input_width_px = made.input_height_px = 80;
  made.crop = CropKind::scaled_box;
  made.crop_scale = 4;
  made.output_length = 3;
  made.live_index = 1;
  return made;
}

inline NetworkCard second_pad_card() {
  auto made = card("fr_liveness", "pad", "fr_liveness.onnx");
  made.input_width_px = made.input_height_px = 128;
  made.crop = CropKind::scaled_box;
  made.crop_scale = 4;
  made.output_length = 3;
  made.live_index = 0;
  made.softmax = true;
  return made;
}

inline SpeechCard speech_card() {
  SpeechCard made;
  made.language = "en";
  made.acoustic_model = "/usr/share/pocketsphinx/model/en-us/en-us";
  made.digits = {
      {{"Z IH R OW", "Z IY R OW", "OW"},
       {"W AH N", "HH W AH N"},
       {"T UW"},
       {"TH R IY", "T R IY", "F R IY"},
       {"F AO R", "F OW R", "F AO"},
       {"F AY V"},
       {"S IH K S", "S IH K"},
       {"S EH V AH N"},
       {"EY T"},
       {"N AY N"}}
  };
  return made;
}

/// Everything but golden answers.
inline ModelCards all_cards() {
  ModelCards cards;
  cards.networks = {
      yunet_card(), sface_card(), mesh_card(), track_card(), own_pad_card(), second_pad_card()
  };
  cards.detector = "yunet";
  cards.landmarks = "face_landmark";
  cards.track = "face_mesh";
  cards.comparator = {{"sface", 1, false}};
  for (const std::string precision : {"f32", "bf16"}) {
    cards.calibrations.push_back({{{0.3594, 0.4155, 0.4661, 0.52}, precision, "test"}, "sface"});
  }
  cards.pad.members = {{"pad_selfsame", 1, false}, {"fr_liveness", 1, true}};
  for (const bool second_opinion : {true, false}) {
    cards.pad.use_second_opinion = second_opinion;
    cards.pad.policies.push_back({pad_set_name(cards), {0.5, 0.4}});
  }
  cards.pad.use_second_opinion = true;
  cards.speech = speech_card();
  cards.self_test.portrait = "obama2.jpg";
  cards.self_test.same_person = "obama.jpg";
  cards.self_test.other_person = "biden.jpg";
  cards.self_test.wide_portrait = "astronaut.png";
  cards.self_test.margin = 0.3;
  return cards;
}

inline EngineOptions options(Precision precision) {
  EngineOptions made;
  made.models_dir = kModelsDir;
  made.precision = precision;
  return made;
}

}  // namespace selfsame::vision::test
