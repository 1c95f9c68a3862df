// SPDX-License-Identifier: Apache-2.0
#include "flows/verification_evidence.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/crypto.h"

namespace selfsame::flows {
namespace {

constexpr std::string_view kVideo = "video";
constexpr std::string_view kStill = "still-";
constexpr std::size_t kSha256Digits = 64;
constexpr double kTimeMost_s = 600;

/// N of "still-N" in its shortest form, from 1.
std::optional<std::size_t> still_number(std::string_view part) {
  if (!part.starts_with(kStill)) return std::nullopt;
  const std::string_view digits = part.substr(kStill.size());
  if (digits.empty() || digits.front() == '0') return std::nullopt;
  std::size_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [last, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || last != end) return std::nullopt;
  return number;
}

bool is_sha256(std::string_view text) {
  return text.size() == kSha256Digits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_time(double time_s) {
  return time_s >= 0 && time_s <= kTimeMost_s;
}

template <class Times, class Of>
bool are_times(const Times& times, Of time_of) {
  return std::ranges::all_of(times, is_time, time_of) && std::ranges::is_sorted(times, {}, time_of);
}

tl::unexpected<Error> refuse(const char* what) {
  return fail(Errc::invalid_parameter, what);
}

Result<Bytes> load_part(storage::BlobStore& blobs, const storage::EvidencePartRecord& part) {
  Bytes content;
  content.reserve(static_cast<std::size_t>(part.total_bytes));
  for (const storage::EvidenceChunkRecord& chunk : part.chunks) {
    SELFSAME_TRY(piece, blobs.get(chunk.blob));
    content.insert(content.end(), piece.begin(), piece.end());
  }
  return content;
}

}  // namespace

Result<void> check_chunk(const EvidenceChunk& chunk, const VerificationLimits& limits) {
  const auto still = still_number(chunk.part);
  if (chunk.part != kVideo && !(still && *still <= limits.stills_max)) {
    return refuse("`part` is video, or still-1 and so on.");
  }
  if (!is_sha256(chunk.sha256)) return refuse("`sha256` is 64 lower-case hexadecimal digits.");
  if (chunk.total_bytes == 0 || chunk.content.empty()) return refuse("A part is not empty.");
  const std::size_t most = still ? limits.still_bytes_max : limits.video_bytes_max;
  if (chunk.total_bytes > most) return fail(Errc::payload_too_large, "a part over its limit");
  if (chunk.offset > chunk.total_bytes || chunk.content.size() > chunk.total_bytes - chunk.offset) {
    return refuse("The chunk goes beyond the end of its part.");
  }
  const bool is_last = chunk.offset + chunk.content.size() == chunk.total_bytes;
  if (!is_last && chunk.content.size() < limits.chunk_bytes_min)
    return refuse("The chunk is too small: only the last one may be.");
  return {};
}

Result<void> check_manifest(
    const EvidenceManifest& manifest,
    const core::Challenge& challenge,
    const std::vector<storage::EvidencePartRecord>& parts
) {
  if (!core::is_within_limits(manifest.hints)) return refuse("`hints` are out of their limits.");
  if (!are_times(manifest.stills, &core::SealedStill::time_s))
    return refuse("`stills` are not in the order of their times.");
  if (!are_times(manifest.flash_shown_at_s, std::identity{}))
    return refuse("`flash_shown_at_s` is not in order.");
  const std::size_t shown = manifest.flash_shown_at_s.size();
  if (shown != 0 && shown != challenge.flashes.size())
    return refuse("`flash_shown_at_s` has a time for each of the challenge's flashes, or none.");
  if (parts.empty()) return refuse("No part has arrived.");
  if (manifest.stills.size() > parts.size())
    return refuse("`stills` names the parts that have arrived, but for the video, each once.");
  const auto is_whole = [](const storage::EvidencePartRecord& part) {
    return part.received_bytes() == part.total_bytes;
  };
  if (!std::ranges::all_of(parts, is_whole)) return refuse("A part is incomplete.");
  const auto is_named_once = [&](const storage::EvidencePartRecord& part) {
    return part.part == kVideo ||
           std::ranges::count(manifest.stills, part.part, &core::SealedStill::part) == 1;
  };
  const auto has_arrived = [&](const core::SealedStill& still) {
    return still.part != kVideo &&
           std::ranges::count(parts, still.part, &storage::EvidencePartRecord::part) == 1;
  };
  if (!std::ranges::all_of(parts, is_named_once) ||
      !std::ranges::all_of(manifest.stills, has_arrived)) {
    return refuse("`stills` names the parts that have arrived, but for the video, each once.");
  }
  return {};
}

Result<LoadedEvidence> load_evidence(
    storage::BlobStore& blobs,
    const std::vector<storage::EvidencePartRecord>& parts,
    const core::EvidenceSealed& sealed
) {
  LoadedEvidence loaded;
  loaded.samples.flash_shown_at_s = sealed.flash_shown_at_s;
  for (const storage::EvidencePartRecord& part : parts) {
    SELFSAME_TRY(content, load_part(blobs, part));
    if (sha256_hex(text_of(content)) != part.sha256) {
      loaded.odd_part = part.part;
      loaded.odd_sha256 = part.sha256;
      return loaded;
    }
    if (part.part == kVideo) {
      loaded.samples.video = std::move(content);
      continue;
    }
    const auto still = std::ranges::find(sealed.stills, part.part, &core::SealedStill::part);
    if (still == sealed.stills.end()) return fail(Errc::integrity_failure, "an unsealed still");
    loaded.samples.stills.push_back({.encoded = std::move(content), .time_s = still->time_s});
  }
  if (loaded.samples.stills.size() != sealed.stills.size()) {
    return fail(Errc::integrity_failure, "a sealed still is gone");
  }
  std::ranges::sort(loaded.samples.stills, {}, &vision::TimedStill::time_s);
  return loaded;
}

Result<Bytes> load_video(
    storage::BlobStore& blobs, const std::vector<storage::EvidencePartRecord>& parts
) {
  const auto video = std::ranges::find(parts, kVideo, &storage::EvidencePartRecord::part);
  if (video == parts.end()) return fail(Errc::not_found, "there is no video");
  return load_part(blobs, *video);
}

PartStatus status_of(const storage::EvidencePartRecord& part) {
  return {
      .part = part.part,
      .received_bytes = static_cast<std::size_t>(part.received_bytes()),
      .total_bytes = static_cast<std::size_t>(part.total_bytes),
      .sha256 = part.sha256
  };
}

}  // namespace selfsame::flows
