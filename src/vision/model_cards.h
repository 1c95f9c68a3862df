// SPDX-License-Identifier: Apache-2.0
// What models/*.toml says about the networks, as values. src/app parses the files, vision reads
// this.
//
// One rule: whatever must be right for a network to give right answers (channel order, value range,
// crop, which number means what) is written here and nowhere in code, and the self-test at start
// shows that it is right (engine_check.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/calibration.h"
#include "core/decision.h"

namespace selfsame::vision {

enum class ChannelOrder : std::uint8_t { bgr, rgb };
enum class TensorLayout : std::uint8_t { nchw, nhwc };

/// What part of a picture a network is shown.
enum class CropKind : std::uint8_t {
  whole_picture,   // shrunk to the long side, padded with 0 at the right and bottom
  five_points,     // similarity of the five landmarks to the ArcFace 112x112 template
  scaled_box,      // face box enlarged by crop_scale about its centre, shifted inside, never padded
  upright_square,  // square of crop_scale x the box, rotated so that the eyes are level
};

/// What a network answers to the fixed pattern (engine_check.h).
struct GoldenOutput {
  std::size_t output = 0;  // index of the output tensor
  std::vector<float>
      values;            // samples at equal distances over the flattened tensor, first included
  double tolerance = 0;  // largest |difference| / largest |value|; wide enough for bf16
};

struct NetworkCard {
  std::string name;  // key by which the comparator and PAD lists name it
  std::string role;  // "detector", "recogniser", "landmarks", "pad", "text_detector", "text_reader"
  std::string file;  // relative to EngineOptions::models_dir, or absolute
  std::string sha256;   // 64 lower-case hexadecimal digits
  std::string licence;  // SPDX expression
  std::string package;  // where it comes from, for people

  // Input: pixels p of 0..255 become p * value_scale + value_offset.
  int input_width_px = 0;   // 0: any multiple of 32; the other side may be fixed
  int input_height_px = 0;  // likewise
  ChannelOrder channels = ChannelOrder::bgr;
  TensorLayout layout = TensorLayout::nchw;
  float value_scale = 1;
  float value_offset = 0;
  // Then, where there are any, value v of channel c becomes (v - mean[c]) / deviation[c]; three
  // each, in the network's order of channels.
  std::vector<float> channel_means = {};
  std::vector<float> channel_deviations = {};
  CropKind crop = CropKind::whole_picture;
  double crop_scale = 1;  // for scaled_box and upright_square

  // Output.
  std::size_t output = 0;           // index of the tensor that matters; the detector uses names
  std::size_t output_length = 0;    // numbers in it, checked at load; 0: not checked
  std::size_t live_index = 0;       // pad: which class is bona fide
  bool softmax = false;             // pad: the output is logits
  std::size_t presence_output = 0;  // landmarks: tensor of the face-presence number
  double presence_threshold = 0;    // landmarks: at or above (raw output), a face is there
  double confidence_threshold = 0;  // detector: at or above, a face

  GoldenOutput golden;
};

/// One network of the comparator. score = sum(weight * cosine) / sum(weight).
struct ComparatorMember {
  std::string network;
  double weight = 1;
  bool flip = false;  // template = normalised mean of the crop's and its mirror image's
};

/// Thresholds measured in one precision with one comparator.
struct ComparatorCalibration {
  core::ComparisonCalibration thresholds;
  std::string comparator;  // comparator_name() of the list they were measured with
  // SHA-256 of its networks by name; empty for the packaged one, whose card says them.
  std::map<std::string, std::string> networks = {};
};

struct PadMember {
  std::string network;
  double weight = 1;
  bool second_opinion = false;  // left out when PadCard::use_second_opinion is off
  // P(live) of the pictures of engine_check.h, in f32.
  std::vector<double> live_of_portrait = {};
};

/// Thresholds measured with one set of networks and weights. They count for no other set.
struct PadSetPolicy {
  std::string set;  // pad_set_name()
  core::PadPolicy policy;
};

/// score = sum(weight * P(live)) / sum(weight) over the members in use.
struct PadCard {
  std::vector<PadMember> members;
  bool use_second_opinion = true;
  std::vector<PadSetPolicy> policies;
  std::vector<std::string> beside = {};  // networks that are scored and decide nothing: to measure

  [[nodiscard]] std::vector<PadMember> members_in_use() const {
    std::vector<PadMember> used;
    for (const auto& member : members) {
      if (use_second_opinion || !member.second_opinion) used.push_back(member);
    }
    return used;
  }
};

/// Expectations of the self-test on the fixtures.
struct SelfTestCard {
  std::string portrait;       // file under the fixtures folder
  std::string same_person;    // another picture of the same person
  std::string other_person;   // somebody else
  std::string wide_portrait;  // one more person, a small face with much around it
  double margin = 0;          // genuine - impostor cosine, at least, for every recogniser
  double live_tolerance = 0;  // largest difference to PadMember::live_of_portrait
};

/// The words of one language's digits, for its acoustic model (vision/speech.h).
struct SpeechCard {
  std::string language;        // BCP 47: "en"
  std::string acoustic_model;  // a folder that PocketSphinx reads
  std::string licence;         // SPDX expression
  std::string package;         // where it comes from, for people
  // Of 0 to 9: how it may be said, in the model's phones ("Z IH R OW").
  std::array<std::vector<std::string>, 10> digits;
};

/// A network that reads lines, and its characters.
struct TextReaderCard {
  std::string network;
  std::string dictionary;         // file beside the networks: a character a line, by class from 1
  std::string dictionary_sha256;  // class 0 is "nothing", the class after the last one a blank
};

/// The networks that read documents. They are loaded when the first document is.
struct DocumentCard {
  std::string text_detector;    // name; empty: no documents are read
  double pixel_threshold = 0;   // P(text) of a pixel
  double region_threshold = 0;  // mean P(text) of a line
  double enlargement = 0;       // a line's outline moves outwards by area / perimeter x this
  TextReaderCard quick_reader;
  TextReaderCard full_reader;
  std::string thai_data;  // folder of Tesseract's tha.traineddata; empty: no Thai is read
  std::string thai_data_sha256;
};

struct ModelCards {
  std::vector<NetworkCard> networks;
  std::string detector;   // name of the network with this role
  std::string landmarks;  // name; empty: none
  std::string track;      // name of the landmarks that follow a moving face; empty: the same
  std::vector<ComparatorMember> comparator;
  std::vector<ComparatorCalibration> calibrations;  // one per precision, for this comparator
  PadCard pad;
  SelfTestCard self_test;
  SpeechCard speech;       // without an acoustic model: no digits are heard
  DocumentCard documents;  // without a text detector: no documents are read

  /// The card of that name, or null.
  [[nodiscard]] const NetworkCard* find(const std::string& name) const noexcept {
    for (const auto& card : networks) {
      if (card.name == name) return &card;
    }
    return nullptr;
  }
};

/// A weight as names have it: "1", "0.5".
[[nodiscard]] inline std::string trimmed_number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

/// For example "sface" or "sface+flip*1,dlib*1.5": which comparator a calibration belongs to.
[[nodiscard]] std::string comparator_name(const std::vector<ComparatorMember>& comparator);

/// For example "fr_liveness:afa783b7*1 pad_selfsame:b68c0b40*1": which networks, by name and the
/// start of their SHA-256, with which weights; in the order of the names. What thresholds belong
/// to.
[[nodiscard]] std::string pad_set_name(const ModelCards& cards);

}  // namespace selfsame::vision
