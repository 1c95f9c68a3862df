// SPDX-License-Identifier: Apache-2.0
#include "flows/verification_document.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/utf8.h"
#include "core/id_number.h"

namespace selfsame::flows {
namespace {

using SharedParts = std::shared_ptr<const VerificationParts>;
using Session = storage::VerificationRecord;

constexpr std::size_t kEditsMost = 64;
constexpr std::size_t kValueCharactersMost = 256;
constexpr const char* kNumber = "document_number";
constexpr const char* kExpiry = "date_of_expiry";
constexpr std::array<std::string_view, 5> kAskedOfRegister = {
    kNumber, "full_name", "full_name_local", "surname", "given_names"
};

/// A session's turn to have a picture read.
class ReadingTurn {
 public:
  ReadingTurn(std::shared_ptr<PicturesBeingRead> pictures, std::string session)
      : pictures_(std::move(pictures)), session_(std::move(session)) {
    is_mine_ = pictures_->begin(session_);
  }
  ReadingTurn(const ReadingTurn&) = delete;
  ReadingTurn& operator=(const ReadingTurn&) = delete;
  ~ReadingTurn() {
    if (is_mine_) pictures_->end(session_);
  }
  [[nodiscard]] bool is_mine() const noexcept { return is_mine_; }

 private:
  std::shared_ptr<PicturesBeingRead> pictures_;
  std::string session_;
  bool is_mine_ = false;
};

Result<AwaitedPicture> await_picture(
    const SharedParts& parts, const std::string& token, const std::string& side
) {
  return VerificationSteps(*parts).await_picture(token, side);
}

Result<Session> take_picture(
    const SharedParts& parts,
    const std::shared_ptr<const Session>& session,
    const std::shared_ptr<SeenPicture>& picture
) {
  return VerificationSteps(*parts).take_picture(*session, std::move(*picture));
}

Result<std::optional<core::CaptureDefect>> portrait_defect(
    const SharedParts& parts, const std::shared_ptr<const Bytes>& portrait_jpeg
) {
  vision::PhotoOptions options;
  options.require_quality = false;  // printed, small, often grey
  SELFSAME_TRY(photo, parts->engine.read_photo(*portrait_jpeg, options));
  return photo.defect;
}

std::string value_of(const core::DocumentFields& fields, std::string_view name) {
  const core::FieldValue* const found = fields.find(name);
  return found == nullptr ? std::string() : found->value;
}

/// What speaks against the picture, what a rule that was worked out on samples says, and what two
/// places say differently.
std::vector<core::DocumentWarning> warnings_of(const vision::DocumentReading& reading) {
  std::vector<core::DocumentWarning> warnings = reading.picture_warnings;
  for (const core::DocumentFinding& finding : reading.fields.findings) {
    std::optional<core::DocumentWarning> warning;
    switch (finding.code) {
      case core::FindingCode::format:
        if (finding.sure) warning = core::DocumentWarning::format;
        break;
      case core::FindingCode::consistency:
        warning = core::DocumentWarning::consistency;
        break;
    }
    const bool is_new = warning && std::ranges::find(warnings, *warning) == warnings.end();
    if (is_new) warnings.push_back(*warning);
  }
  return warnings;
}

/// Its number, or anything at all where the type has none on this side; and a date that is wanted.
bool is_readable(
    const DocumentForm* form, const core::DocumentFields& fields, const core::DocumentTerms& terms
) {
  if (form == nullptr || fields.fields.empty()) return false;
  if (form->has(kNumber) && value_of(fields, kNumber).empty()) return false;
  return !terms.refuses_expired || !form->has(kExpiry) || !value_of(fields, kExpiry).empty();
}

/// A date in full, before today. Others ("permanent") are no date that is over.
bool is_over(const std::string& iso_date, Timestamp now) {
  constexpr std::size_t kFullDate = 10;
  const auto today = std::chrono::floor<std::chrono::days>(now);
  return iso_date.size() == kFullDate && iso_date < core::iso_date(today);
}

core::DocumentSighting sighting_of(
    const VerificationParts& parts,
    const core::DocumentTerms& terms,
    const std::string& asked_side,
    const DocumentFinding& finding
) {
  const vision::DocumentReading& reading = finding.reading;
  core::DocumentSighting seen;
  seen.asked_side = asked_side;
  seen.type = reading.type;
  seen.side = reading.side;
  seen.sandbox = finding.sandbox;
  const Documents& documents = *parts.options.documents;
  seen.has_back = documents.form_of(seen.type, core::kBackSide) != nullptr;
  seen.is_readable = is_readable(documents.form_of(seen.type, seen.side), reading.fields, terms) ||
                     finding.sandbox;
  seen.warnings = warnings_of(reading);
  seen.is_expired = is_over(value_of(reading.fields, kExpiry), parts.clock.now());
  seen.has_portrait = !finding.portrait_jpeg.empty();
  return seen;
}

/// What a magic picture was to be refused for.
void spoil(
    core::DocumentSighting& seen, const core::DocumentTerms& terms, core::DocumentFault fault
) {
  switch (fault) {
    case core::DocumentFault::not_found:
      seen.type.clear();
      return;
    case core::DocumentFault::other_type:
      seen.type = "OtherDocument";
      return;
    case core::DocumentFault::other_side:
      seen.side = seen.side == core::kFrontSide ? core::kBackSide : core::kFrontSide;
      return;
    case core::DocumentFault::unreadable:
      seen.is_readable = false;
      return;
    case core::DocumentFault::sides_differ:
      seen.numbers_differ = true;
      return;
    case core::DocumentFault::warned:
      seen.warnings = {
          terms.stopping.empty() ? core::DocumentWarning::copy : terms.stopping.front()
      };
      return;
    case core::DocumentFault::expired:
      seen.is_expired = true;
      return;
    case core::DocumentFault::no_portrait:
      seen.has_portrait = false;
      return;
    case core::DocumentFault::portrait_unfit:
      seen.portrait_defect = core::CaptureDefect::no_face;
      return;
    case core::DocumentFault::register_disagrees:
      seen.register_finding = core::RegisterFinding::no_such_number;
      return;
  }
}

std::string name_on(const core::DocumentFields& fields) {
  for (const char* const whole : {"full_name", "full_name_local"}) {
    if (std::string name = value_of(fields, whole); !name.empty()) return name;
  }
  return value_of(fields, "surname") + " " + value_of(fields, "given_names");
}

/// Whether it is worth asking a register about it.
bool is_fine_but_for_register(
    const core::DocumentTerms& terms,
    const core::DocumentProgress& progress,
    core::DocumentSighting seen
) {
  if (seen.register_finding || seen.asked_side != core::kFrontSide) return false;
  seen.register_finding = core::RegisterFinding::found;
  return !core::fault_of(terms, progress, seen);
}

asio::awaitable<Result<core::RegisterFinding>> ask_register(
    const VerificationParts* parts,
    const AwaitedPicture* awaited,
    const core::DocumentFields* fields,
    Deadline deadline
) {
  const auto number = core::normal_id_number(value_of(*fields, kNumber));
  if (!number) co_return core::RegisterFinding::no_such_number;
  std::string name = name_on(*fields);
  const Session& session = awaited->session;
  SELFSAME_CO_TRY(
      finding,
      co_await parts->options.ask_register(
          {.customer = session.customer, .access_key_id = session.access_key_id},
          {.number = *number, .name = std::move(name), .validity = {}, .wants_photo = false},
          awaited->customer.sandbox,
          deadline
      )
  );
  switch (finding) {
    case core::RegisterFinding::source_error:
    case core::RegisterFinding::source_unavailable:
      co_return fail(Errc::overloaded, "the register gives no answer");
    case core::RegisterFinding::too_many_enquiries:
      co_return fail(Errc::rate_limited, "too many enquiries about this number");
    case core::RegisterFinding::found:
    case core::RegisterFinding::no_such_number:
    case core::RegisterFinding::number_name_mismatch:
    case core::RegisterFinding::validity_mismatch:
    case core::RegisterFinding::validity_unknown:
    case core::RegisterFinding::no_photo:
    case core::RegisterFinding::photo_format:
    case core::RegisterFinding::no_face:
      break;
  }
  co_return finding;
}

DocumentSide side_of(DocumentFinding& finding, Bytes picture) {
  DocumentSide side;
  side.type = std::move(finding.reading.type);
  side.side = std::move(finding.reading.side);
  side.fields = std::move(finding.reading.fields);
  if (finding.reading.mrz) side.mrz_lines = finding.reading.mrz->lines;
  side.picture = std::move(picture);
  side.cut_jpeg = std::move(finding.cut_jpeg);
  return side;
}

InventedDocument invented_for(const core::DocumentTerms& terms, const std::string& side) {
  InventedDocument invented;
  if (!terms.types.empty()) invented.type = terms.types.front();
  invented.side = side;
  return invented;
}

/// On a side that was taken.
bool has_field(const Documents& documents, const DocumentCase& document, const std::string& field) {
  return std::ranges::any_of(document.sides, [&](const DocumentSide& side) {
    const DocumentForm* const form = documents.form_of(side.type, side.side);
    return form != nullptr && form->has(field);
  });
}

/// Whether the portrait can be compared with; nothing: it can, or nobody asks.
asio::awaitable<Result<std::optional<core::CaptureDefect>>> defect_of(
    SharedParts parts,
    const AwaitedPicture* awaited,
    const DocumentFinding* finding,
    std::function<bool()> is_abandoned,
    Deadline deadline
) {
  const bool is_wanted = awaited->session.terms.document->compares_portrait;
  if (!is_wanted || finding->sandbox || finding->portrait_jpeg.empty()) co_return std::nullopt;
  Turn turn{
      .customer = awaited->session.customer,
      .kind = Work::photo_comparison,
      .deadline = deadline,
      .is_abandoned = std::move(is_abandoned)
  };
  const auto jpeg = std::make_shared<const Bytes>(finding->portrait_jpeg);
  co_return co_await parts->inference_pool.run(std::move(turn), portrait_defect, parts, jpeg);
}

/// Reads the picture, and asks what the terms want to be asked. Takes its bytes.
asio::awaitable<Result<SeenPicture>> look_at(
    SharedParts parts, const AwaitedPicture* awaited, DocumentPicture* picture, Deadline deadline
) {
  const core::DocumentTerms& terms = *awaited->session.terms.document;
  DocumentPhoto photo{
      .customer = awaited->session.customer,
      .encoded = picture->encoded,
      .type = {},
      .wants_portrait = true,
      .sandbox = awaited->customer.sandbox,
      .deadline = deadline,
      .is_abandoned = picture->is_abandoned,
      .wants_cut = true,
      .invented = invented_for(terms, picture->side)
  };
  SELFSAME_CO_TRY(finding, co_await parts->options.documents->read(std::move(photo)));
  SeenPicture looked;
  core::DocumentSighting& seen = looked.seen;
  seen = sighting_of(*parts, terms, picture->side, finding);
  SELFSAME_CO_TRY(
      defect, co_await defect_of(parts, awaited, &finding, picture->is_abandoned, deadline)
  );
  seen.portrait_defect = defect;
  if (finding.asked_fault) spoil(seen, terms, *finding.asked_fault);
  const core::DocumentProgress& progress = awaited->session.progress.document;
  if (terms.asks_register && is_fine_but_for_register(terms, progress, seen)) {
    SELFSAME_CO_TRY(
        answer, co_await ask_register(parts.get(), awaited, &finding.reading.fields, deadline)
    );
    seen.register_finding = answer;
  }
  looked.portrait_jpeg = std::move(finding.portrait_jpeg);
  looked.side = side_of(finding, std::move(picture->encoded));
  co_return looked;
}

bool is_value(std::string_view text) {
  const auto characters = characters_of(text);
  return characters && !characters->empty() && characters->size() <= kValueCharactersMost &&
         std::ranges::none_of(*characters, [](char32_t c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace

bool PicturesBeingRead::begin(const std::string& session) {
  const std::scoped_lock lock(mutex_);
  return sessions_.insert(session).second;
}

void PicturesBeingRead::end(const std::string& session) {
  const std::scoped_lock lock(mutex_);
  sessions_.erase(session);
}

asio::awaitable<Result<DocumentForDevice>> take_document_picture(
    SharedParts parts, std::string token, DocumentPicture picture, Deadline deadline
) {
  SELFSAME_CO_TRY(
      awaited,
      co_await parts->storage_pool.run(
          deadline, await_picture, parts, std::move(token), picture.side
      )
  );
  const ReadingTurn turn(parts->pictures, awaited.session.id);
  if (!turn.is_mine()) co_return fail(Errc::conflict, "a picture is being read");
  SELFSAME_CO_TRY(seen, co_await look_at(parts, &awaited, &picture, deadline));
  DocumentForDevice answer;
  answer.fields = seen.side.fields;
  const auto session = std::make_shared<const Session>(std::move(awaited.session));
  SELFSAME_CO_TRY(
      moved,
      co_await parts->blob_pool.run(
          deadline, take_picture, parts, session, std::make_shared<SeenPicture>(std::move(seen))
      )
  );
  answer.session = device_view(moved);
  if (moved.progress.document.latest) answer.seen = *moved.progress.document.latest;
  if (moved.progress.document.fault) answer.fields = {};
  co_return answer;
}

Result<std::vector<DocumentEdit>> checked_edits(
    const Documents& documents,
    const core::DocumentTerms& terms,
    const DocumentCase& document,
    std::vector<DocumentEdit> edits
) {
  const auto wrong = [](const char* what) { return fail(Errc::invalid_parameter, what); };
  if (edits.size() > kEditsMost) return wrong("too many fields");
  std::vector<DocumentEdit> checked;
  for (DocumentEdit& edit : edits) {
    const bool has_it = has_field(documents, document, edit.field);
    const bool is_twice =
        std::ranges::find(checked, edit.field, &DocumentEdit::field) != checked.end();
    if (!has_it || is_twice) {
      return wrong("a field that this document does not have, or twice");
    }
    if (!is_value(edit.given)) {
      return wrong("a value is 1 to 256 characters on one line");
    }
    const bool was_asked = terms.asks_register && std::ranges::find(kAskedOfRegister, edit.field) !=
                                                      kAskedOfRegister.end();
    if (was_asked) {
      return wrong("the register has confirmed this field");
    }
    edit.read = document.read_value(edit.field);
    if (edit.read != edit.given) checked.push_back(std::move(edit));
  }
  return checked;
}

}  // namespace selfsame::flows
