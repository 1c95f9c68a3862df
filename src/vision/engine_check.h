// SPDX-License-Identifier: Apache-2.0
// Proof, at start, that the networks do here what their cards say.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "vision/face_detector.h"
#include "vision/face_recogniser.h"
#include "vision/image.h"
#include "vision/network.h"
#include "vision/pad_network.h"

namespace selfsame::vision {

/// The fixed pattern: channel c (0 blue, 1 green, 2 red) of pixel (x, y) is
/// (7 x + 13 y + 29 c + 64 c [x >= width / 2]) mod 256. No two channels are alike, and no channel
/// is another one shifted, so that a wrong channel order shows.
[[nodiscard]] Image fixed_pattern(int width_px, int height_px);

/// The network's answer to the fixed pattern at its card's size (320 wide, 256 high where that is open), as
/// GoldenOutput::values are sampled: `samples` values at equal distances.
[[nodiscard]] Result<std::vector<float>> answer_to_pattern(
    const Network& network, std::size_t samples
);

/// `engine_failed` when the answer to the pattern is not the card's golden one.
[[nodiscard]] Result<void> check_golden(const Network& network);

/// How far apart a network keeps what it must tell apart.
struct Separation {
  double wanted = 0;    // what must be high: P(live) of the portrait, or the cosine of one person's
  double unwanted = 0;  // what must be low: the highest of the attacks', or of two persons'
  [[nodiscard]] double margin() const noexcept { return wanted - unwanted; }
};

/// Of each network of the comparator on its own, on the portraits of the card.
[[nodiscard]] Result<std::vector<Separation>> separations_of(
    const FaceDetector& detector,
    const FaceComparator& comparator,
    const SelfTestCard& card,
    const std::string& fixtures_dir
);

/// `engine_failed` unless, for every network of the comparator on its own, the two portraits of one
/// person are more alike than either is to the other person's, by the card's margin.
[[nodiscard]] Result<void> check_recognisers(
    const FaceDetector& detector,
    const FaceComparator& comparator,
    const SelfTestCard& card,
    const std::string& fixtures_dir
);

/// The pictures that PAD is checked on: the portrait, the other person's, the portrait drawn on a
/// screen and on paper, and the wide portrait, which alone shows that a crop is too wide. Fixed
/// order.
inline constexpr std::size_t kPadPictures = 5;

/// P(live) of each of them by one network. The faces are taken to be at fixed places, so that no
/// other network has a say.
[[nodiscard]] Result<std::vector<double>> pad_answers(
    const PadNetwork& network, const SelfTestCard& card, const std::string& fixtures_dir
);

/// The portrait against the drawn attacks, of these answers; they are kPadPictures.
[[nodiscard]] Separation separation_of(const std::vector<double>& pad_answers);

/// A living face must be this far above a drawn attack.
inline constexpr double kLeastPadMargin = 0.25;

/// `engine_failed` unless the answers are those of the member's live_of_portrait, to the tolerance.
[[nodiscard]] Result<void> check_pad_answers(
    const PadMember& member, const std::vector<double>& answers, double tolerance
);

/// `engine_failed` unless every network in use answers what its member says, and their fused score
/// puts the portrait well above both drawn attacks.
[[nodiscard]] Result<void> check_pad(
    const FaceDetector& detector,
    const PadEnsemble& pad,
    const ModelCards& cards,
    const std::string& fixtures_dir
);

/// A fixture's pixels. `engine_failed` names what is missing.
[[nodiscard]] Result<Image> read_fixture(const std::string& fixtures_dir, const std::string& file);

}  // namespace selfsame::vision
