// SPDX-License-Identifier: Apache-2.0
#include "flows/document_reading.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "core/sandbox.h"
#include "flows/capture_judgement.h"
#include "vision/decode_image.h"

namespace selfsame::flows {
namespace {

constexpr int kPortraitSide_px = 1024;  // at most
constexpr int kCutSide_px = 2048;
constexpr int kJpegQuality = 92;
constexpr std::string_view kAsksForFault = "document/";

struct Job {
  Bytes encoded;
  vision::DocumentOptions options;
  bool wants_portrait = false;
  bool wants_cut = false;
  bool sandbox = false;
  InventedDocument invented;
};

/// A grey picture for what shows a face, or a card, elsewhere.
Bytes blank_jpeg() {
  constexpr int kSide_px = 64;
  constexpr std::uint8_t kGrey = 128;
  return vision::encode_jpeg(
      vision::Image{
          .width_px = kSide_px,
          .height_px = kSide_px,
          .bgr = std::vector<std::uint8_t>(std::size_t{3} * kSide_px * kSide_px, kGrey)
      },
      kJpegQuality
  );
}

/// An invented person of mainland China. The name is what the magic photo says, so that it decides
/// what a register will say of it; after `document_read` it is a name like others.
DocumentFinding as_asked(std::string_view word, const Job& job) {
  DocumentFinding finding;
  const bool asks_for_fault = word.starts_with(kAsksForFault);
  if (asks_for_fault) {
    finding.asked_fault = core::document_fault_from(word.substr(kAsksForFault.size()));
  }
  const bool has_name = word == name_of(core::Outcome::document_read) || finding.asked_fault;
  const std::pair<const char*, std::string> kFields[] = {
      {"full_name", has_name ? "韦小宝" : "selfsame-sandbox:" + std::string(word)},
      {"sex", "F"},
      {"ethnicity", "汉"},
      {"date_of_birth", "1949-12-31"},
      {"address", "北京市朝阳区"},
      {"document_number", "11010519491231002X"},
  };
  finding.sandbox = true;
  if (job.wants_cut) {  // without it the magic photo itself is what is compared
    finding.cut_jpeg = blank_jpeg();
    finding.portrait_jpeg = finding.cut_jpeg;
  }
  finding.reading.width_px = 1;
  finding.reading.height_px = 1;
  finding.reading.type = job.invented.type;
  finding.reading.side = job.invented.side;
  finding.reading.type_score = 1;
  for (const auto& [name, value] : kFields) {
    finding.reading.fields.fields.push_back(
        {.name = name, .value = value, .printed = {value}, .lines = {}, .confidence = 1}
    );
  }
  return finding;
}

std::optional<Result<DocumentFinding>> magic_finding(const Job& job) {
  const auto word = core::sandbox_word(text_of(job.encoded));
  if (!word) return std::nullopt;
  const auto answer = core::sandbox_answer({job.encoded});
  if (answer) {
    if (const auto* const error = std::get_if<Errc>(&*answer)) return fail(*error, "sandbox");
  }
  return as_asked(*word, job);
}

Bytes cut_out(const vision::Image& image, const vision::Quad& quad, int side_px_max) {
  const float scale = std::min(
      1.0F,
      static_cast<float>(side_px_max) /
          std::max({1.0F, vision::width_of(quad), vision::height_of(quad)})
  );
  const auto pixels = [&](float length) {
    return std::clamp(static_cast<int>(std::lround(length * scale)), 1, side_px_max);
  };
  const vision::Image cut = vision::straightened(
      vision::view_of(image), quad, pixels(vision::width_of(quad)), pixels(vision::height_of(quad))
  );
  return vision::encode_jpeg(cut, kJpegQuality);
}

Result<DocumentFinding> read_in(const DocumentSource* source, const Job& job) {
  if (job.sandbox) {
    if (auto magic = magic_finding(job)) return std::move(*magic);
  }
  SELFSAME_TRY(image, vision::decode_image(job.encoded));
  SELFSAME_TRY(reading, source->read(image, job.options));
  DocumentFinding finding;
  if (job.wants_portrait && reading.portrait) {
    finding.portrait_jpeg = cut_out(image, *reading.portrait, kPortraitSide_px);
  }
  if (job.wants_cut) finding.cut_jpeg = cut_out(image, reading.card, kCutSide_px);
  finding.reading = std::move(reading);
  return finding;
}

Result<storage::OutcomeRecord> commit_in(
    storage::Database* database,
    const storage::OutcomeRecord& outcome,
    const std::optional<storage::LedgerEntry>& charge
) {
  return database->outcomes().commit(outcome, charge);
}

}  // namespace

bool DocumentForm::has(std::string_view field) const noexcept {
  return std::ranges::find(fields, field) != fields.end();
}

bool Documents::knows(std::string_view type) const noexcept {
  return std::ranges::find(source_.types, type) != source_.types.end();
}

const DocumentForm* Documents::form_of(std::string_view type, std::string_view side)
    const noexcept {
  const auto it = std::ranges::find_if(source_.forms, [&](const DocumentForm& form) {
    return form.type == type && form.side == side;
  });
  return it == source_.forms.end() ? nullptr : &*it;
}

asio::awaitable<Result<DocumentFinding>> Documents::read(DocumentPhoto photo) const {
  if (!are_read()) co_return fail(Errc::unsupported, "no documents are read here");
  if (!photo.type.empty() && !knows(photo.type)) {
    co_return fail(Errc::invalid_parameter, "no such type of document");
  }
  Turn turn{
      .customer = std::move(photo.customer),
      .kind = Work::document_reading,
      .deadline = photo.deadline,
      .is_abandoned = std::move(photo.is_abandoned)
  };
  Job job{
      .encoded = std::move(photo.encoded),
      .options =
          {.type = std::move(photo.type),
           .today = std::chrono::floor<std::chrono::days>(clock_.now())},
      .wants_portrait = photo.wants_portrait,
      .wants_cut = photo.wants_cut,
      .sandbox = photo.sandbox,
      .invented = std::move(photo.invented)
  };
  co_return co_await inference_pool_.run(std::move(turn), read_in, &source_, std::move(job));
}

asio::awaitable<Result<DocumentFinding>> Documents::run(DocumentCall call, DocumentPhoto photo)
    const {
  const Deadline deadline = photo.deadline;
  SELFSAME_CO_TRY(finding, co_await read(std::move(photo)));
  if (finding.reading.type.empty()) co_return std::move(finding);
  storage::OutcomeRecord outcome;
  outcome.id = std::move(call.request_id);
  outcome.customer = std::move(call.caller.customer);
  outcome.access_key_id = std::move(call.caller.access_key_id);
  outcome.surface = std::move(call.surface);
  outcome.operation = std::move(call.operation);
  outcome.outcome = core::Outcome::document_read;
  if (finding.sandbox) outcome.calibration = kSandboxCalibration;
  outcome.decided_at = clock_.now();
  std::optional<storage::LedgerEntry> charge = storage::LedgerEntry{
      .outcome_id = outcome.id,
      .customer = outcome.customer,
      .product = std::move(call.product),
      .code = name_of(outcome.outcome),
      .billed_at = outcome.decided_at
  };
  SELFSAME_CO_TRY(
      committed,
      co_await storage_pool_.run(
          deadline, commit_in, &database_, std::move(outcome), std::move(charge)
      )
  );
  static_cast<void>(committed);
  co_return std::move(finding);
}

}  // namespace selfsame::flows
