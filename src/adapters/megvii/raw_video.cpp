// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/raw_video.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "adapters/megvii/raw_records.h"
#include "base/crypto.h"

namespace selfsame::adapters::megvii {

namespace asio = boost::asio;

namespace {

constexpr int kDigits = 4;

std::string random_digits() {
  std::string digits;
  for (int i = 0; i < kDigits; ++i) digits.push_back(static_cast<char>('0' + random_below(10)));
  return digits;
}

/// A video in which there is nobody to report on.
RawAnswer<void> check_seen(const core::ComparisonEvidence& evidence) {
  if (!evidence.video.defect) return {};
  switch (*evidence.video.defect) {
    case core::CaptureDefect::no_face:
      return raw_photo("video", flows::PhotoFault::no_face);
    case core::CaptureDefect::several_faces:
      return raw_photo("video", flows::PhotoFault::several_faces);
    case core::CaptureDefect::undecodable:
      return raw_photo("video", flows::PhotoFault::undecodable);
    case core::CaptureDefect::wrong_size:
    case core::CaptureDefect::poor_quality:
    case core::CaptureDefect::mask_worn:
    case core::CaptureDefect::too_close:
    case core::CaptureDefect::too_short:
    case core::CaptureDefect::eyes_hidden:
    case core::CaptureDefect::mouth_hidden:
      return raw_bad("video");
  }
  return raw_bad("video");
}

/// The same of what the sandbox was asked for.
RawAnswer<void> check_seen(core::Outcome asked) {
  using core::Outcome;
  constexpr std::array kUnfit = {
      Outcome::video_too_short,
      Outcome::video_poor_quality,
      Outcome::video_mask_worn,
      Outcome::video_eyes_hidden,
      Outcome::video_mouth_hidden
  };
  if (asked == Outcome::video_no_face) return raw_photo("video", flows::PhotoFault::no_face);
  if (asked == Outcome::video_several_faces) {
    return raw_photo("video", flows::PhotoFault::several_faces);
  }
  if (asked == Outcome::video_undecodable) {
    return raw_photo("video", flows::PhotoFault::undecodable);
  }
  if (std::ranges::find(kUnfit, asked) != kUnfit.end()) return raw_bad("video");
  return {};
}

/// What verify is to say of this capture. Refuses a video in which there is nobody.
RawAnswer<RawCapture> capture_of(
    const flows::CaptureFinding& found, const core::Challenge& challenge
) {
  SELFSAME_CHECK(found.sandbox ? check_seen(found.outcome) : check_seen(found.evidence));
  RawCapture capture{
      .kind = RawKind::video,
      .procedure = std::string(
          found.sandbox ? procedure_of_asked(found.outcome)
                        : procedure_of_video(found.evidence, challenge)
      ),
      .outcome = found.outcome,
      .attack_class = found.attack_class,
      .pad_score = deciding_pad(found.evidence),
      .face_jpeg = found.face_jpeg
  };
  if (found.sandbox && core::is_live(found.outcome)) capture.pad_score = 1;
  return capture;
}

/// The number of this caller that the token stands for. INVALID_TOKEN.
asio::awaitable<RawAnswer<RawNumber>> find_number(
    const RawServices* services, const RawCall* call, std::string token
) {
  const auto file = co_await services->uploads.read(std::move(token), call->deadline);
  if (!file) co_return raw_refuse(file.error());
  const bool is_theirs = file->customer == call->caller.customer && file->purpose == kNumberPurpose;
  if (!is_theirs) co_return raw_refusal("INVALID_TOKEN");
  const auto number = raw_number_from(file->content);
  if (!number) co_return raw_refuse(number.error());
  if (call->received_at >= number->issued_at + kNumberLifetime) {
    co_return raw_refusal("INVALID_TOKEN");
  }
  co_return *number;
}

}  // namespace

asio::awaitable<RawAnswer<RawFields>> get_random_number(
    const RawServices* services, const RawForm*, RawCall call
) {
  const auto admitted = co_await services->admission.admit(call.entrance(kRawVideoProduct));
  if (!admitted) co_return raw_refuse(admitted.error());
  const RawNumber number{.digits = random_digits(), .issued_at = services->clock.now()};
  const auto ticket = co_await services->uploads.publish(
      call.caller.customer, kNumberPurpose, pack(number), call.deadline
  );
  if (!ticket) co_return raw_refuse(ticket.error());
  co_return RawFields{
      {"random_number", number.digits}, {"token_random_number", ticket->file_token}
  };
}

asio::awaitable<RawAnswer<RawFields>> validate_video(
    const RawServices* services, const RawForm* form, RawCall call
) {
  const auto admitted = co_await services->admission.admit(call.entrance(kRawVideoProduct));
  if (!admitted) co_return raw_refuse(admitted.error());
  const std::string token(form->value("token_random_number"));
  if (token.empty()) co_return raw_missing("token_random_number");
  auto video = form->file("video");
  if (!video) co_return tl::unexpected(video.error());
  if (video->empty()) co_return raw_missing("video");
  const auto number = co_await find_number(services, &call, token);
  if (!number) co_return tl::unexpected(number.error());

  flows::CaptureCheckRequest request;
  request.samples.video = std::move(*video);
  request.challenge.digits = number->digits;
  request.sandbox = (*admitted).customer->sandbox;
  request.available_s = std::chrono::duration<double>(call.received_at - number->issued_at).count();
  const core::Challenge challenge = request.challenge;
  const auto found = co_await services->capture_check.look(
      call.turn(flows::Work::video_liveness), std::move(request)
  );
  if (!found) co_return raw_refuse(found.error());
  const auto capture = capture_of(*found, challenge);
  if (!capture) co_return tl::unexpected(capture.error());
  // From here on nobody else answers this number.
  const auto fresh = co_await services->authentication.refuse_replay(
      "megvii/raw/" + sha256_hex(token), number->issued_at + kNumberLifetime, call.deadline
  );
  if (!fresh) co_return raw_refuse(fresh.error());
  const auto ticket = co_await services->uploads.publish(
      call.caller.customer, kCapturePurpose, pack(*capture), call.deadline
  );
  if (!ticket) co_return raw_refuse(ticket.error());
  co_return RawFields{{"token_video", ticket->file_token}};
}

}  // namespace selfsame::adapters::megvii
