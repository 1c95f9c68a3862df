// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/reflect_packages.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <initializer_list>
#include <utility>

#include "base/base64.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

namespace json = boost::json;

constexpr std::string_view kDeviceFormat = "selfsame-device-1";
constexpr std::string_view kSequenceFormat = "selfsame-sequence-1";
constexpr std::string_view kLiveFormat = "selfsame-live-1";
constexpr std::size_t kDeviceBytesMax = std::size_t{64} << 10;
constexpr std::size_t kStillsMax = 64;
constexpr std::size_t kStillBytesMax = std::size_t{1} << 20;
constexpr std::size_t kVideoBytesMax = std::size_t{8} << 20;
constexpr std::size_t kListMax = 64;
constexpr std::int64_t kTimeMax_ms = 120'000;
constexpr int kFlashes = 8;
constexpr double kSecond_ms = 1000;

constexpr std::array<core::FaceAction, 6> kActions = {
    core::FaceAction::open_mouth,
    core::FaceAction::blink,
    core::FaceAction::nod,
    core::FaceAction::shake,
    core::FaceAction::turn_left,
    core::FaceAction::turn_right
};

auto malformed(std::string detail) {
  return fail(Errc::malformed_request, std::move(detail));
}

std::int64_t ms_of(double time_s) {
  return std::llround(time_s * kSecond_ms);
}

double rounded(double time_s) {
  return static_cast<double>(ms_of(time_s)) / kSecond_ms;
}

/// More than any package of ours has; base64 holds none of these characters.
constexpr std::ptrdiff_t kValuesMax = 4096;

Result<json::value> parse(ByteView text) {
  const auto values =
      std::ranges::count_if(text, [](std::uint8_t c) { return c == ',' || c == '[' || c == '{'; });
  if (values > kValuesMax) return malformed("too many values");
  json::parse_options options;
  options.max_depth = 6;
  boost::system::error_code error;
  json::value value = json::parse(text_of(text), error, {}, options);
  if (error || !value.is_object()) return malformed("not a JSON object");
  return value;
}

/// An object with these members and no others; those after `required` may be absent.
Result<void> check_members(
    const json::object& object, std::initializer_list<std::string_view> known, std::size_t required
) {
  std::size_t at = 0;
  for (const std::string_view name : known) {
    if (at++ < required && !object.contains(name)) return malformed("a member is missing");
  }
  for (const auto& member : object) {
    if (std::ranges::find(known, std::string_view(member.key())) == known.end()) {
      return malformed("an unknown member");
    }
  }
  return {};
}

Result<std::int64_t> integer_in(
    const json::object& object, std::string_view name, std::int64_t least, std::int64_t most
) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return malformed("a number is missing");
  const std::int64_t number = value->get_int64();
  if (number < least || number > most) return malformed("a number is out of range");
  return number;
}

Result<double> time_in(const json::object& object, std::string_view name) {
  SELFSAME_TRY(time_ms, integer_in(object, name, 0, kTimeMax_ms));
  return static_cast<double>(time_ms) / kSecond_ms;
}

Result<std::string_view> text_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return malformed("a text is missing");
  const json::string& text = value->get_string();
  return std::string_view(text.data(), text.size());
}

Result<const json::array*> list_in(
    const json::object& object, std::string_view name, std::size_t most
) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return malformed("a list is missing");
  if (value->get_array().size() > most) return malformed("a list is too long");
  return &value->get_array();
}

Result<Bytes> base64_in(const json::object& object, std::string_view name, std::size_t most) {
  SELFSAME_TRY(text, text_in(object, name));
  if (text.size() / 4 * 3 > most) return malformed("a picture or video is too large");
  std::optional<Bytes> bytes = from_base64(text);
  if (!bytes) return malformed("not base64");
  return std::move(*bytes);
}

Result<core::ActionPrompt> read_prompt(const json::value& value) {
  if (!value.is_object()) return malformed("an action is no object");
  const json::object& object = value.get_object();
  SELFSAME_CHECK(check_members(object, {"action", "begin_ms", "end_ms"}, 3));
  SELFSAME_TRY(name, text_in(object, "action"));
  const auto* action = std::ranges::find_if(kActions, [name = name](core::FaceAction each) {
    return core::name_of(each) == name;
  });
  if (action == kActions.end()) return malformed("an unknown action");
  SELFSAME_TRY(begin_s, time_in(object, "begin_ms"));
  SELFSAME_TRY(end_s, time_in(object, "end_ms"));
  return core::ActionPrompt{
      .action = *action, .window = core::TimeWindow{.begin_s = begin_s, .end_s = end_s}
  };
}

Result<core::Flash> read_flash(const json::value& value) {
  constexpr std::int64_t kByte = 255;
  if (!value.is_object()) return malformed("a flash is no object");
  const json::object& object = value.get_object();
  SELFSAME_CHECK(check_members(object, {"red", "green", "blue", "duration_ms"}, 4));
  SELFSAME_TRY(red, integer_in(object, "red", 0, kByte));
  SELFSAME_TRY(green, integer_in(object, "green", 0, kByte));
  SELFSAME_TRY(blue, integer_in(object, "blue", 0, kByte));
  SELFSAME_TRY(duration_ms, integer_in(object, "duration_ms", 1, kTimeMax_ms));
  return core::Flash{
      .red = static_cast<std::uint8_t>(red),
      .green = static_cast<std::uint8_t>(green),
      .blue = static_cast<std::uint8_t>(blue),
      .duration_ms = static_cast<int>(duration_ms)
  };
}

json::object unsigned_document(const ReflectSequence& sequence) {
  json::array actions;
  for (const core::ActionPrompt& prompt : sequence.challenge.actions) {
    const core::TimeWindow window = prompt.window.value_or(core::TimeWindow{});
    actions.push_back(json::object{
        {"action", core::name_of(prompt.action)},
        {"begin_ms", ms_of(window.begin_s)},
        {"end_ms", ms_of(window.end_s)}
    });
  }
  json::array flashes;
  for (const core::Flash& flash : sequence.challenge.flashes) {
    flashes.push_back(json::object{
        {"red", flash.red},
        {"green", flash.green},
        {"blue", flash.blue},
        {"duration_ms", flash.duration_ms}
    });
  }
  return json::object{
      {"format", kSequenceFormat},
      {"id", sequence.id},
      {"expires_at", sequence.expires_at_s},
      {"duration_ms", ms_of(sequence.challenge.duration_s)},
      {"mirrored", sequence.challenge.mirrored},
      {"actions", std::move(actions)},
      {"flashes", std::move(flashes)},
      {"flashes_begin_ms", ms_of(sequence.challenge.flashes_begin_s)}
  };
}

std::string signature_of(
    const ReflectSequence& sequence, std::string_view customer, const Secret& key
) {
  std::string text(customer);
  text.push_back('\0');
  text += json::serialize(unsigned_document(sequence));
  return to_hex(hmac_sha256(key.reveal(), bytes_of(text)));
}

Result<core::Challenge> read_challenge(const json::object& object) {
  core::Challenge challenge;
  SELFSAME_TRY(duration_s, time_in(object, "duration_ms"));
  SELFSAME_TRY(begin_s, time_in(object, "flashes_begin_ms"));
  SELFSAME_TRY(actions, list_in(object, "actions", kListMax));
  SELFSAME_TRY(flashes, list_in(object, "flashes", kListMax));
  const json::value* mirrored = object.if_contains("mirrored");
  if (mirrored == nullptr || !mirrored->is_bool()) return malformed("mirrored is missing");
  challenge.duration_s = duration_s;
  challenge.flashes_begin_s = begin_s;
  challenge.mirrored = mirrored->get_bool();
  for (const json::value& value : *actions) {
    SELFSAME_TRY(prompt, read_prompt(value));
    challenge.actions.push_back(prompt);
  }
  for (const json::value& value : *flashes) {
    SELFSAME_TRY(flash, read_flash(value));
    challenge.flashes.push_back(flash);
  }
  return challenge;
}

/// What is signed is what was understood: the document is written again from it.
Result<ReflectSequence> read_sequence(
    const json::value& value, std::string_view customer, const Secret& key
) {
  constexpr std::size_t kIdBytes = 36;
  if (!value.is_object()) return malformed("the sequence is no object");
  const json::object& object = value.get_object();
  SELFSAME_CHECK(check_members(
      object,
      {"format",
       "id",
       "expires_at",
       "duration_ms",
       "mirrored",
       "actions",
       "flashes",
       "flashes_begin_ms",
       "signature"},
      9
  ));
  SELFSAME_TRY(format, text_in(object, "format"));
  SELFSAME_TRY(id, text_in(object, "id"));
  if (format != kSequenceFormat || id.size() != kIdBytes) return malformed("another format");
  constexpr std::int64_t kLatest_s = 1LL << 40;
  SELFSAME_TRY(expires_at_s, integer_in(object, "expires_at", 0, kLatest_s));
  SELFSAME_TRY(challenge, read_challenge(object));
  SELFSAME_TRY(signature, text_in(object, "signature"));
  ReflectSequence sequence{
      .id = std::string(id), .expires_at_s = expires_at_s, .challenge = std::move(challenge)
  };
  const std::string expected = signature_of(sequence, customer, key);
  if (!equal_in_constant_time(bytes_of(expected), bytes_of(signature))) {
    return fail(Errc::unauthenticated, "the sequence is not ours, or another customer's");
  }
  return sequence;
}

Result<std::vector<vision::TimedStill>> read_stills(const json::array& list) {
  std::vector<vision::TimedStill> stills;
  double last_s = 0;
  for (const json::value& value : list) {
    if (!value.is_object()) return malformed("a still is no object");
    const json::object& object = value.get_object();
    SELFSAME_CHECK(check_members(object, {"time_ms", "image"}, 2));
    SELFSAME_TRY(time_s, time_in(object, "time_ms"));
    SELFSAME_TRY(image, base64_in(object, "image", kStillBytesMax));
    if (time_s < last_s) return malformed("the stills are not in order");
    last_s = time_s;
    stills.push_back({.encoded = std::move(image), .time_s = time_s});
  }
  return stills;
}

Result<std::vector<double>> read_times(const json::array& list, std::size_t flashes) {
  if (!list.empty() && list.size() != flashes) return malformed("not one time a flash");
  std::vector<double> times;
  for (const json::value& value : list) {
    const bool is_time =
        value.is_int64() && value.get_int64() >= 0 && value.get_int64() <= kTimeMax_ms;
    if (!is_time) return malformed("a time is out of range");
    const double time_s = static_cast<double>(value.get_int64()) / kSecond_ms;
    if (!times.empty() && time_s < times.back()) return malformed("the times are not in order");
    times.push_back(time_s);
  }
  return times;
}

}  // namespace

core::ChallengePlan plan_of_level(int security_level, const DeviceData& device) {
  core::ChallengePlan plan;
  plan.allowed = {core::FaceAction::blink};
  plan.actions = security_level == 2 || security_level == 4 ? 1 : 0;
  plan.flashes = security_level >= 3 ? kFlashes : 0;
  plan.mirrored = device.mirrored;
  return plan;
}

core::Challenge in_milliseconds(core::Challenge challenge) {
  for (core::ActionPrompt& prompt : challenge.actions) {
    if (!prompt.window) continue;
    prompt.window->begin_s = rounded(prompt.window->begin_s);
    prompt.window->end_s = rounded(prompt.window->end_s);
  }
  challenge.flashes_begin_s = rounded(challenge.flashes_begin_s);
  challenge.duration_s = rounded(challenge.duration_s);
  return challenge;
}

std::string write_sequence(
    const ReflectSequence& sequence, std::string_view customer, const Secret& key
) {
  json::object document = unsigned_document(sequence);
  document["signature"] = signature_of(sequence, customer, key);
  return json::serialize(document);
}

Result<DeviceData> read_device_data(ByteView text) {
  if (text.size() > kDeviceBytesMax) return malformed("too large");
  SELFSAME_TRY(value, parse(text));
  const json::object& object = value.get_object();
  SELFSAME_CHECK(check_members(object, {"format", "mirrored"}, 1));
  SELFSAME_TRY(format, text_in(object, "format"));
  if (format != kDeviceFormat) return malformed("another format");
  const json::value* mirrored = object.if_contains("mirrored");
  if (mirrored == nullptr) return DeviceData{};
  if (!mirrored->is_bool()) return malformed("mirrored is no Boolean");
  return DeviceData{.mirrored = mirrored->get_bool()};
}

Result<LiveData> read_live_data(ByteView text, std::string_view customer, const Secret& key) {
  SELFSAME_TRY(value, parse(text));
  const json::object& object = value.get_object();
  SELFSAME_CHECK(
      check_members(object, {"format", "sequence", "video", "stills", "flash_shown_at_ms"}, 2)
  );
  SELFSAME_TRY(format, text_in(object, "format"));
  if (format != kLiveFormat) return malformed("another format");
  LiveData live;
  SELFSAME_TRY(sequence, read_sequence(object.at("sequence"), customer, key));
  live.sequence = std::move(sequence);
  if (object.contains("video")) {
    SELFSAME_TRY(video, base64_in(object, "video", kVideoBytesMax));
    live.samples.video = std::move(video);
  }
  if (object.contains("stills")) {
    SELFSAME_TRY(list, list_in(object, "stills", kStillsMax));
    SELFSAME_TRY(stills, read_stills(*list));
    live.samples.stills = std::move(stills);
  }
  if (object.contains("flash_shown_at_ms")) {
    SELFSAME_TRY(list, list_in(object, "flash_shown_at_ms", kListMax));
    SELFSAME_TRY(times, read_times(*list, live.sequence.challenge.flashes.size()));
    live.samples.flash_shown_at_s = std::move(times);
  }
  if (live.samples.video.empty() && live.samples.stills.empty()) {
    return malformed("neither video nor stills");
  }
  return live;
}

}  // namespace selfsame::adapters::tencent
