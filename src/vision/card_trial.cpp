// SPDX-License-Identifier: Apache-2.0
#include "vision/card_trial.h"

#include <utility>

#include "vision/face_recogniser.h"
#include "vision/pad_network.h"

namespace selfsame::vision {
namespace {

// A wrong wiring may look this much better by chance.
constexpr double kBetterByChance = 0.2;
// A wider crop than this does not fit into the pictures: it would be the same pixels.
constexpr double kWidestCropShown = 4.4;

struct Wiring {
  std::string name;
  NetworkCard card;
};

std::vector<Wiring> wrong_wirings(const NetworkCard& right) {
  std::vector<Wiring> all;
  const auto add = [&](std::string name, auto spoil) {
    Wiring wiring{std::move(name), right};
    spoil(wiring.card);
    all.push_back(std::move(wiring));
  };
  const bool rgb = right.channels == ChannelOrder::rgb;
  add(rgb ? "bgr instead of rgb" : "rgb instead of bgr",
      [&](NetworkCard& card) { card.channels = rgb ? ChannelOrder::bgr : ChannelOrder::rgb; });
  const bool raw = right.value_scale == 1;
  add(raw ? "0..1 instead of 0..255" : "0..255 instead of its range", [&](NetworkCard& card) {
    card.value_scale = raw ? 1.0F / 255 : 1.0F;
    card.value_offset = 0;
  });
  add("a shifted range", [&](NetworkCard& card) {
    card.value_offset = right.value_offset == 0 ? -127.5F * right.value_scale : 0;
  });
  if (right.role != "pad") return all;
  for (std::size_t other = 0; other < right.output_length; ++other) {
    if (other == right.live_index) continue;
    add("class " + std::to_string(other), [&](NetworkCard& card) { card.live_index = other; });
  }
  add(right.softmax ? "no softmax" : "softmax twice",
      [&](NetworkCard& card) { card.softmax = !right.softmax; });
  for (const double factor : {2.0 / 3, 4.0 / 3}) {
    if (right.crop_scale * factor > kWidestCropShown || right.crop_scale * factor <= 1) continue;
    add("a crop of " + trimmed_number(right.crop_scale * factor),
        [&](NetworkCard& card) { card.crop_scale = right.crop_scale * factor; });
  }
  return all;
}

struct Tried {
  Separation separation;
  Result<void> verdict;
};

// The verdict's error, or the next check's.
template <class Check>
void then(Result<void>& verdict, Check check) {
  if (verdict) verdict = check();
}

Result<void> wide_enough(const NetworkCard& card, const Separation& separation, double margin) {
  if (separation.margin() >= margin) return {};
  return fail(
      Errc::engine_failed,
      card.name + " does not separate the fixtures: " + trimmed_number(separation.wanted) +
          " against " + trimmed_number(separation.unwanted) + ", wanted " + trimmed_number(margin) +
          " more"
  );
}

Result<Tried> try_pad(const NetworkCard& card, const PadMember& member, const TrialBench& bench) {
  SELFSAME_TRY(loaded, bench.runtime.load(card));
  SELFSAME_TRY(network, PadNetwork::create(std::move(loaded)));
  SELFSAME_TRY(answers, pad_answers(network, bench.self_test, bench.fixtures_dir));
  Tried tried{separation_of(answers), {}};
  then(tried.verdict, [&] { return check_golden(network.network()); });
  then(tried.verdict, [&] { return wide_enough(card, tried.separation, kLeastPadMargin); });
  then(tried.verdict, [&] {
    return check_pad_answers(member, answers, bench.self_test.live_tolerance);
  });
  return tried;
}

Result<Tried> try_recogniser(const NetworkCard& card, const TrialBench& bench) {
  ModelCards alone;
  alone.networks = {card};
  alone.comparator = {{.network = card.name}};
  SELFSAME_TRY(comparator, FaceComparator::create(alone, bench.runtime));
  SELFSAME_TRY(
      separations, separations_of(bench.detector, comparator, bench.self_test, bench.fixtures_dir)
  );
  Tried tried{separations.front(), {}};
  then(tried.verdict, [&] { return check_golden(*comparator.networks().front()); });
  then(tried.verdict, [&] { return wide_enough(card, tried.separation, bench.self_test.margin); });
  return tried;
}

Result<Tried> try_wiring(
    const NetworkCard& card, const PadMember& member, const TrialBench& bench
) {
  if (card.role == "pad") return try_pad(card, member, bench);
  if (card.role == "recogniser") return try_recogniser(card, bench);
  return fail(Errc::engine_failed, card.name + ": only pad networks and recognisers can be added");
}

}  // namespace

Result<CardTrial> try_card(
    const NetworkCard& card, const PadMember& member, const TrialBench& bench
) {
  SELFSAME_TRY(right, try_wiring(card, member, bench));
  SELFSAME_CHECK(right.verdict);
  CardTrial trial{.network = card.name, .separation = right.separation, .wrong_wirings = {}};
  for (const Wiring& wiring : wrong_wirings(card)) {
    const auto wrong = try_wiring(wiring.card, member, bench);
    // What cannot even be run is refused too.
    if (wrong && wrong->separation.margin() > right.separation.margin() + kBetterByChance) {
      return fail(
          Errc::engine_failed,
          card.name + ": with " + wiring.name + " it separates better than as its card says (" +
              trimmed_number(wrong->separation.margin()) + " against " +
              trimmed_number(right.separation.margin()) + ")"
      );
    }
    if (wrong && wrong->verdict) {
      return fail(
          Errc::engine_failed,
          card.name + ": with " + wiring.name +
              " it passes as well, so its golden answers prove nothing"
      );
    }
    trial.wrong_wirings.push_back(wiring.name);
  }
  return trial;
}

}  // namespace selfsame::vision
