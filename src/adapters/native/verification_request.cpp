// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/verification_request.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/native/json_reader.h"
#include "adapters/native/session_page.h"
#include "base/base64.h"
#include "http/multipart.h"

namespace selfsame::adapters::native {
namespace {

using core::FaceAction;
using core::LivenessMode;

constexpr std::array kModes = {
    LivenessMode::silent, LivenessMode::action, LivenessMode::reflection, LivenessMode::lip
};
constexpr std::array kActions = {
    FaceAction::open_mouth,
    FaceAction::blink,
    FaceAction::nod,
    FaceAction::shake,
    FaceAction::turn_left,
    FaceAction::turn_right
};
constexpr const char* kImage = "reference_image";
constexpr std::size_t kNamesMax = 8;
constexpr std::size_t kNameCharactersMax = 32;
constexpr std::size_t kTypesMax = 32;
constexpr std::size_t kTypeCharactersMax = 64;
constexpr int kDay_s = 86'400;

template <class Value, std::size_t kCount>
std::optional<Value> value_named(const std::array<Value, kCount>& values, std::string_view name) {
  const auto it =
      std::ranges::find(values, name, [](Value v) { return std::string_view(name_of(v)); });
  return it == values.end() ? std::nullopt : std::optional(*it);
}

/// The names of an array, each once.
template <class Value, std::size_t kCount>
void read_names(
    JsonReader& reader,
    std::string_view member,
    const std::array<Value, kCount>& values,
    std::vector<Value>& into
) {
  std::vector<std::string> names;
  if (!reader.has(member)) return;
  reader.texts(member, names, kNamesMax, kNameCharactersMax);
  into.clear();
  for (const std::string& name : names) {
    const auto value = value_named(values, name);
    if (!value || std::ranges::find(into, *value) != into.end()) {
      return reader.refuse(member, "an array of known names, each once");
    }
    into.push_back(*value);
  }
}

/// The count of a mode: what is usual when the mode is on, 0 when it is off and then not to be
/// given.
void read_count(
    JsonReader& reader,
    std::string_view member,
    bool is_on,
    int usual,
    std::pair<int, int> range,
    int& into
) {
  if (reader.has(member) && !is_on)
    return reader.refuse(member, "for a mode that is not asked for");
  into = is_on ? usual : 0;
  reader.integer(member, into, range.first, range.second);
}

void read_seconds(
    JsonReader& reader, std::string_view member, std::chrono::milliseconds& into, int most_s
) {
  std::optional<int> seconds;
  reader.integer(member, seconds, 1, most_s);
  if (seconds) into = std::chrono::seconds(*seconds);
}

Result<void> read_document(JsonReader& reader, bool compares, core::DocumentTerms& terms) {
  constexpr std::array<std::string_view, 2> kSides = {"front", "both"};
  std::string sides{kSides.front()};
  std::vector<std::string> stop_on;
  terms.compares_portrait = compares;
  reader.texts("types", terms.types, kTypesMax, kTypeCharactersMax);
  reader.text("sides", sides, kTypeCharactersMax);
  if (std::ranges::find(kSides, sides) == kSides.end()) reader.refuse("sides", "front or both");
  terms.both_sides = sides == kSides.back();
  reader.boolean("may_edit", terms.may_edit);
  reader.boolean("compare_portrait", terms.compares_portrait);
  reader.boolean("refuse_expired", terms.refuses_expired);
  reader.boolean("ask_register", terms.asks_register);
  reader.integer("tries_max", terms.tries_max, 1, 20);
  reader.texts("stop_on", stop_on, kNamesMax, kNameCharactersMax);
  for (const std::string& name : stop_on) {
    const auto warning = core::document_warning_from(name);
    const bool is_new =
        warning && std::ranges::find(terms.stopping, *warning) == terms.stopping.end();
    if (is_new) {
      terms.stopping.push_back(*warning);
    } else {
      reader.refuse("stop_on", "an array of known names, each once");
    }
  }
  if (terms.compares_portrait && !compares) {
    reader.refuse("compare_portrait", "for a session that compares");
  }
  return reader.done();
}

void read_terms(JsonReader& reader, core::VerificationTerms& terms) {
  std::vector<LivenessMode> modes;
  read_names(reader, "modes", kModes, modes);
  const auto is_on = [&](LivenessMode mode) {
    return std::ranges::find(modes, mode) != modes.end();
  };
  const bool reflects = is_on(LivenessMode::reflection);
  reader.boolean("liveness", terms.judges_liveness);
  terms.compares = terms.judges_liveness;
  reader.boolean("compare", terms.compares);
  if (terms.compares && !terms.judges_liveness) {
    reader.refuse("compare", "false without liveness");
  }
  if (reader.has("document")) {
    terms.document.emplace();
    reader.object("document", [&](JsonReader& document) {
      return read_document(document, terms.compares, *terms.document);
    });
  } else if (!terms.judges_liveness) {
    reader.refuse("liveness", "true, or a document is asked for");
  }
  read_count(reader, "actions", is_on(LivenessMode::action), 2, {1, 3}, terms.actions);
  read_count(reader, "flashes", reflects, 8, {8, 16}, terms.flashes);
  read_count(reader, "digits", is_on(LivenessMode::lip), 4, {4, 6}, terms.digits);
  read_count(reader, "fallback_actions", reflects, 0, {1, 3}, terms.fallback_actions);
  read_names(reader, "allowed_actions", kActions, terms.allowed_actions);
  if (terms.allowed_actions.empty()) reader.refuse("allowed_actions", "not empty");
  reader.integer("attempts_max", terms.attempts_max, 1, 10);
  read_seconds(reader, "start_within_s", terms.start_within, kDay_s);
  read_seconds(reader, "answer_within_s", terms.answer_within, kDay_s);
  read_seconds(reader, "end_within_s", terms.end_within, kDay_s);
  reader.object("page", [&](JsonReader& page) { return read_page(page, terms.page); });
}

Result<VerificationRequest> read_request(std::string_view text) {
  SELFSAME_TRY(object, parse_object(text, {.string_bytes_max = text.size()}));
  VerificationRequest request;
  JsonReader reader(object);
  read_terms(reader, request.terms);
  reader.text("metadata", request.metadata, kMetadataCharactersMax);
  std::string image;
  reader.text(kImage, image, text.size());
  SELFSAME_CHECK(reader.done());
  auto bytes = from_base64(image);
  if (!bytes) {
    return fail(Errc::invalid_parameter, "`reference_image` is base64, without line breaks.");
  }
  request.reference_image = std::move(*bytes);
  return request;
}

Result<VerificationRequest> read_parts(std::string_view content_type, std::string_view body) {
  const auto parts = http::parse_multipart(content_type, body);
  if (!parts) {
    return fail(
        Errc::malformed_request,
        "Send JSON, or multipart/form-data with the file `reference_image` and the JSON `request`."
    );
  }
  std::optional<std::string_view> image;
  std::optional<std::string_view> text;
  for (const http::Part& part : *parts) {
    if (part.name != kImage && part.name != "request") {
      return fail(Errc::unknown_parameter, "Only `reference_image` and `request` are known here.");
    }
    auto& slot = part.name == kImage ? image : text;
    if (slot) return fail(Errc::invalid_parameter, "A part was sent twice.");
    slot = part.content;
  }
  SELFSAME_TRY(request, read_request(text.value_or("{}")));
  if (image && !request.reference_image.empty()) {
    return fail(Errc::invalid_parameter, "`reference_image` was sent twice.");
  }
  if (image) request.reference_image.assign(image->begin(), image->end());
  return std::move(request);
}

bool is_json(std::string_view content_type) {
  return content_type.substr(0, content_type.find(';')) == "application/json";
}

}  // namespace

Result<VerificationRequest> parse_verification_request(
    std::string_view content_type, std::string_view body, std::size_t image_bytes_max
) {
  SELFSAME_TRY(
      request, is_json(content_type) ? read_request(body) : read_parts(content_type, body)
  );
  if (request.reference_image.size() > image_bytes_max) {
    return fail(Errc::image_too_large, "The photo is too large.");
  }
  const bool has_image = !request.reference_image.empty();
  const auto& document = request.terms.document;
  const bool wants_image = request.terms.compares && !(document && document->compares_portrait);
  if (wants_image && !has_image) {
    return fail(
        Errc::missing_parameter,
        "`reference_image` is missing; with `\"compare\": false` only liveness is judged."
    );
  }
  if (!wants_image && has_image) {
    return fail(
        Errc::invalid_parameter,
        "`reference_image` is for a comparison with a photo that is not on the document."
    );
  }
  return std::move(request);
}

}  // namespace selfsame::adapters::native
