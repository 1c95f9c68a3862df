// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/document_results.h"

#include <algorithm>
#include <utility>

#include "adapters/tencent/card_info.h"
#include "adapters/tencent/document_order.h"
#include "adapters/tencent/result_files.h"

namespace selfsame::adapters::tencent {
namespace {

std::vector<std::string> mrz_lines_of(const flows::DocumentCase& document) {
  const flows::DocumentSide* const front = document.find(core::kFrontSide);
  return front == nullptr ? std::vector<std::string>() : front->mrz_lines;
}

std::string type_of(const flows::DocumentCase& document) {
  return document.sides.empty() ? std::string() : document.sides.front().type;
}

/// CardInfo and NormalCardInfo, or null.
void card_fields(
    Fields& into, const flows::DocumentCase& document, const core::DocumentFields& fields
) {
  if (document.sides.empty()) {
    into.null("CardInfo");
    into.null("NormalCardInfo");
    return;
  }
  const std::string type = type_of(document);
  const std::vector<std::string> lines = mrz_lines_of(document);
  const CardRead read{.type = type, .fields = fields, .mrz_lines = lines};
  into.object("CardInfo", card_info(read));
  into.object("NormalCardInfo", normal_card_info(read));
}

/// The picture as it was sent and, where the order says so, the document alone.
void picture_fields(
    Fields& into,
    const flows::DocumentCase& document,
    std::string_view side,
    std::string_view name,
    bool wants_cut
) {
  const flows::DocumentSide* const found = document.find(side);
  into.base64(
      std::string(name) + "ImageBase64", found == nullptr ? ByteView() : ByteView(found->picture)
  );
  into.base64(
      std::string(name) + "CutImageBase64",
      found == nullptr || !wants_cut ? ByteView() : ByteView(found->cut_jpeg)
  );
}

bool is_there(const flows::VerificationView& view) {
  return core::need_of(view.terms.document, view.progress.document) ==
             core::DocumentNeed::nothing &&
         view.progress.document.front;
}

/// What was watched for, which is what was to stop.
std::vector<int> codes_of(
    const flows::VerificationView& view, const core::DocumentSighting& seen, WarningScope scope
) {
  return warning_codes(seen, scope, view.terms.document->stopping);
}

Fields edit_of(const flows::DocumentEdit& edit, std::string_view type) {
  Fields fields;
  fields.text("FieldName", normal_field_name(type, edit.field));
  fields.text("OriginalFieldValue", edit.read);
  fields.text("RevisedFieldValue", edit.given);
  return fields;
}

/// The last of the pictures that was taken as the front.
std::size_t last_front(const flows::VerificationView& view) {
  std::size_t last = 0;
  std::size_t number = 0;
  core::DocumentProgress progress;
  for (const core::VerificationTransition& transition : view.history) {
    const auto* const pictured = std::get_if<core::DocumentPictured>(&transition.event);
    if (pictured == nullptr) continue;
    ++number;
    progress = core::after_picture(*view.terms.document, std::move(progress), pictured->seen);
    if (!progress.fault && pictured->seen.asked_side == core::kFrontSide) last = number;
  }
  return last;
}

struct CardResult {
  const flows::VerificationView& view;
  const core::DocumentSighting& seen;
  bool is_taken = false;
  std::string request_id;
};

Fields card_result(
    const Services& services, const CardResult& result, const flows::DocumentCase& document
) {
  const flows::VerificationView& view = result.view;
  const flows::DocumentSide* const front = document.find(core::kFrontSide);
  Fields fields;
  fields.boolean("IsPass", result.is_taken);
  fields.boolean("IsEdit", !document.edits.empty());
  fields.null("CardVideo");
  if (front == nullptr) {
    fields.null("CardImage");
    fields.null("CardInfoOcrJson");
  } else {
    const auto url = [&](ResultFile file) { return result_file_url(services, view, file); };
    fields.object("CardImage", file_info(url(ResultFile::document_front), front->picture));
    fields.object(
        "CardInfoOcrJson", file_info(url(ResultFile::document_json), bytes_of(ocr_json(document)))
    );
  }
  fields.text("RequestId", result.request_id);
  card_fields(fields, document, document.fields());
  fields.integer_list(
      "WarnCardInfos", codes_of(view, result.seen, WarningScope::picture_and_values)
  );
  std::vector<Fields> edits;
  for (const flows::DocumentEdit& edit : document.edits) {
    edits.push_back(edit_of(edit, type_of(document)));
  }
  fields.object_list("EditDetails", edits);
  return fields;
}

}  // namespace

boost::asio::awaitable<Answer<flows::DocumentCase>> document_of(
    const Services* services, const Call* call, const flows::VerificationView* view
) {
  if (view->document_blob.empty()) co_return flows::DocumentCase();
  auto document = co_await services->verifications.document(call->caller, view->id, call->deadline);
  if (document) co_return std::move(*document);
  if (document.error().code == Errc::not_found) co_return flows::DocumentCase();
  co_return refuse(document.error());
}

void ocr_result_field(
    Fields& fields, const FoundSession& found, const flows::DocumentCase& document
) {
  const auto& latest = found.view.progress.document.latest;
  if (!latest) return fields.null("OCRResult");
  Fields result;
  result.boolean("IsPass", is_there(found.view));
  const auto* const cut = found.kept.config.if_contains("IdCardCutReturn");
  const bool wants_cut = cut != nullptr && cut->is_bool() && cut->get_bool();
  picture_fields(result, document, core::kFrontSide, "Card", wants_cut);
  picture_fields(result, document, core::kBackSide, "CardBack", wants_cut);
  result.base64("HeadImageBase64", document.portrait_jpeg);
  card_fields(result, document, document.fields());
  if (document.sides.empty() || found.view.terms.judges_liveness) {
    result.null("OriginalCardInfo");
  } else {
    result.text("OriginalCardInfo", ocr_json(document));
  }
  const auto& front = found.view.progress.document.front;
  result.integer_list(
      "WarnCardInfos", codes_of(found.view, front ? *front : *latest, WarningScope::picture)
  );
  result.text("RequestId", found.view.id);
  fields.object_list("OCRResult", std::span(&result, 1));
}

std::vector<Fields> card_verify_results(
    const Services& services, const FoundSession& found, const flows::DocumentCase& document
) {
  const flows::VerificationView& view = found.view;
  const flows::DocumentCase nothing;
  std::vector<Fields> results;
  if (!view.terms.document) return results;
  const std::size_t last = last_front(view);
  core::DocumentProgress progress;
  for (const core::VerificationTransition& transition : view.history) {
    const auto* const pictured = std::get_if<core::DocumentPictured>(&transition.event);
    if (pictured == nullptr) continue;
    progress = core::after_picture(*view.terms.document, std::move(progress), pictured->seen);
    const CardResult result{
        .view = view,
        .seen = pictured->seen,
        .is_taken = !progress.fault,
        .request_id = view.id + "-" + std::to_string(transition.number)
    };
    const bool is_last = results.size() + 1 == last;
    results.push_back(card_result(services, result, is_last ? document : nothing));
  }
  return results;
}

std::string ocr_json(const flows::DocumentCase& document) {
  flows::DocumentCase as_read = document;
  as_read.edits.clear();
  const std::string type = type_of(document);
  const std::vector<std::string> lines = mrz_lines_of(document);
  const core::DocumentFields fields = as_read.fields();
  return "{" + card_alone({.type = type, .fields = fields, .mrz_lines = lines}).json() + "}";
}

}  // namespace selfsame::adapters::tencent
