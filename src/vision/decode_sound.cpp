// SPDX-License-Identifier: Apache-2.0
#include "vision/decode_sound.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "vision/media/demuxer.h"
#include "vision/media/thread_seconds.h"

extern "C" {
#include <libswresample/swresample.h>
}

namespace selfsame::vision {
namespace {

constexpr std::array kCodecs = {
    AV_CODEC_ID_AAC,
    AV_CODEC_ID_OPUS,
    AV_CODEC_ID_VORBIS,
    AV_CODEC_ID_MP3,
    AV_CODEC_ID_AMR_NB,
    AV_CODEC_ID_AMR_WB,
    AV_CODEC_ID_PCM_U8,
    AV_CODEC_ID_PCM_S16LE,
    AV_CODEC_ID_PCM_S16BE,
    AV_CODEC_ID_PCM_S24LE,
    AV_CODEC_ID_PCM_F32LE,
    AV_CODEC_ID_PCM_ALAW,
    AV_CODEC_ID_PCM_MULAW
};
constexpr int kDamagedShare = 20;      // one in this many packets may be damaged
constexpr double kLeastGap_s = 0.1;    // smaller ones are the containers' roundings
constexpr int kPacketsASecond = 1200;  // of sound and pictures together, many more than are sent

AVChannelLayout mono() noexcept {
  AVChannelLayout layout{};
  av_channel_layout_default(&layout, 1);
  return layout;
}

// Any rate, sample format and channels to ours. One thread.
class SoundConverter {
 public:
  // Appends; without a frame, what the resampler still holds back.
  [[nodiscard]] bool convert(const AVFrame* frame, std::vector<std::int16_t>& to) {
    if (frame != nullptr && !prepare(*frame)) return false;
    if (!context_) return true;
    const int held = swr_get_out_samples(context_.get(), frame == nullptr ? 0 : frame->nb_samples);
    if (held < 0) return false;
    const std::size_t before = to.size();
    to.resize(before + static_cast<std::size_t>(held));
    auto* out = reinterpret_cast<std::uint8_t*>(to.data() + before);
    const auto* const* in =
        frame == nullptr ? nullptr : const_cast<const std::uint8_t**>(frame->extended_data);
    const int made = swr_convert(
        context_.get(),
        &out,
        held,
        const_cast<const std::uint8_t**>(in),
        frame == nullptr ? 0 : frame->nb_samples
    );
    to.resize(before + static_cast<std::size_t>(std::max(made, 0)));
    return made >= 0;
  }

 private:
  struct ContextFreer {
    void operator()(SwrContext* context) const noexcept { swr_free(&context); }
  };

  bool prepare(const AVFrame& frame) {
    const bool same = context_ && frame.sample_rate == rate_hz_ && frame.format == format_ &&
                      frame.ch_layout.nb_channels == channels_;
    if (same) return true;
    AVChannelLayout to = mono();
    AVChannelLayout from{};
    // Orders that are not named say nothing about loudness: taken as the usual ones.
    av_channel_layout_default(&from, frame.ch_layout.nb_channels);
    SwrContext* context = nullptr;
    const int answer = swr_alloc_set_opts2(
        &context,
        &to,
        AV_SAMPLE_FMT_S16,
        kSoundRate_hz,
        &from,
        static_cast<AVSampleFormat>(frame.format),
        frame.sample_rate,
        0,
        nullptr
    );
    context_.reset(context);
    if (answer < 0 || swr_init(context_.get()) < 0) return false;
    rate_hz_ = frame.sample_rate;
    format_ = frame.format;
    channels_ = frame.ch_layout.nb_channels;
    return true;
  }

  std::unique_ptr<SwrContext, ContextFreer> context_;
  int rate_hz_ = 0;
  int format_ = -1;
  int channels_ = 0;
};

Result<DecoderPointer> open_decoder(const AVStream& stream) {
  const AVCodecID id = stream.codecpar->codec_id;
  const bool ours = std::ranges::find(kCodecs, id) != kCodecs.end();
  const AVCodec* codec = ours ? avcodec_find_decoder(id) : nullptr;
  if (codec == nullptr) return fail(Errc::video_undecodable, "no sound codec that we read");
  DecoderPointer decoder(avcodec_alloc_context3(codec));
  if (!decoder || avcodec_parameters_to_context(decoder.get(), stream.codecpar) < 0) {
    return fail(Errc::video_undecodable, "codec parameters");
  }
  decoder->thread_count = 1;
  decoder->pkt_timebase = stream.time_base;
  if (avcodec_open2(decoder.get(), codec, nullptr) < 0) {
    return fail(Errc::video_undecodable, "the decoder refuses the sound");
  }
  return decoder;
}

class SoundReader {
 public:
  SoundReader(Demuxer demuxer, const SoundLimits& limits)
      : demuxer_(std::move(demuxer)),
        limits_(limits),
        packet_(av_packet_alloc()),
        frame_(av_frame_alloc()) {}

  Result<Sound> read_all() {
    if (!packet_ || !frame_) return fail(Errc::video_undecodable, "not enough memory");
    SELFSAME_CHECK(read_packets());
    if (!decoder_) return fail(Errc::video_undecodable, "no sound stream");
    avcodec_send_packet(decoder_.get(), nullptr);
    SELFSAME_CHECK(receive_frames());
    SELFSAME_CHECK(add(nullptr));
    if (damaged_ * kDamagedShare > packets_) return fail(Errc::video_undecodable, "damaged sound");
    if (sound_.samples.empty()) return fail(Errc::video_undecodable, "an empty sound stream");
    sound_.start_s =
        first_s_ && demuxer_.first_picture_s() ? *first_s_ - *demuxer_.first_picture_s() : 0;
    return std::move(sound_);
  }

 private:
  Result<void> read_packets() {
    while (true) {
      const auto step = demuxer_.next(*packet_);
      SELFSAME_CHECK(check_effort());
      switch (step) {
        case Demuxer::Step::over_limit:
          return fail(Errc::video_undecodable, "too many packets");
        case Demuxer::Step::end:
          return {};
        case Demuxer::Step::damaged:
          ++damaged_;
          return {};
        case Demuxer::Step::packet:
          SELFSAME_CHECK(decode_packet());
      }
    }
  }

  [[nodiscard]] Result<void> check_effort() const {
    if (thread_seconds() - begun_s_ <= limits_.max_decoding_s) return {};
    return fail(Errc::video_undecodable, "takes too long to decode");
  }

  Result<void> decode_packet() {
    ++packets_;
    if (!decoder_) {
      SELFSAME_TRY(decoder, open_decoder(*demuxer_.stream()));
      decoder_ = std::move(decoder);
    }
    const bool sound = (packet_->flags & AV_PKT_FLAG_CORRUPT) == 0 &&
                       avcodec_send_packet(decoder_.get(), packet_.get()) >= 0;
    if (sound) return receive_frames();
    ++damaged_;
    return {};
  }

  Result<void> receive_frames() {
    while (true) {
      const int answer = avcodec_receive_frame(decoder_.get(), frame_.get());
      SELFSAME_CHECK(check_effort());
      if (answer == AVERROR(EAGAIN) || answer == AVERROR_EOF) return {};
      if (answer < 0) {
        ++damaged_;
        return {};
      }
      SELFSAME_CHECK(check_frame());
      SELFSAME_CHECK(fill_gap());
      SELFSAME_CHECK(add(frame_.get()));
    }
  }

  Result<void> check_frame() const {
    const bool fits = frame_->ch_layout.nb_channels >= 1 &&
                      frame_->ch_layout.nb_channels <= limits_.max_channels &&
                      frame_->sample_rate >= 1000 &&
                      frame_->sample_rate <= limits_.max_sample_rate_hz;
    if (fits) return {};
    return fail(Errc::video_undecodable, "channels or sample rate over the limit");
  }

  // Sound that was not recorded for a while (a browser under load) must not close up.
  Result<void> fill_gap() {
    if (frame_->best_effort_timestamp == AV_NOPTS_VALUE) return {};
    const double time_s =
        static_cast<double>(frame_->best_effort_timestamp) * av_q2d(demuxer_.stream()->time_base);
    if (!first_s_) first_s_ = time_s;
    const double gap_s = time_s - *first_s_ - length_s();
    if (!(gap_s > kLeastGap_s)) return {};
    if (!(length_s() + gap_s <= limits_.max_duration_s)) return too_long();
    const auto silent = static_cast<std::size_t>(std::lround(gap_s * kSoundRate_hz));
    sound_.samples.resize(sound_.samples.size() + silent);
    return {};
  }

  Result<void> add(const AVFrame* frame) {
    if (!converter_.convert(frame, sound_.samples)) {
      return fail(Errc::video_undecodable, "sound that cannot be converted");
    }
    return length_s() <= limits_.max_duration_s ? Result<void>{} : too_long();
  }

  static tl::unexpected<Error> too_long() {
    return fail(Errc::video_undecodable, "the sound is too long");
  }

  [[nodiscard]] double length_s() const noexcept {
    return static_cast<double>(sound_.samples.size()) / kSoundRate_hz;
  }

  Demuxer demuxer_;
  const SoundLimits& limits_;
  PacketPointer packet_;
  FramePointer frame_;
  DecoderPointer decoder_;
  SoundConverter converter_;
  Sound sound_;
  std::optional<double> first_s_;  // of the container's time stamps
  int packets_ = 0;
  int damaged_ = 0;
  double begun_s_ = thread_seconds();
};

int packets_of(const SoundLimits& limits) noexcept {
  return static_cast<int>(limits.max_duration_s * kPacketsASecond) + 100;
}

}  // namespace

Result<Sound> decode_sound(ByteView encoded, const SoundLimits& limits) {
  if (encoded.size() > limits.max_bytes) return fail(Errc::video_too_large, "too many bytes");
  try {
    SELFSAME_TRY(
        demuxer, Demuxer::open(encoded, Track::sound, limits.max_streams, packets_of(limits))
    );
    return SoundReader(std::move(demuxer), limits).read_all();
  } catch (const std::bad_alloc&) {
    return fail(Errc::video_undecodable, "not enough memory");
  }
}

}  // namespace selfsame::vision
