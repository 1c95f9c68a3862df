// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/session_requests.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "adapters/native/json_reader.h"
#include "http/form.h"

namespace selfsame::adapters::native {
namespace {

constexpr std::size_t kStillsMax = 256;
constexpr std::size_t kFlashesMax = 64;
constexpr double kRecording_s_max = 600;
constexpr std::size_t kNameCharactersMax = 64;
constexpr std::size_t kBundleCharactersMax = 256;
constexpr std::size_t kLabelsMax = 8;
constexpr std::size_t kLabelCharactersMax = 256;
constexpr std::size_t kAgentCharactersMax = 512;
constexpr std::size_t kPairsMax = 16;
constexpr std::size_t kEditsMax = 64;
constexpr std::size_t kDeviceKeyBytesMin = 32;

bool is_letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::optional<std::size_t> size_in(std::string_view text) {
  std::size_t value = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || last != end) return std::nullopt;
  return value;
}

Result<void> read_app(JsonReader& reader, core::DeviceClient& app) {
  reader.text("sdk_version", app.sdk_version, kNameCharactersMax);
  reader.text("model", app.model, kNameCharactersMax);
  reader.text("bundle_id", app.bundle_id, kBundleCharactersMax);
  return reader.done();
}

Result<void> read_hints(JsonReader& reader, core::ClientHints& hints) {
  reader.texts("camera_labels", hints.camera_labels, kLabelsMax, kLabelCharactersMax);
  reader.text("user_agent", hints.user_agent, kAgentCharactersMax);
  reader.number("frame_rate_hz", hints.frame_rate_hz, 0, 1000);
  reader.integer("width_px", hints.width_px, 1, 16'384);
  reader.integer("height_px", hints.height_px, 1, 16'384);
  reader.boolean("mirrored", hints.mirrored);
  return reader.done();
}

}  // namespace

Result<core::DeviceFacts> parse_device_facts(std::string_view body) {
  core::DeviceFacts facts;
  if (body.empty()) return facts;
  SELFSAME_TRY(object, parse_object(body));
  JsonReader reader(object);
  reader.boolean("mirrored", facts.mirrored);
  reader.boolean("can_flash", facts.can_flash);
  reader.object("app", [&](JsonReader& app) { return read_app(app, facts.app); });
  SELFSAME_CHECK(reader.done());
  return facts;
}

Result<std::string> parse_claim(std::string_view body) {
  std::string key;
  if (body.empty()) return key;
  SELFSAME_TRY(object, parse_object(body));
  JsonReader reader(object);
  reader.text("key", key, kDeviceKeyBytesMax);
  const bool fits = key.empty() || (key.size() >= kDeviceKeyBytesMin &&
                                    std::ranges::all_of(key, is_letter_or_digit));
  if (!fits) reader.refuse("key", "32 to 64 random letters and digits");
  SELFSAME_CHECK(reader.done());
  return key;
}

Result<flows::EvidenceChunk> parse_chunk(std::string_view query) {
  const auto pairs = http::parse_form(query, {.pairs_max = kPairsMax});
  if (!pairs) return fail(Errc::malformed_request, "The query is malformed.");
  flows::EvidenceChunk chunk;
  std::string offset;
  std::string total;
  const std::pair<std::string_view, std::string*> wanted[] = {
      {"challenge_id", &chunk.challenge_id},
      {"part", &chunk.part},
      {"offset", &offset},
      {"total", &total},
      {"sha256", &chunk.sha256},
  };
  for (const auto& [name, value] : *pairs) {
    const auto* it = std::ranges::find(wanted, name, [](const auto& pair) { return pair.first; });
    if (it == std::end(wanted)) {
      return fail(
          Errc::unknown_parameter,
          "The query has `challenge_id`, `part`, `offset`, `total` and `sha256`."
      );
    }
    if (!it->second->empty()) {
      return fail(Errc::malformed_request, "A parameter comes twice in the query.");
    }
    *it->second = value;
  }
  for (const auto& [name, value] : wanted) {
    if (value->empty()) {
      return fail(Errc::missing_parameter, "`" + std::string(name) + "` is missing in the query.");
    }
  }
  const auto offset_bytes = size_in(offset);
  const auto total_bytes = size_in(total);
  if (!offset_bytes || !total_bytes) {
    return fail(Errc::invalid_parameter, "`offset` and `total` are whole numbers of bytes.");
  }
  chunk.offset = *offset_bytes;
  chunk.total_bytes = *total_bytes;
  return chunk;
}

Result<flows::EvidenceManifest> parse_manifest(std::string_view body) {
  SELFSAME_TRY(object, parse_object(body));
  flows::EvidenceManifest manifest;
  JsonReader reader(object);
  reader.require({"challenge_id", "signature"});
  reader.text("challenge_id", manifest.challenge_id, kNameCharactersMax);
  reader.text("signature", manifest.signature, kNameCharactersMax);
  reader.objects("stills", kStillsMax, [&](JsonReader& still) -> Result<void> {
    core::SealedStill time;
    still.require({"part", "time_s"});
    still.text("part", time.part, kNameCharactersMax);
    still.number("time_s", time.time_s, 0, kRecording_s_max);
    manifest.stills.push_back(std::move(time));
    return still.done();
  });
  reader.numbers("flash_shown_at_s", manifest.flash_shown_at_s, kFlashesMax, 0, kRecording_s_max);
  reader.object("hints", [&](JsonReader& hints) { return read_hints(hints, manifest.hints); });
  SELFSAME_CHECK(reader.done());
  return manifest;
}

Result<std::string> parse_document_side(std::string_view query) {
  const auto pairs = http::parse_form(query, {.pairs_max = 1});
  const bool is_side =
      pairs && pairs->size() == 1 && pairs->front().first == "side" &&
      (pairs->front().second == core::kFrontSide || pairs->front().second == core::kBackSide);
  if (is_side) return pairs->front().second;
  return fail(Errc::invalid_parameter, "The query is `side=front` or `side=back`.");
}

Result<std::vector<flows::DocumentEdit>> parse_document_edits(std::string_view body) {
  std::vector<flows::DocumentEdit> edits;
  if (body.empty()) return edits;
  SELFSAME_TRY(object, parse_object(body, {.items_max = kEditsMax}));
  JsonReader reader(object);
  reader.object("fields", [&](JsonReader&) -> Result<void> {
    for (const auto& member : object.at("fields").as_object()) {
      if (!member.value().is_string()) {
        return fail(Errc::invalid_parameter, "Every member of `fields` is a text.");
      }
      flows::DocumentEdit& edit = edits.emplace_back();
      edit.field = member.key();
      edit.given = member.value().get_string();
    }
    return {};
  });
  SELFSAME_CHECK(reader.done());
  return edits;
}

Result<core::EndReason> parse_end(std::string_view body) {
  SELFSAME_TRY(object, parse_object(body));
  JsonReader reader(object);
  std::string name;
  reader.require({"reason"});
  reader.text("reason", name, kNameCharactersMax);
  SELFSAME_CHECK(reader.done());
  const auto reason = core::end_reason_from(name);
  if (!reason) return fail(Errc::invalid_parameter, "`reason` is none of the known ones.");
  return *reason;
}

}  // namespace selfsame::adapters::native
