// SPDX-License-Identifier: Apache-2.0
// The part of the check at start that is about presentation attacks.
#include <cmath>
#include <cstddef>
#include <utility>

#include "vision/drawn_attack.h"
#include "vision/engine_check.h"

namespace selfsame::vision {
namespace {

// The portrait's fused score must be this much above each drawn attack's.
constexpr double kLeastMargin = 0.25;

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
  const Box face = share_of(portrait, .32F, .19F, .44F, .34F);
  const Box other_face = share_of(other, .44F, .08F, .30F, .18F);
  const Box drawn_face = share_of(portrait, .41F, .345F, .22F, .17F);  // halved about the middle
  std::vector<Picture> pictures;
  Image screen = draw_attack(portrait, DrawnAttack::screen);
  Image paper = draw_attack(portrait, DrawnAttack::paper);
  pictures.push_back({std::move(portrait), face});
  pictures.push_back({std::move(other), other_face});
  pictures.push_back({std::move(screen), drawn_face});
  pictures.push_back({std::move(paper), drawn_face});
  return pictures;
}

Result<std::vector<double>> answers_on(
    const std::vector<Picture>& pictures, const PadEnsemble& pad
) {
  const std::size_t networks = pad.networks().size();
  std::vector<double> answers(networks * pictures.size());
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    SELFSAME_TRY(reading, pad.score(view_of(pictures[i].image), pictures[i].box));
    for (std::size_t network = 0; network < networks; ++network) {
      answers[network * pictures.size() + i] = reading.live_of_member[network];
    }
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

// The card's values for the members in use.
std::vector<double> expected_answers(const ModelCards& cards) {
  std::vector<double> expected;
  const auto& all = cards.self_test.live_of_portrait;
  for (std::size_t member = 0; member < cards.pad.members.size(); ++member) {
    if (cards.pad.members[member].second_opinion && !cards.pad.use_second_opinion) continue;
    for (std::size_t i = member * kPadPictures; i < (member + 1) * kPadPictures && i < all.size();
         ++i) {
      expected.push_back(all[i]);
    }
  }
  return expected;
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
    const PadEnsemble& pad, const SelfTestCard& card, const std::string& fixtures_dir
) {
  SELFSAME_TRY(pictures, pictures_of(card, fixtures_dir));
  return answers_on(pictures, pad);
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
    if (live >= score + kLeastMargin) continue;
    return fail(
        Errc::engine_failed,
        "self-test: PAD does not tell a portrait from a drawn attack: " + list_of({live, score})
    );
  }
  SELFSAME_TRY(answers, answers_on(pictures, pad));
  const auto expected = expected_answers(cards);
  bool same = !expected.empty() && expected.size() == answers.size();
  for (std::size_t i = 0; same && i < expected.size(); ++i) {
    same = std::abs(answers[i] - expected[i]) <= cards.self_test.live_tolerance;
  }
  if (same) return {};
  return fail(
      Errc::engine_failed,
      "self-test: PAD networks answer " + list_of(answers) + " where the card says " +
          list_of(expected)
  );
}

}  // namespace selfsame::vision
