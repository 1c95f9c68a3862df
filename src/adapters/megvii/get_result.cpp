// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/get_result.h"

#include <optional>
#include <string>
#include <utility>

#include "adapters/megvii/result_code.h"
#include "adapters/megvii/score_scale.h"
#include "adapters/megvii/stamp.h"
#include "base/base64.h"

namespace selfsame::adapters::megvii {

namespace asio = boost::asio;

namespace {

constexpr FaceIdCall kCall = FaceIdCall::get_result;

struct ResultRequest {
  std::string biz_token;
  bool is_verbose = false;
};

Answer<ResultRequest> parse(const Parameters& parameters) {
  ResultRequest request;
  request.biz_token = parameters.value("biz_token");
  if (request.biz_token.empty()) return refuse_missing("biz_token");
  if (!is_stamped(request.biz_token)) return refuse_bad("biz_token");
  const auto verbose = number_in(parameters.find("verbose"), 0, 1, 0);
  if (!verbose) return refuse_bad("verbose");
  request.is_verbose = *verbose == 1;
  return request;
}

Fields fields_of(
    const std::string& biz_token, const std::string& biz_no, const ResultCode& result
) {
  return {
      {"biz_token", biz_token},
      {"biz_no", biz_no},
      {"result_code", result.code},
      {"result_message", result.message}
  };
}

/// Who was seen, beside the photos; where it was an attack only if the caller had asked for it.
boost::json::object comparisons_of(
    const core::VerificationFinding& finding,
    const SessionNote& note,
    const core::ComparisonCalibration& calibration
) {
  boost::json::object comparisons;
  const bool is_attack = finding.attack_class != core::AttackClass::none;
  const bool is_shown = core::is_live(finding.outcome) || (is_attack && note.compares_attacks);
  if (!is_shown) return comparisons;
  if (finding.policy.compares && finding.evidence.similarity) {
    comparisons["idcard"] = confidence_json(finding.evidence.similarity->cosine, calibration);
  }
  for (std::size_t i = 0; i < note.photo_names.size() && i < finding.further_cosines.size(); ++i) {
    comparisons[note.photo_names[i]] = confidence_json(finding.further_cosines[i], calibration);
  }
  return comparisons;
}

}  // namespace

asio::awaitable<Answer<Fields>> get_result(
    const Services* services, const Parameters* parameters, Call call
) {
  const auto request = parse(*parameters);
  if (!request) co_return tl::unexpected(request.error());
  const auto admitted = co_await services->admission.admit(call.entrance());
  if (!admitted) {
    const auto cause = result_of_refusal(admitted.error());
    if (!cause) co_return refuse(kCall, admitted.error());
    co_return fields_of(request->biz_token, "", *cause);
  }

  const auto view = co_await services->verifications.show_by_token(
      call.caller, request->biz_token, call.deadline
  );
  const bool is_unknown =
      !view && (view.error().code == Errc::not_found || view.error().code == Errc::expired);
  if (is_unknown || (view && view->surface != "megvii")) {
    co_return fields_of(request->biz_token, "", kTokenDenied);
  }
  if (!view) co_return refuse(kCall, view.error());
  const auto note = session_note_from(view->metadata);
  if (!note) co_return refuse(kCall, note.error());

  const core::VerificationTransition* const last =
      view->history.empty() ? nullptr : &view->history.back();
  Fields fields =
      fields_of(request->biz_token, note->biz_no, result_of(view->progress, last, *note));
  const bool is_decided = view->progress.state == core::VerificationState::decided;
  if (!request->is_verbose || !is_decided || !view->progress.finding) co_return fields;
  fields["verification"] = comparisons_of(*view->progress.finding, *note, services->calibration);
  if (view->has_best_frame) {
    const auto frame =
        co_await services->verifications.best_frame(call.caller, view->id, call.deadline);
    if (!frame) co_return refuse(kCall, frame.error());
    fields["images"] = boost::json::object{{"image_best", to_base64(*frame)}};
  }
  co_return fields;
}

}  // namespace selfsame::adapters::megvii
