// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/get_biz_token.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "adapters/megvii/session_note.h"
#include "adapters/megvii/stamp.h"
#include "base/base64.h"
#include "base/crypto.h"
#include "base/utf8.h"
#include "core/id_number.h"

namespace selfsame::adapters::megvii {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kNameCharactersMax = 32;
constexpr std::size_t kPhotoBytesMax = 2u << 20;
constexpr std::size_t kBizNoBytesMax = 128;
constexpr int kTimeout_s_max = 3600;
constexpr std::array<const char*, 2> kPhotoParameters = {"image_ref1", "image_ref2"};

Answer<std::string_view> required(const Parameters& parameters, std::string_view name) {
  const std::string_view text = parameters.value(name);
  if (text.empty()) return refuse_missing(name);
  return text;
}

Answer<int> number(
    const Parameters& parameters, std::string_view name, int least, int most, int fallback
) {
  const auto value = number_in(parameters.find(name), least, most, fallback);
  if (!value) return refuse_bad(name);
  return *value;
}

Answer<void> read_person(const Parameters& parameters, BizTokenRequest& request) {
  SELFSAME_TRY(type, required(parameters, "liveness_type"));
  if (type != "meglive") return refuse_bad("liveness_type");
  SELFSAME_TRY(name, required(parameters, "idcard_name"));
  if (!is_name(name, kNameCharactersMax)) return refuse_bad("idcard_name");
  SELFSAME_TRY(idcard_number, required(parameters, "idcard_number"));
  if (!is_idcard_number(idcard_number)) return refuse_bad("idcard_number");
  request.idcard_name = name;
  request.idcard_number = idcard_number;
  return {};
}

Answer<void> read_photos(const Parameters& parameters, BizTokenRequest& request) {
  for (const char* const name : kPhotoParameters) {
    const std::string_view text = parameters.value(name);
    if (text.empty()) continue;
    auto photo = from_base64(text);
    if (!photo) return refuse_photo(name, flows::PhotoFault::undecodable);
    if (photo->size() > kPhotoBytesMax) return refuse_size();
    request.photo_names.emplace_back(name);
    request.photos.push_back(std::move(*photo));
  }
  return {};
}

Answer<void> read_choices(const Parameters& parameters, BizTokenRequest& request) {
  const std::string_view biz_no = parameters.value("biz_no");
  if (biz_no.size() > kBizNoBytesMax || !is_utf8(biz_no)) return refuse_bad("biz_no");
  request.biz_no = biz_no;
  SELFSAME_TRY(timeout_s, number(parameters, "liveness_timeout", 1, kTimeout_s_max, 60));
  SELFSAME_TRY(actions, number(parameters, "liveness_action_count", 1, 3, 3));
  SELFSAME_TRY(level, number(parameters, "security_level", 1, 4, 2));
  SELFSAME_TRY(force_compare, number(parameters, "force_compare", 0, 1, 0));
  SELFSAME_TRY(rotation, number(parameters, "multi_oriented_detection", 0, 1, 1));
  request.compares_attacks = force_compare == 1;
  request.searches_rotation = rotation == 1;
  core::VerificationTerms& terms = request.terms;
  terms.compares = false;
  terms.actions = actions;
  terms.attempts_max = 1;  // one process for each token
  terms.match_fmr = level - 1;
  terms.answer_within = std::chrono::seconds(timeout_s);
  terms.end_within = terms.start_within + terms.answer_within;
  return {};
}

flows::Turn turn_of(const Call& call) {
  return {
      .customer = call.caller.customer,
      .kind = flows::Work::photo_comparison,
      .deadline = call.deadline,
      .is_abandoned = call.is_abandoned
  };
}

core::RegisterFinding finding_of(flows::PhotoFault fault) {
  switch (fault) {
    case flows::PhotoFault::undecodable:
    case flows::PhotoFault::too_large:
      return core::RegisterFinding::photo_format;
    case flows::PhotoFault::no_face:
    case flows::PhotoFault::several_faces:
    case flows::PhotoFault::unfit:
      return core::RegisterFinding::no_face;
  }
  return core::RegisterFinding::no_face;
}

/// What the register has of the person; its photo only where it can be compared with.
asio::awaitable<Result<flows::RegisterAnswer>> enquire(
    const Services* services, const Call* call, const BizTokenRequest* request, bool sandbox
) {
  if (sandbox) {
    if (auto magic = flows::sandbox_register_answer(request->idcard_name)) co_return *magic;
  }
  core::RegisterQuery query{
      .number = core::normal_id_number(request->idcard_number).value_or(""),
      .name = request->idcard_name,
      .validity = std::nullopt,
      .wants_photo = true
  };
  auto answer = co_await services->authoritative_register.look_up(std::move(query), call->deadline);
  if (!answer || answer->finding != core::RegisterFinding::found) co_return answer;
  std::vector<Bytes> photos{answer->photo};
  const auto faulty =
      co_await services->photo_check.run(turn_of(*call), std::move(photos), flows::PhotoRules());
  if (!faulty) co_return tl::unexpected(faulty.error());
  if (*faulty) {
    co_return flows::RegisterAnswer{.finding = finding_of((*faulty)->fault), .photo = {}};
  }
  co_return answer;
}

}  // namespace

Answer<BizTokenRequest> parse_biz_token_request(const Parameters& parameters) {
  BizTokenRequest request;
  SELFSAME_CHECK(read_person(parameters, request));
  SELFSAME_CHECK(read_photos(parameters, request));
  SELFSAME_CHECK(read_choices(parameters, request));
  return request;
}

asio::awaitable<Answer<Fields>> get_biz_token(
    const Services* services, const Parameters* parameters, Call call
) {
  constexpr FaceIdCall kCall = FaceIdCall::get_biz_token;
  const auto admitted = co_await services->admission.admit(call.entrance());
  if (!admitted) co_return refuse(kCall, admitted.error());
  auto request = parse_biz_token_request(*parameters);
  if (!request) co_return tl::unexpected(std::move(request).error());

  const bool sandbox = (*admitted).customer->sandbox;
  if (!request->photos.empty()) {
    const flows::PhotoRules rules{
        .search_rotation = request->searches_rotation, .sandbox = sandbox
    };
    const auto faulty = co_await services->photo_check.run(turn_of(call), request->photos, rules);
    if (!faulty) co_return refuse(kCall, faulty.error());
    if (*faulty) {
      co_return refuse_photo(request->photo_names.at((*faulty)->index), (*faulty)->fault);
    }
  }
  auto person = co_await enquire(services, &call, &*request, sandbox);
  if (!person) co_return refuse(kCall, person.error());

  SessionNote note{
      .biz_no = request->biz_no,
      .compares_attacks = request->compares_attacks,
      .photo_names = {},
      .finding = person->finding,
      .number_mark =
          services->numbers.mark_of(core::normal_id_number(request->idcard_number).value_or(""))
  };
  for (const std::string& name : request->photo_names) {
    note.photo_names.push_back(name.substr(std::string_view("image_").size()));
  }
  flows::VerificationOrder order;
  order.caller = call.caller;
  order.surface = "megvii";
  order.operation = "get_biz_token";
  order.product = core::name_of(kFaceIdProduct);
  order.sandbox = sandbox;
  order.terms = std::move(request->terms);
  order.terms.compares = person->finding == core::RegisterFinding::found;
  order.reference_image = std::move(person->photo);
  order.further_photos = std::move(request->photos);
  order.metadata = text_of(note);
  order.token = stamped(call.received_at, random_uuid());
  const auto opened = co_await services->verifications.open(std::move(order), call.deadline);
  if (!opened) co_return refuse(kCall, opened.error());
  co_return Fields{{"biz_token", opened->token}};
}

}  // namespace selfsame::adapters::megvii
