// SPDX-License-Identifier: Apache-2.0
// The part of the check at start that is about presentation attacks.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "vision/drawn_attack.h"
#include "vision/engine_check.h"

namespace selfsame::vision {
namespace {

struct Picture {
  Image image;
  Box box;  // about where the face is; fixed, so that every machine crops the same pixels
};

Box share_of(const Image& image, float x, float y, float width, float height) {
  const auto across = static_cast<float>(image.width_px);
  const auto down = static_cast<float>(image.height_px);
  return {x * across, y * down, width * across, height * down};
}

Result<std::vector<Picture>> pictures_of(
    const SelfTestCard& card, const std::string& fixtures_dir
) {
  SELFSAME_TRY(portrait, read_fixture(fixtures_dir, card.portrait));
  SELFSAME_TRY(other, read_fixture(fixtures_dir, card.other_person));
  SELFSAME_TRY(wide, read_fixture(fixtures_dir, card.wide_portrait));
  const Box face = share_of(portrait, .32F, .19F, .44F, .34F);
  const Box other_face = share_of(other, .44F, .08F, .30F, .18F);
  const Box wide_face = share_of(wide, .35F, .11F, .18F, .23F);
  const Box drawn_face = share_of(portrait, .41F, .345F, .22F, .17F);  // halved about the middle
  std::vector<Picture> pictures;
  Image screen = draw_attack(portrait, DrawnAttack::screen);
  Image paper = draw_attack(portrait, DrawnAttack::paper);
  pictures.push_back({std::move(portrait), face});
  pictures.push_back({std::move(other), other_face});
  pictures.push_back({std::move(screen), drawn_face});
  pictures.push_back({std::move(paper), drawn_face});
  pictures.push_back({std::move(wide), wide_face});
  return pictures;
}

Result<std::vector<double>> answers_on(
    const std::vector<Picture>& pictures, const PadNetwork& network
) {
  std::vector<double> answers;
  for (const auto& picture : pictures) {
    SELFSAME_TRY(live, network.live_probability(view_of(picture.image), picture.box));
    answers.push_back(live);
  }
  return answers;
}

// The fused score of the face that the detector finds.
Result<double> fused_score(
    const FaceDetector& detector, const PadEnsemble& pad, const Image& image
) {
  SELFSAME_TRY(faces, detector.find(view_of(image)));
  if (faces.empty()) return fail(Errc::engine_failed, "self-test: no face in a PAD picture");
  SELFSAME_TRY(reading, pad.score(view_of(image), faces.front().box));
  return reading.score.value;
}

std::string list_of(const std::vector<double>& values) {
  std::string text = "[";
  for (const double value : values) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(value).substr(0, 5);
  }
  return text + "]";
}

}  // namespace

Result<std::vector<double>> pad_answers(
    const PadNetwork& network, const SelfTestCard& card, const std::string& fixtures_dir
) {
  SELFSAME_TRY(pictures, pictures_of(card, fixtures_dir));
  return answers_on(pictures, network);
}

Separation separation_of(const std::vector<double>& pad_answers) {
  return {.wanted = pad_answers.at(0), .unwanted = std::max(pad_answers.at(2), pad_answers.at(3))};
}

Result<void> check_pad_answers(
    const PadMember& member, const std::vector<double>& answers, double tolerance
) {
  const auto& expected = member.live_of_portrait;
  bool same = expected.size() == kPadPictures && answers.size() == kPadPictures;
  for (std::size_t i = 0; same && i < expected.size(); ++i) {
    same = std::abs(answers[i] - expected[i]) <= tolerance;
  }
  if (same) return {};
  return fail(
      Errc::engine_failed,
      "self-test: " + member.network + " answers " + list_of(answers) +
          " to the portraits where its card says " + list_of(expected)
  );
}

Result<void> check_pad(
    const FaceDetector& detector,
    const PadEnsemble& pad,
    const ModelCards& cards,
    const std::string& fixtures_dir
) {
  SELFSAME_TRY(pictures, pictures_of(cards.self_test, fixtures_dir));
  SELFSAME_TRY(live, fused_score(detector, pad, pictures[0].image));
  for (const std::size_t attack : {2U, 3U}) {
    SELFSAME_TRY(score, fused_score(detector, pad, pictures[attack].image));
    if (live >= score + kLeastPadMargin) continue;
    return fail(
        Errc::engine_failed,
        "self-test: PAD does not tell a portrait from a drawn attack: " + list_of({live, score})
    );
  }
  const auto members = cards.pad.members_in_use();
  const auto networks = pad.pad_networks();
  if (members.size() != networks.size()) {
    return fail(Errc::engine_failed, "self-test: the PAD networks are not those of the cards");
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    SELFSAME_TRY(answers, answers_on(pictures, *networks[i]));
    SELFSAME_CHECK(check_pad_answers(members[i], answers, cards.self_test.live_tolerance));
  }
  return {};
}

}  // namespace selfsame::vision
