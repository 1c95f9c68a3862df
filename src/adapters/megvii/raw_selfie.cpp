// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/raw_selfie.h"

#include <array>
#include <utility>

#include "adapters/megvii/raw_records.h"

namespace selfsame::adapters::megvii {

namespace asio = boost::asio;

namespace {

constexpr std::array<const char*, 2> kPhotos = {"image_front", "image_side"};

RawAnswer<Bytes> required_photo(const RawForm& form, const char* name) {
  SELFSAME_TRY(photo, form.file(name));
  if (photo.empty()) return raw_missing(name);
  if (photo.size() > kPhotoBytesMax) return raw_size();
  return std::move(photo);
}

}  // namespace

asio::awaitable<RawAnswer<RawFields>> validate_side_face(
    const RawServices* services, const RawForm* form, RawCall call
) {
  const auto admitted = co_await services->admission.admit(call.entrance(kRawSelfieProduct));
  if (!admitted) co_return raw_refuse(admitted.error());
  auto front = required_photo(*form, kPhotos[0]);
  if (!front) co_return tl::unexpected(std::move(front).error());
  auto side = required_photo(*form, kPhotos[1]);
  if (!side) co_return tl::unexpected(std::move(side).error());
  const bool sandbox = (*admitted).customer->sandbox;
  const auto found = co_await services->capture_check.look_at_selfies(
      call.turn(flows::Work::photo_comparison), std::move(*front), std::move(*side), sandbox
  );
  if (!found) co_return raw_refuse(found.error());
  if (found->fault) co_return raw_photo(kPhotos.at(found->fault->index), found->fault->fault);
  RawCapture capture{.kind = RawKind::selfie, .face_jpeg = found->face_jpeg};
  capture.procedure = found->same_person ? "PASSED" : "SELFIE_INCONSISTENT";
  capture.metadata_differ = found->origins_differ;
  capture.outcome = found->outcome;
  capture.attack_class = found->attack_class;
  capture.pad_score = found->pad_score;
  const auto ticket = co_await services->uploads.publish(
      call.caller.customer, kCapturePurpose, pack(capture), call.deadline
  );
  if (!ticket) co_return raw_refuse(ticket.error());
  co_return RawFields{{"token_side_face", ticket->file_token}};
}

}  // namespace selfsame::adapters::megvii
