// SPDX-License-Identifier: Apache-2.0
#include "vision/face_actions.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "vision/face_quality.h"

namespace selfsame::vision {
namespace {

using core::ActionEvent;
using core::FaceAction;
using core::FramingFault;

// Framing. Shares of the picture's short side, or of its width.
constexpr double kLeastFullFaces = 0.5;
constexpr double kMostOutside = 0.05;  // of the face's own width or height
constexpr double kMostFaceShare = 0.75;
constexpr double kLeastFaceShare = 0.15;
constexpr double kLeastCentre = 0.25;

// The person's own resting face.
constexpr double kBaseline_s = 0.5;
constexpr double kEyesAround_s = 2;

// Blink, by the eyes' height as a share of the person's own. This mesh shows shut eyes as .65 to
// .80 and open ones as .88 and more.
constexpr double kEyesShut = 0.83;
constexpr double kEyesOpen = 0.9;
constexpr double kLongestBlink_s = 0.8;
constexpr double kBlinkYaw_deg = 25;
constexpr double kBlinkPitch_deg = 20;

// Mouth. Talking reaches .52, but is above .35 for less than .1 s at a time; who opens it reaches
// .75, or keeps it open.
struct Opening {
  double gap;         // over the width
  double above_shut;  // and this much above the person's own rest
  double held_s;      // all the time
};
constexpr Opening kWideOpening = {.gap = 0.55, .above_shut = 0, .held_s = 0};
constexpr Opening kHeldOpening = {.gap = 0.35, .above_shut = 0.1, .held_s = 0.3};
constexpr Opening kHalfOpening = {.gap = 0.3, .above_shut = 0.06, .held_s = 0.3};
constexpr double kMouthShut = 0.2;
constexpr double kSmile = 0.32;  // of the person's own: a smile parts the lips
constexpr double kAboveSmile = 0.04;
constexpr double kMouthOpens_s = 1.5;  // from shut to open, at most

// Turn, from the baseline.
constexpr double kTurnBegins_deg = 8;
constexpr double kTurnedBack_deg = 12;

// Shake and nod: a row of quick swings.
struct Extent {
  double swing_deg;        // of a nod, or of any swing
  double shake_swing_deg;  // from one side to the other
  double turned_deg;
};
constexpr Extent kClear = {.swing_deg = 9, .shake_swing_deg = 20, .turned_deg = 20};
constexpr Extent kHalfDone = {.swing_deg = 6, .shake_swing_deg = 14, .turned_deg = 14};
constexpr std::ptrdiff_t kShakeSwings = 2;  // from one side to the other
constexpr double kSide_deg = 6;
constexpr std::size_t kNodSwings = 2;
constexpr double kNodYaw_deg = 15;
constexpr double kLongestSwing_s = 0.9;
constexpr double kLongestHold_s = 0.4;
constexpr double kMostGrowth = 1.35;  // of the face's size within the row
constexpr double kEdge = 0.2;         // of a swing, that counts as its rest
constexpr double kSway_deg_s = 15;    // a head at rest; who nods or shakes is at 40 and more

// Anything beyond the noise of a still face.
constexpr double kMoved_deg = 6;
constexpr double kMovedMouth = 0.2;

struct Signal {
  std::vector<double> time_s;
  std::vector<double> value;
  [[nodiscard]] std::size_t size() const { return value.size(); }
};

double median_of(std::vector<double> values) {
  if (values.empty()) return std::nan("");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

template <class Value>
Signal signal_of(const std::vector<TrackedFrame>& faces, const Value& value) {
  Signal signal;
  for (const auto& face : faces) {
    signal.time_s.push_back(face.time_s);
    signal.value.push_back(value(face));
  }
  return signal;
}

// Median of three neighbours: 100 ms at 15 frames a second. A jump of one frame goes.
Signal smoothed(const Signal& signal) {
  Signal smooth = signal;
  for (std::size_t i = 1; i + 1 < signal.size(); ++i) {
    const double a = signal.value[i - 1], b = signal.value[i], c = signal.value[i + 1];
    smooth.value[i] = std::max(std::min(a, b), std::min(std::max(a, b), c));
  }
  return smooth;
}

// The signal's differences to the median of its beginning.
Signal from_baseline(Signal signal) {
  std::vector<double> first;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    if (signal.time_s[i] - signal.time_s[0] <= kBaseline_s) first.push_back(signal.value[i]);
  }
  const double baseline = median_of(std::move(first));
  for (double& value : signal.value) value -= baseline;
  return signal;
}

double range_of(const Signal& signal, std::size_t first, std::size_t last) {
  const auto begin = signal.value.begin();
  const auto [low, high] = std::minmax_element(
      begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last) + 1
  );
  return *high - *low;
}

// --- Blink ---------------------------------------------------------------------------------------

// Each sample over the median of what lies around it: eyes look narrower when the head is lowered
// or goes away.
std::vector<double> shares_of_own_median(const Signal& eyes) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < eyes.size(); ++i) {
    std::vector<double> around;
    for (std::size_t j = 0; j < eyes.size(); ++j) {
      if (std::abs(eyes.time_s[j] - eyes.time_s[i]) <= kEyesAround_s) {
        around.push_back(eyes.value[j]);
      }
    }
    shares.push_back(eyes.value[i] / median_of(std::move(around)));
  }
  return shares;
}

std::vector<ActionEvent> blinks_of(const Signal& eyes, const Signal& yaw, const Signal& pitch) {
  const std::vector<double> share = shares_of_own_median(eyes);
  const auto is_frontal = [&](std::size_t i) {
    return std::abs(yaw.value[i]) <= kBlinkYaw_deg && std::abs(pitch.value[i]) <= kBlinkPitch_deg;
  };
  std::vector<ActionEvent> events;
  std::size_t open = eyes.size();  // the last sample with open eyes; none yet
  for (std::size_t i = 0; i < eyes.size(); ++i) {
    if (share[i] >= kEyesOpen) open = i;
    if (!(share[i] < kEyesShut) || open == eyes.size()) continue;
    std::size_t narrowest = i;
    bool frontal = true;
    for (; i < eyes.size() && !(share[i] >= kEyesOpen); ++i) {
      if (share[i] < share[narrowest]) narrowest = i;
      frontal = frontal && is_frontal(i);
    }
    if (i == eyes.size()) break;  // they never opened again
    if (frontal && eyes.time_s[i] - eyes.time_s[open] <= kLongestBlink_s) {
      events.push_back(
          {FaceAction::blink, eyes.time_s[open], eyes.time_s[narrowest], eyes.time_s[i]}
      );
    }
    open = i;
  }
  return events;
}

// --- Mouth and turn: a signal that leaves its rest, stays out, and comes back --------------------

struct Excursion {
  std::size_t begin = 0, peak = 0, end = 0;
};

struct Bounds {
  double rest = 0;  // at or below: at rest
  double out = 0;   // above for two samples and more: out
  double back = 0;  // below: over
};

std::vector<Excursion> excursions_of(const Signal& signal, const Bounds& bounds) {
  std::vector<Excursion> found;
  std::size_t rest = signal.size();  // the last sample at rest; none yet
  for (std::size_t i = 0; i + 1 < signal.size(); ++i) {
    if (signal.value[i] <= bounds.rest) rest = i;
    const bool is_out = signal.value[i] > bounds.out && signal.value[i + 1] > bounds.out;
    if (!is_out || rest == signal.size()) continue;
    Excursion excursion{.begin = rest, .peak = i, .end = i};
    for (; i + 1 < signal.size() && !(signal.value[i] < bounds.back); ++i) {
      if (signal.value[i] > signal.value[excursion.peak]) excursion.peak = i;
    }
    excursion.end = i;
    found.push_back(excursion);
    rest = signal.value[i] <= bounds.rest ? i : signal.size();
  }
  return found;
}

ActionEvent event_of(FaceAction action, const Excursion& excursion, const Signal& signal) {
  return {
      action,
      signal.time_s[excursion.begin],
      signal.time_s[excursion.peak],
      signal.time_s[excursion.end]
  };
}

// The longest time without a break above a level.
double longest_above(const Signal& signal, const Excursion& excursion, double level) {
  double longest_s = 0;
  for (std::size_t i = excursion.begin; i <= excursion.end; ++i) {
    const double from_s = signal.time_s[i];
    for (; i <= excursion.end && signal.value[i] > level; ++i) {
      longest_s = std::max(longest_s, signal.time_s[i] - from_s);
    }
  }
  return longest_s;
}

std::vector<ActionEvent> openings_of(const Signal& mouth, const Opening& opening) {
  const double own = std::min(kSmile, median_of(mouth.value)) + kAboveSmile;
  const double shut = std::max(kMouthShut, own);
  std::vector<ActionEvent> events;
  const double gap = std::max(opening.gap, shut + opening.above_shut);
  for (const auto& excursion : excursions_of(mouth, {.rest = shut, .out = gap, .back = shut})) {
    const auto event = event_of(FaceAction::open_mouth, excursion, mouth);
    const bool is_quick = event.peak_s - event.begin_s <= kMouthOpens_s;
    if (is_quick && longest_above(mouth, excursion, gap) >= opening.held_s) events.push_back(event);
  }
  return events;
}

std::vector<ActionEvent> turns_of(
    const Signal& yaw, FaceAction action, double sign, double turned_deg
) {
  const Bounds bounds = {.rest = kTurnBegins_deg, .out = turned_deg, .back = kTurnedBack_deg};
  Signal outwards = yaw;
  for (double& value : outwards.value) value *= sign;
  std::vector<ActionEvent> events;
  for (const auto& excursion : excursions_of(outwards, bounds)) {
    events.push_back(event_of(action, excursion, yaw));
  }
  return events;
}

// --- Shake and nod: rows of quick swings
// -----------------------------------------------------------

struct Swing {
  std::size_t begin = 0, end = 0;  // where it leaves its rest, and where it reaches the other
  double size = 0;
};

// Where the signal turns by `least_deg` and more, with both ends.
std::vector<std::size_t> turning_points(const Signal& signal, double least_deg) {
  std::vector<std::size_t> points;
  std::size_t low = 0, high = 0;
  int direction = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    if (signal.value[i] < signal.value[low]) low = i;
    if (signal.value[i] > signal.value[high]) high = i;
    const bool falls =
        direction >= 0 && signal.value[high] - signal.value[i] >= least_deg && high < i;
    const bool rises =
        direction <= 0 && signal.value[i] - signal.value[low] >= least_deg && low < i;
    if (!falls && !rises) continue;
    points.push_back(falls ? high : low);
    direction = falls ? -1 : 1;
    low = high = i;
  }
  if (direction != 0) points.push_back(direction < 0 ? low : high);
  return points;
}

// Over the samples before and after.
double speed_at(const Signal& signal, std::size_t i) {
  const std::size_t before = i == 0 ? 0 : i - 1, after = std::min(i + 1, signal.size() - 1);
  return std::abs(signal.value[after] - signal.value[before]) /
         (signal.time_s[after] - signal.time_s[before]);
}

std::vector<Swing> swings_of(const Signal& signal, double least_deg) {
  std::vector<Swing> swings;
  const auto points = turning_points(signal, least_deg);
  for (std::size_t k = 0; k + 1 < points.size(); ++k) {
    Swing swing{.begin = points[k], .end = points[k + 1]};
    const double from = signal.value[swing.begin], to = signal.value[swing.end];
    swing.size = std::abs(to - from);
    const double rest = kEdge * swing.size;
    const auto rests = [&](std::size_t i, double at) {
      return std::abs(signal.value[i] - at) < rest || speed_at(signal, i) < kSway_deg_s;
    };
    while (swing.begin + 1 < swing.end && rests(swing.begin + 1, from)) ++swing.begin;
    while (swing.end > swing.begin + 1 && rests(swing.end - 1, to)) --swing.end;
    swings.push_back(swing);
  }
  return swings;
}

// Rows of swings that follow each other quickly.
std::vector<std::vector<Swing>> rows_of(const Signal& signal, double least_deg) {
  std::vector<std::vector<Swing>> rows;
  bool goes_on = false;
  for (const auto& swing : swings_of(signal, least_deg)) {
    const bool quick = signal.time_s[swing.end] - signal.time_s[swing.begin] <= kLongestSwing_s;
    if (goes_on && quick) {
      const auto& last = rows.back().back();
      goes_on = signal.time_s[swing.begin] - signal.time_s[last.end] <= kLongestHold_s;
    }
    if (quick && !goes_on) rows.emplace_back();
    if (quick) rows.back().push_back(swing);
    goes_on = quick;
  }
  return rows;
}

struct Signals {
  Signal yaw, pitch, eyes, mouth, size;
};

bool is_one_face(const std::vector<Swing>& row, const Signals& signals) {
  const auto begin = signals.size.value.begin();
  const auto [low, high] = std::minmax_element(
      begin + static_cast<std::ptrdiff_t>(row.front().begin),
      begin + static_cast<std::ptrdiff_t>(row.back().end) + 1
  );
  if (!(*high <= kMostGrowth * *low)) return false;
  for (std::size_t i = row.front().begin; i < row.back().end; ++i) {
    if (signals.yaw.time_s[i + 1] - signals.yaw.time_s[i] > kLongestHold_s) return false;
  }
  return true;
}

ActionEvent event_of(FaceAction action, const std::vector<Swing>& row, const Signal& signal) {
  const auto widest = std::ranges::max_element(row, {}, &Swing::size);
  return {
      action,
      signal.time_s[row.front().begin],
      signal.time_s[widest->end],
      signal.time_s[row.back().end]
  };
}

std::vector<ActionEvent> shakes_of(const Signals& signals, const Extent& extent) {
  std::vector<ActionEvent> events;
  for (const auto& row : rows_of(signals.yaw, extent.swing_deg)) {
    const auto across = std::ranges::count_if(row, [&](const Swing& swing) {
      const double from = signals.yaw.value[swing.begin], to = signals.yaw.value[swing.end];
      return swing.size >= extent.shake_swing_deg && std::min(from, to) <= -kSide_deg &&
             std::max(from, to) >= kSide_deg;
    });
    if (across >= kShakeSwings && is_one_face(row, signals)) {
      events.push_back(event_of(FaceAction::shake, row, signals.yaw));
    }
  }
  return events;
}

std::vector<ActionEvent> nods_of(const Signals& signals, const Extent& extent) {
  std::vector<ActionEvent> events;
  for (const auto& row : rows_of(signals.pitch, extent.swing_deg)) {
    const double yaw = range_of(signals.yaw, row.front().begin, row.back().end);
    if (row.size() >= kNodSwings && yaw < kNodYaw_deg && is_one_face(row, signals)) {
      events.push_back(event_of(FaceAction::nod, row, signals.pitch));
    }
  }
  return events;
}

Signals signals_of(const FaceTrack& track) {
  std::vector<TrackedFrame> faces;
  std::ranges::copy_if(track.frames, std::back_inserter(faces), &TrackedFrame::has_face);
  const auto size = [](const TrackedFrame& face) {
    return std::sqrt(static_cast<double>(face.box.width) * static_cast<double>(face.box.height));
  };
  const auto yaw = [](const TrackedFrame& face) { return face.pose.yaw_deg; };
  const auto pitch = [](const TrackedFrame& face) { return face.pose.pitch_deg; };
  return {
      .yaw = from_baseline(smoothed(signal_of(faces, yaw))),
      .pitch = from_baseline(smoothed(signal_of(faces, pitch))),
      .eyes = signal_of(faces, [](const TrackedFrame& face) { return face.eyes; }),
      .mouth = smoothed(signal_of(faces, [](const TrackedFrame& face) { return face.mouth; })),
      .size = smoothed(signal_of(faces, size)),
  };
}

bool overlaps(const ActionEvent& event, const std::vector<ActionEvent>& others) {
  return std::ranges::any_of(others, [&event](const ActionEvent& other) {
    return event.begin_s <= other.end_s && other.begin_s <= event.end_s;
  });
}

std::vector<ActionEvent> half(std::vector<ActionEvent> events) {
  for (auto& event : events) event.clear = false;
  return events;
}

std::vector<ActionEvent> apart_from(
    std::vector<ActionEvent> events, const std::vector<ActionEvent>& others
) {
  std::erase_if(events, [&others](const ActionEvent& event) { return overlaps(event, others); });
  return events;
}

void add(std::vector<ActionEvent>& events, const std::vector<ActionEvent>& more) {
  events.insert(events.end(), more.begin(), more.end());
}

// Of the mouth. A turned head's lips are not read well: there only wide ones count.
std::vector<ActionEvent> clear_openings_of(
    const Signal& mouth, const std::vector<ActionEvent>& movements
) {
  std::vector<ActionEvent> turns = movements;
  std::erase_if(turns, [](const ActionEvent& event) { return event.action == FaceAction::nod; });
  auto events = openings_of(mouth, kWideOpening);
  add(events, apart_from(apart_from(openings_of(mouth, kHeldOpening), turns), events));
  return events;
}

// Shakes, nods and turns of that extent and more. A turn within a shake is none.
std::vector<ActionEvent> head_movements(
    const Signals& signals, const Extent& extent, bool mirrored
) {
  const auto shakes = shakes_of(signals, extent);
  // Yaw grows to the left of the picture, which is the subject's right unless it is mirrored.
  const double right = mirrored ? -1 : 1;
  auto turns = turns_of(signals.yaw, FaceAction::turn_left, -right, extent.turned_deg);
  const auto others = turns_of(signals.yaw, FaceAction::turn_right, right, extent.turned_deg);
  turns.insert(turns.end(), others.begin(), others.end());
  std::erase_if(turns, [&shakes](const ActionEvent& turn) {
    return std::ranges::any_of(shakes, [&turn](const ActionEvent& shake) {
      return turn.peak_s >= shake.begin_s && turn.peak_s <= shake.end_s;
    });
  });
  auto movements = nods_of(signals, extent);
  movements.insert(movements.end(), shakes.begin(), shakes.end());
  movements.insert(movements.end(), turns.begin(), turns.end());
  return movements;
}

bool has_moved(const Signals& signals) {
  const std::size_t last = signals.yaw.size() - 1;
  return range_of(signals.yaw, 0, last) >= kMoved_deg ||
         range_of(signals.pitch, 0, last) >= kMoved_deg ||
         range_of(signals.mouth, 0, last) >= kMovedMouth;
}

// --- Framing
// -----------------------------------------------------------------------------------------

template <class Value>
double median_over(const std::vector<TrackedFrame>& frames, const Value& value) {
  std::vector<double> values;
  for (const auto& frame : frames) values.push_back(value(frame));
  return median_of(std::move(values));
}

std::optional<FramingFault> fault_of_light(double luma) {
  if (luma < kLeastMeanLuma) return FramingFault::too_dark;
  if (luma > kMostMeanLuma) return FramingFault::too_bright;
  return std::nullopt;
}

std::optional<FramingFault> fault_of_place(
    const std::vector<TrackedFrame>& faces, double width_px, double height_px
) {
  const double face_px = median_over(faces, [](const TrackedFrame& face) {
    return static_cast<double>(face.box.width);
  });
  const double share = face_px / std::min(width_px, height_px);
  if (share > kMostFaceShare) return FramingFault::too_close;
  const double centre = median_over(faces, [](const TrackedFrame& face) {
    return static_cast<double>(face.box.x) + static_cast<double>(face.box.width) / 2;
  });
  if (centre < kLeastCentre * width_px) return FramingFault::too_far_left;
  if (centre > (1 - kLeastCentre) * width_px) return FramingFault::too_far_right;
  if (share < kLeastFaceShare) return FramingFault::too_far;
  return std::nullopt;
}

bool is_full(const Box& box, const FaceTrack& track) {
  const double out_x = kMostOutside * static_cast<double>(box.width);
  const double out_y = kMostOutside * static_cast<double>(box.height);
  return static_cast<double>(box.x) >= -out_x && static_cast<double>(box.y) >= -out_y &&
         static_cast<double>(box.x + box.width) <= track.width_px + out_x &&
         static_cast<double>(box.y + box.height) <= track.height_px + out_y;
}

}  // namespace

std::optional<FramingFault> framing_fault_of(const FaceTrack& track) {
  if (track.frames.empty()) return std::nullopt;
  const double luma =
      median_over(track.frames, [](const TrackedFrame& frame) { return frame.mean_luma; });
  if (const auto fault = fault_of_light(luma)) return fault;
  std::vector<TrackedFrame> faces;
  std::ranges::copy_if(track.frames, std::back_inserter(faces), &TrackedFrame::has_face);
  if (!faces.empty()) {
    if (const auto fault = fault_of_place(faces, track.width_px, track.height_px)) return fault;
  }
  const auto full = std::ranges::count_if(faces, [&track](const TrackedFrame& face) {
    return is_full(face.box, track);
  });
  const double share = static_cast<double>(full) / static_cast<double>(track.frames.size());
  if (!(share >= kLeastFullFaces)) return FramingFault::incomplete;
  return std::nullopt;
}

core::ActionEvidence measure_actions(const FaceTrack& track, bool mirrored) {
  core::ActionEvidence evidence;
  const Signals signals = signals_of(track);
  if (signals.yaw.size() < 2) return evidence;
  const auto movements = head_movements(signals, kClear, mirrored);
  const auto openings = clear_openings_of(signals.mouth, movements);
  const auto half_open = apart_from(half(openings_of(signals.mouth, kHalfOpening)), openings);
  auto& events = evidence.events;
  events = movements;
  add(events, apart_from(half(head_movements(signals, kHalfDone, mirrored)), movements));
  std::erase_if(events, [&openings](const ActionEvent& event) {
    return event.action == FaceAction::nod && overlaps(event, openings);
  });
  add(events, openings);
  add(events, apart_from(half_open, movements));
  add(events, blinks_of(signals.eyes, signals.yaw, signals.pitch));
  std::ranges::sort(events, {}, &ActionEvent::begin_s);
  evidence.moved = !events.empty() || has_moved(signals);
  return evidence;
}

}  // namespace selfsame::vision
