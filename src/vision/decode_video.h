// SPDX-License-Identifier: Apache-2.0
// Encoded videos of strangers to upright frames, one by one, from memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/image.h"

namespace selfsame::vision {

struct VideoLimits {
  std::size_t max_bytes = 64U << 20;
  std::int64_t max_pixels = 4096LL * 2304;  // of a frame
  int max_side_px = 4096;
  int max_frames = 3600;                          // decoded; more is an error, not a cut
  double max_duration_s = 120;                    // by the time stamps of decoded frames
  std::int64_t max_total_pixels = 6'000'000'000;  // over all frames: 96 s of 1080p at 30 a second
  int max_streams = 8;
  double max_decoding_s = 12;  // CPU time of the demuxer and the decoder, without the visits
};

/// One decoded frame. Only good during the visit.
class VideoFrame {
 public:
  virtual ~VideoFrame() = default;
  [[nodiscard]] virtual int index() const noexcept = 0;      // 0, 1, 2, ... of the decoded frames
  [[nodiscard]] virtual double time_s() const noexcept = 0;  // since the first frame; never falls
  [[nodiscard]] virtual int width_px() const noexcept = 0;   // upright
  [[nodiscard]] virtual int height_px() const noexcept = 0;  // upright
  /// Converts to BGR, turned upright, shrunk so that the long side is at most `max_side_px`
  /// (0: as it is). This is the dear part: call it only for frames that you look at.
  [[nodiscard]] virtual Result<Image> image(int max_side_px = 0) const = 0;
};

enum class Visit : std::uint8_t { more, stop };

struct VideoSummary {
  int frames = 0;         // decoded
  double duration_s = 0;  // last frame's end - first frame's start; the last lasts as long as the
                          // median of the others; one frame alone lasts 0
  double frame_rate = 0;  // (frames - 1) / (last start - first start); 0 for fewer than two
  int width_px = 0;       // of the first frame, upright
  int height_px = 0;
  int damaged = 0;       // packets and frames that the decoder refused or called corrupt
  int rotation_deg = 0;  // clockwise turn that was applied: 0, 90, 180, 270
  std::string encoder;   // the program that wrote the container, as it says: printable ASCII, at
                         // most 64 characters; empty: it does not say
};

/// mp4, mov, webm, mkv, avi, flv; H.264, HEVC, MPEG-4 part 2, VP8, VP9. Sniffed from the content.
/// Sound and other streams are ignored. Nothing that a container says about duration or frame count
/// is believed. `video_too_large`: over a limit on bytes; `video_undecodable`: everything else:
/// other formats, other limits, no frame, a change of frame size, or more than a twentieth of the
/// frames damaged (those are not shown). Pixels are taken as square. Uses the caller's thread only;
/// holds one frame at a time.
[[nodiscard]] Result<VideoSummary> decode_video(
    ByteView encoded,
    const VideoLimits& limits,
    const std::function<Visit(const VideoFrame&)>& visit
);

}  // namespace selfsame::vision
