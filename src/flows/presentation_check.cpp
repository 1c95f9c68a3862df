// SPDX-License-Identifier: Apache-2.0
#include "flows/presentation_check.h"

#include <utility>

#include "core/sandbox.h"

namespace selfsame::flows {
namespace {

struct Sample {
  Bytes bytes;
  bool is_video = false;
  double video_max_s = 0;
  bool sandbox = false;
};

PresentationFinding as_asked(const core::SandboxVerdict& verdict) {
  // Nobody is compared here: whoever matches or not is live.
  const bool live = core::is_live(verdict.outcome);
  PresentationFinding finding;
  finding.outcome = live ? core::Outcome::live : verdict.outcome;
  finding.attack_class = verdict.attack_class;
  return finding;
}

Result<PresentationFinding> judge(
    const vision::FaceEngine* engine, const core::PadPolicy& policy, const Sample& sample
) {
  if (sample.sandbox) {
    if (const auto answer = core::sandbox_answer({sample.bytes})) {
      if (const auto* const error = std::get_if<Errc>(&*answer)) return fail(*error, "sandbox");
      return as_asked(std::get<core::SandboxVerdict>(*answer));
    }
  }
  SELFSAME_TRY(
      measured,
      sample.is_video ? engine->measure_video_liveness(sample.bytes)
                      : engine->measure_photo_liveness(sample.bytes)
  );
  const core::ComparisonEvidence evidence{
      .reference_defect = {}, .video = measured.evidence, .challenge = {}, .similarity = {}
  };
  const core::VerificationPolicy verification{.pad = policy, .comparison = {}, .compares = false};
  const auto outcome = core::decide(evidence, core::Challenge{}, verification);
  if (!outcome) return fail(Errc::engine_failed, "a measurement is missing");
  PresentationFinding finding;
  finding.outcome = *outcome;
  if (!core::is_live(*outcome)) finding.attack_class = measured.attack_class;
  finding.too_long = sample.is_video && measured.duration_s > sample.video_max_s;
  return finding;
}

}  // namespace

asio::awaitable<Result<PresentationFinding>> PresentationCheck::run(PresentationRequest request
) const {
  Turn turn{
      .customer = std::move(request.customer),
      .kind = Work::video_liveness,
      .deadline = request.deadline,
      .is_abandoned = std::move(request.is_abandoned)
  };
  Sample sample{
      .bytes = std::move(request.input),
      .is_video = request.is_video,
      .video_max_s = request.video_max_s,
      .sandbox = request.sandbox
  };
  co_return co_await inference_pool_.run(
      std::move(turn), judge, &engine_, policy_, std::move(sample)
  );
}

}  // namespace selfsame::flows
