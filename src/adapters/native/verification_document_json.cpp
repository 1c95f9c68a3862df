// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/verification_document_json.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <string_view>

#include "adapters/native/document_json.h"
#include "adapters/native/verification_json.h"

namespace selfsame::adapters::native {
namespace {

namespace json = boost::json;

template <class Value>
json::value name_or_null(const std::optional<Value>& value) {
  return value ? json::value(core::name_of(*value)) : json::value(nullptr);
}

json::array names_json(const std::vector<core::DocumentWarning>& warnings) {
  json::array names;
  for (const core::DocumentWarning warning : warnings) names.emplace_back(core::name_of(warning));
  return names;
}

/// Of both sides, each once.
json::array warnings_json(const core::DocumentProgress& progress) {
  std::vector<core::DocumentWarning> all;
  for (const auto* const seen : {&progress.front, &progress.back, &progress.latest}) {
    if (!*seen) continue;
    for (const core::DocumentWarning warning : (*seen)->warnings) {
      if (std::ranges::find(all, warning) == all.end()) all.push_back(warning);
    }
  }
  return names_json(all);
}

json::array edits_json(const std::vector<flows::DocumentEdit>& edits) {
  json::array array;
  for (const flows::DocumentEdit& edit : edits) {
    array.push_back(json::object{{"field", edit.field}, {"read", edit.read}, {"given", edit.given}}
    );
  }
  return array;
}

json::object images_json(const std::string& id, const flows::DocumentCase& document) {
  const std::string base = "/v1/verifications/" + id + "/document/";
  json::object images;
  for (const flows::DocumentSide& side : document.sides) {
    images[side.side] = base + side.side;
    images[side.side + "_cut"] = base + side.side + "-cut";
  }
  if (!document.portrait_jpeg.empty()) images["portrait"] = base + "portrait";
  return images;
}

json::array sides_json(const core::DocumentProgress& progress) {
  json::array sides;
  if (progress.front) sides.emplace_back(core::kFrontSide);
  if (progress.back) sides.emplace_back(core::kBackSide);
  return sides;
}

/// What comes after this answer, as a word.
std::string_view next_of(const flows::DeviceView& view) {
  if (core::is_final(view.state)) return "result";
  if (view.document_need != core::DocumentNeed::nothing) return core::name_of(view.document_need);
  return "challenge";
}

}  // namespace

json::object document_terms_json(const core::DocumentTerms& terms) {
  return {
      {"types", json::array(terms.types.begin(), terms.types.end())},
      {"sides", terms.both_sides ? "both" : "front"},
      {"may_edit", terms.may_edit},
      {"stop_on", names_json(terms.stopping)},
      {"compare_portrait", terms.compares_portrait},
      {"refuse_expired", terms.refuses_expired},
      {"ask_register", terms.asks_register},
      {"tries_max", terms.tries_max}
  };
}

json::value verification_document_json(
    const flows::VerificationView& view, const flows::DocumentCase* document
) {
  if (!view.terms.document) return nullptr;
  const core::DocumentProgress& progress = view.progress.document;
  const auto& front = progress.front;
  json::object object{
      {"type", front ? json::value(front->type) : json::value(nullptr)},
      {"next", core::name_of(core::need_of(view.terms.document, progress))},
      {"sides", sides_json(progress)},
      {"tries", progress.tries},
      {"fault", name_or_null(progress.fault)},
      {"warnings", warnings_json(progress)},
      {"expired", front ? json::value(front->is_expired) : json::value(nullptr)},
      {"register", front ? name_or_null(front->register_finding) : json::value(nullptr)},
      {"fields", json::object()},
      {"findings", json::array()},
      {"edits", json::array()},
      {"images", json::object()}
  };
  if (document == nullptr) return object;
  const core::DocumentFields fields = document->fields();
  object["fields"] = document_fields_json(fields);
  object["findings"] = document_findings_json(fields);
  object["edits"] = edits_json(document->edits);
  object["images"] = images_json(view.id, *document);
  return object;
}

json::value session_document_json(const flows::DeviceView& view) {
  if (!view.wants_document) return nullptr;
  return json::object{
      {"next", core::name_of(view.document_need)},
      {"fault", name_or_null(view.document_fault)},
      {"pictures_left", view.pictures_left}
  };
}

json::object document_answer_json(const flows::DocumentForDevice& answer) {
  const core::DocumentSighting& seen = answer.seen;
  const auto& fault = answer.session.document_fault;
  return {
      {"taken", !fault.has_value()},
      {"fault", name_or_null(fault)},
      {"next", next_of(answer.session)},
      {"type", seen.type.empty() ? json::value(nullptr) : json::value(seen.type)},
      {"side", seen.side.empty() ? json::value(nullptr) : json::value(seen.side)},
      {"fields", document_fields_json(answer.fields)},
      {"warnings", names_json(seen.warnings)},
      {"expired", seen.is_expired},
      {"portrait", {{"found", seen.has_portrait}, {"defect", name_or_null(seen.portrait_defect)}}},
      {"session", device_json(answer.session)}
  };
}

std::string picture_type(ByteView picture) {
  const std::string_view bytes = text_of(picture);
  if (bytes.starts_with("\xFF\xD8")) return "image/jpeg";
  if (bytes.starts_with("\x89PNG")) return "image/png";
  if (bytes.starts_with("RIFF")) return "image/webp";
  if (bytes.size() > 8 && bytes.substr(4, 4) == "ftyp") return "image/heic";
  return "application/octet-stream";
}

}  // namespace selfsame::adapters::native
