// SPDX-License-Identifier: Apache-2.0
#include "vision/decode_video.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>
#include <vector>

#include "vision/media/demuxer.h"
#include "vision/media/frame_converter.h"
#include "vision/media/thread_seconds.h"

namespace selfsame::vision {
namespace {

constexpr std::array kCodecs = {
    AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_MPEG4, AV_CODEC_ID_VP8, AV_CODEC_ID_VP9
};
constexpr double kAssumedStep_s = 1.0 / 30;  // where a container gives no time at all
constexpr int kDamagedShare = 20;            // one in this many frames may be damaged

// Packets outnumber frames a little (field pairs, hidden frames), and there are those of the sound;
// many more only keep us busy.
constexpr int packets_of(const VideoLimits& limits) noexcept {
  return 8 * limits.max_frames + 100;
}

Result<DecoderPointer> open_decoder(const AVStream& stream, const VideoLimits& limits) {
  const AVCodecID id = stream.codecpar->codec_id;
  const bool ours = std::ranges::find(kCodecs, id) != kCodecs.end();
  const AVCodec* codec = ours ? avcodec_find_decoder(id) : nullptr;
  if (codec == nullptr) return fail(Errc::video_undecodable, "no video codec that we read");
  DecoderPointer decoder(avcodec_alloc_context3(codec));
  if (!decoder || avcodec_parameters_to_context(decoder.get(), stream.codecpar) < 0) {
    return fail(Errc::video_undecodable, "codec parameters");
  }
  decoder->thread_count = 1;
  decoder->max_pixels = limits.max_pixels;
  decoder->pkt_timebase = stream.time_base;
  if (avcodec_open2(decoder.get(), codec, nullptr) < 0) {
    return fail(Errc::video_undecodable, "the decoder refuses the stream");
  }
  return decoder;
}

bool is_damaged(const AVFrame& frame) noexcept {
  return (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0;
}

class DecodedFrame final : public VideoFrame {
 public:
  DecodedFrame(
      const AVFrame& frame, FrameConverter& converter, int index, double time_s, int rotation_deg
  )
      : frame_(frame),
        converter_(converter),
        index_(index),
        time_s_(time_s),
        rotation_deg_(rotation_deg) {}

  [[nodiscard]] int index() const noexcept override { return index_; }
  [[nodiscard]] double time_s() const noexcept override { return time_s_; }
  [[nodiscard]] int width_px() const noexcept override {
    return sideways() ? frame_.height : frame_.width;
  }
  [[nodiscard]] int height_px() const noexcept override {
    return sideways() ? frame_.width : frame_.height;
  }
  [[nodiscard]] Result<Image> image(int max_side_px) const override {
    return converter_.convert(frame_, max_side_px, rotation_deg_);
  }

 private:
  [[nodiscard]] bool sideways() const noexcept {
    return rotation_deg_ == 90 || rotation_deg_ == 270;
  }

  const AVFrame& frame_;
  FrameConverter& converter_;
  int index_;
  double time_s_;
  int rotation_deg_;
};

// The time stamps of the decoded frames, made to start at 0 and never to fall.
class Timeline {
 public:
  // Time of the next frame, seconds since the first.
  double add(const AVFrame& frame, AVRational time_base) {
    const bool stamped = frame.best_effort_timestamp != AV_NOPTS_VALUE;
    const double stamp =
        stamped ? static_cast<double>(frame.best_effort_timestamp) * av_q2d(time_base) : 0;
    if (times_.empty()) {
      start_ = stamp;
      times_.push_back(0);
      return 0;
    }
    const double next = stamped ? stamp - start_ : times_.back() + kAssumedStep_s;
    times_.push_back(next >= times_.back() ? next : times_.back());
    return times_.back();
  }

  [[nodiscard]] int count() const noexcept { return static_cast<int>(times_.size()); }
  [[nodiscard]] double frame_rate() const noexcept {
    return times_.size() < 2 || !(times_.back() > 0)
               ? 0
               : static_cast<double>(times_.size() - 1) / times_.back();
  }
  [[nodiscard]] double duration_s() const {
    if (times_.size() < 2) return 0;
    std::vector<double> steps;
    for (std::size_t i = 1; i < times_.size(); ++i) steps.push_back(times_[i] - times_[i - 1]);
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::ranges::nth_element(steps, middle);
    return times_.back() + *middle;
  }

 private:
  std::vector<double> times_;
  double start_ = 0;
};

class VideoReader {
 public:
  VideoReader(
      Demuxer demuxer,
      const VideoLimits& limits,
      const std::function<Visit(const VideoFrame&)>& visit
  )
      : demuxer_(std::move(demuxer)),
        limits_(limits),
        visit_(visit),
        packet_(av_packet_alloc()),
        frame_(av_frame_alloc()) {}

  Result<VideoSummary> read_all() {
    if (!packet_ || !frame_) return fail(Errc::video_undecodable, "not enough memory");
    SELFSAME_CHECK(read_packets());
    return summary();
  }

 private:
  Result<void> read_packets() {
    while (!stopped_) {
      const auto step = demuxer_.next(*packet_);
      SELFSAME_CHECK(check_effort());
      if (step == Demuxer::Step::over_limit)
        return fail(Errc::video_undecodable, "too many packets");
      if (step == Demuxer::Step::damaged) ++damaged_;
      if (step != Demuxer::Step::packet) return finish();
      SELFSAME_CHECK(decode_packet());
    }
    return {};
  }

  // A small file can take long to decode: frames that are dear, or that come again and again.
  [[nodiscard]] Result<void> check_effort() const {
    const double spent_s = thread_seconds() - start_s_ - visiting_s_;
    if (spent_s <= limits_.max_decoding_s) return {};
    return fail(Errc::video_undecodable, "takes too long to decode");
  }

  Result<void> finish() {
    if (!decoder_) return fail(Errc::video_undecodable, "no video stream");
    avcodec_send_packet(decoder_.get(), nullptr);
    return receive_frames();
  }

  Result<void> decode_packet() {
    if (!decoder_) {
      SELFSAME_TRY(decoder, open_decoder(*demuxer_.stream(), limits_));
      decoder_ = std::move(decoder);
      rotation_deg_ = demuxer_.rotation_deg();
    }
    const bool sound = (packet_->flags & AV_PKT_FLAG_CORRUPT) == 0 &&
                       avcodec_send_packet(decoder_.get(), packet_.get()) >= 0;
    if (!sound) return note_damage();
    return receive_frames();
  }

  Result<void> receive_frames() {
    while (!stopped_) {
      const int answer = avcodec_receive_frame(decoder_.get(), frame_.get());
      SELFSAME_CHECK(check_effort());
      if (answer == AVERROR(EAGAIN) || answer == AVERROR_EOF) return {};
      if (answer < 0 || is_damaged(*frame_)) {
        SELFSAME_CHECK(note_damage());
        if (answer < 0) return {};
        continue;
      }
      SELFSAME_CHECK(show(*frame_));
    }
    return {};
  }

  // Gives up early on garbage; the share is judged at the end.
  Result<void> note_damage() {
    if (++damaged_ > 10 + limits_.max_frames / kDamagedShare) {
      return fail(Errc::video_undecodable, "damaged");
    }
    return {};
  }

  Result<void> check_frame(const AVFrame& frame) {
    const std::int64_t pixels = static_cast<std::int64_t>(frame.width) * frame.height;
    total_pixels_ += pixels;
    if (timeline_.count() >= limits_.max_frames)
      return fail(Errc::video_undecodable, "too many frames");
    if (frame.width < 1 || frame.height < 1 || pixels > limits_.max_pixels ||
        std::max(frame.width, frame.height) > limits_.max_side_px) {
      return fail(Errc::video_undecodable, "too many pixels");
    }
    if (total_pixels_ > limits_.max_total_pixels)
      return fail(Errc::video_undecodable, "too much to decode");
    if (timeline_.count() > 0 && (frame.width != width_px_ || frame.height != height_px_)) {
      return fail(Errc::video_undecodable, "the frame size changes");
    }
    return {};
  }

  Result<void> show(const AVFrame& frame) {
    SELFSAME_CHECK(check_frame(frame));
    width_px_ = frame.width;
    height_px_ = frame.height;
    const int index = timeline_.count();
    const double time_s = timeline_.add(frame, demuxer_.stream()->time_base);
    if (!(time_s <= limits_.max_duration_s)) return fail(Errc::video_undecodable, "too long");
    const double visit_start_s = thread_seconds();
    stopped_ = visit_(DecodedFrame(frame, converter_, index, time_s, rotation_deg_)) == Visit::stop;
    visiting_s_ += thread_seconds() - visit_start_s;
    return {};
  }

  Result<VideoSummary> summary() const {
    const int frames = timeline_.count();
    if (frames == 0) return fail(Errc::video_undecodable, "no frame");
    if (damaged_ * kDamagedShare > frames + damaged_)
      return fail(Errc::video_undecodable, "damaged");
    const bool sideways = rotation_deg_ == 90 || rotation_deg_ == 270;
    VideoSummary summary;
    summary.frames = frames;
    summary.duration_s = timeline_.duration_s();
    summary.frame_rate = timeline_.frame_rate();
    summary.width_px = sideways ? height_px_ : width_px_;
    summary.height_px = sideways ? width_px_ : height_px_;
    summary.damaged = damaged_;
    summary.rotation_deg = rotation_deg_;
    summary.encoder = demuxer_.encoder();
    return summary;
  }

  Demuxer demuxer_;
  const VideoLimits& limits_;
  const std::function<Visit(const VideoFrame&)>& visit_;
  PacketPointer packet_;
  FramePointer frame_;
  DecoderPointer decoder_;
  FrameConverter converter_;
  Timeline timeline_;
  std::int64_t total_pixels_ = 0;
  int width_px_ = 0;
  int height_px_ = 0;
  int rotation_deg_ = 0;
  int damaged_ = 0;
  bool stopped_ = false;
  double start_s_ = thread_seconds();
  double visiting_s_ = 0;
};

}  // namespace

Result<VideoSummary> decode_video(
    ByteView encoded,
    const VideoLimits& limits,
    const std::function<Visit(const VideoFrame&)>& visit
) {
  if (encoded.size() > limits.max_bytes) return fail(Errc::video_too_large, "too many bytes");
  try {
    SELFSAME_TRY(
        demuxer, Demuxer::open(encoded, Track::pictures, limits.max_streams, packets_of(limits))
    );
    return VideoReader(std::move(demuxer), limits, visit).read_all();
  } catch (const std::bad_alloc&) {
    return fail(Errc::video_undecodable, "not enough memory");
  }
}

}  // namespace selfsame::vision
