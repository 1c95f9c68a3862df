// SPDX-License-Identifier: Apache-2.0
// Container files in memory. FFmpeg's headers stay out of the rest of the room.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/decode_video.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace selfsame::vision {

struct FrameFreer {
  void operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }
};
struct PacketFreer {
  void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
};
struct DecoderFreer {
  void operator()(AVCodecContext* context) const noexcept { avcodec_free_context(&context); }
};
using FramePointer = std::unique_ptr<AVFrame, FrameFreer>;
using PacketPointer = std::unique_ptr<AVPacket, PacketFreer>;
using DecoderPointer = std::unique_ptr<AVCodecContext, DecoderFreer>;

/// Which stream of a container is read.
enum class Track : std::uint8_t { pictures, sound };

/// Reads one container from memory. Opens nothing else: no file, no network, no second input.
class Demuxer {
 public:
  /// `video_undecodable` when the bytes are none of the containers that we read.
  /// @param max_packets  of all streams together; more is damage
  [[nodiscard]] static Result<Demuxer> open(
      ByteView encoded, Track wanted, int max_streams, int max_packets
  );

  enum class Step : std::uint8_t { packet, end, damaged, over_limit };

  /// The next packet of the first wanted stream (pictures attached as covers are no videos). The
  /// stream is chosen when its first packet arrives. `damaged`: nothing more can be read.
  /// `over_limit`: more packets or bytes than an honest file of this size holds.
  [[nodiscard]] Step next(AVPacket& packet);

  /// The chosen stream; null before the first packet.
  [[nodiscard]] const AVStream* stream() const noexcept;

  /// The earliest frame that is shown, of the packets read so far; nothing: none had a time stamp.
  [[nodiscard]] std::optional<double> first_picture_s() const noexcept { return first_picture_s_; }

  /// Clockwise turn, 0, 90, 180 or 270, that the container asks for.
  [[nodiscard]] int rotation_deg() const noexcept;

  /// VideoSummary::encoder.
  [[nodiscard]] std::string encoder() const;

 private:
  struct Input {  // what the reading callbacks see
    ByteView bytes;
    std::int64_t position = 0;
  };
  struct IoFreer {
    void operator()(AVIOContext* io) const noexcept;
  };
  struct FormatCloser {
    void operator()(AVFormatContext* format) const noexcept { avformat_close_input(&format); }
  };

  void note_picture(const AVPacket& packet, const AVStream& stream) noexcept;

  static int read(void* input, std::uint8_t* to, int size);
  static std::int64_t seek(void* input, std::int64_t offset, int whence);

  std::unique_ptr<Input> input_;
  std::unique_ptr<AVIOContext, IoFreer> io_;               // uses input_
  std::unique_ptr<AVFormatContext, FormatCloser> format_;  // uses io_
  Track wanted_ = Track::pictures;
  int stream_index_ = -1;
  std::optional<double> first_picture_s_;
  int packets_left_ = 0;
  std::int64_t bytes_left_ = 0;  // an index may name the same bytes again and again
};

}  // namespace selfsame::vision
