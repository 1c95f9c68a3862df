// SPDX-License-Identifier: Apache-2.0
#include "vision/media/demuxer.h"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/mem.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "vision/media/tame_libav.h"

namespace selfsame::vision {
namespace {

constexpr int kBufferBytes = 1 << 16;
constexpr const char* kFormats = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv";
constexpr const char* kSoundFormats = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,wav";
constexpr std::int64_t kProbeBytes = 1 << 20;
constexpr std::int64_t kReadAgain = 2;  // packets hold at most so many times the file

// A playlist or an edit list may name other files: none is opened, whatever the protocol.
int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

bool is_video(const AVStream& stream) noexcept {
  return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
         (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
}

bool is_track(const AVStream& stream, Track track) noexcept {
  switch (track) {
    case Track::pictures:
      return is_video(stream);
    case Track::sound:
      return stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
  }
  return false;
}

}  // namespace

void Demuxer::IoFreer::operator()(AVIOContext* io) const noexcept {
  av_freep(&io->buffer);  // FFmpeg may have replaced the one that we gave
  avio_context_free(&io);
}

int Demuxer::read(void* input, std::uint8_t* to, int size) {
  auto& from = *static_cast<Input*>(input);
  const auto left = static_cast<std::int64_t>(from.bytes.size()) - from.position;
  const std::int64_t count = std::min<std::int64_t>(size, left);
  if (count <= 0) return AVERROR_EOF;
  std::memcpy(to, from.bytes.data() + from.position, static_cast<std::size_t>(count));
  from.position += count;
  return static_cast<int>(count);
}

std::int64_t Demuxer::seek(void* input, std::int64_t offset, int whence) {
  auto& from = *static_cast<Input*>(input);
  const auto size = static_cast<std::int64_t>(from.bytes.size());
  if ((whence & AVSEEK_SIZE) != 0) return size;
  std::int64_t base = 0;
  switch (whence & ~AVSEEK_FORCE) {
    case SEEK_SET:
      break;
    case SEEK_CUR:
      base = from.position;
      break;
    case SEEK_END:
      base = size;
      break;
    default:
      return AVERROR(EINVAL);
  }
  // Written so that nothing overflows.
  if (offset < -base || offset > size - base) return AVERROR(EINVAL);
  from.position = base + offset;
  return from.position;
}

Result<Demuxer> Demuxer::open(ByteView encoded, Track wanted, int max_streams, int max_packets) {
  tame_libav();
  Demuxer demuxer;
  demuxer.wanted_ = wanted;
  demuxer.input_ = std::make_unique<Input>(Input{encoded, 0});
  auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
  demuxer.io_.reset(
      avio_alloc_context(buffer, kBufferBytes, 0, demuxer.input_.get(), &read, nullptr, &seek)
  );
  AVFormatContext* format = avformat_alloc_context();
  if (!demuxer.io_ || format == nullptr) return fail(Errc::video_undecodable, "not enough memory");
  format->pb = demuxer.io_.get();
  format->flags |= AVFMT_FLAG_CUSTOM_IO;
  format->io_open = &refuse_to_open;
  format->max_streams = max_streams;
  format->probesize = kProbeBytes;
  AVDictionary* settings = nullptr;
  const char* formats = wanted == Track::sound ? kSoundFormats : kFormats;
  av_dict_set(&settings, "format_whitelist", formats, 0);
  const int answer = avformat_open_input(&format, nullptr, nullptr, &settings);  // frees on failure
  av_dict_free(&settings);
  if (answer < 0) return fail(Errc::video_undecodable, "no video container that we read");
  demuxer.format_.reset(format);
  demuxer.packets_left_ = max_packets;
  demuxer.bytes_left_ = kReadAgain * static_cast<std::int64_t>(encoded.size());
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    AVStream& stream = *format->streams[i];
    const bool may_be_wanted = is_video(stream) || is_track(stream, wanted) ||
                               stream.codecpar->codec_type == AVMEDIA_TYPE_UNKNOWN;
    if (!may_be_wanted) stream.discard = AVDISCARD_ALL;
  }
  return demuxer;
}

Demuxer::Step Demuxer::next(AVPacket& packet) {
  while (true) {
    av_packet_unref(&packet);
    const int answer = av_read_frame(format_.get(), &packet);
    if (answer == AVERROR_EOF) return Step::end;
    if (answer < 0) return Step::damaged;
    bytes_left_ -= packet.size;
    if (--packets_left_ < 0 || bytes_left_ < 0) return Step::over_limit;
    const auto& stream = *format_->streams[packet.stream_index];
    if (is_video(stream)) note_picture(packet, stream);
    if (stream_index_ < 0 && is_track(stream, wanted_)) stream_index_ = packet.stream_index;
    if (packet.stream_index == stream_index_) return Step::packet;
  }
}

void Demuxer::note_picture(const AVPacket& packet, const AVStream& stream) noexcept {
  const bool is_shown = (packet.flags & AV_PKT_FLAG_DISCARD) == 0;
  if (!is_shown || packet.pts == AV_NOPTS_VALUE) return;
  const double time_s = static_cast<double>(packet.pts) * av_q2d(stream.time_base);
  first_picture_s_ = std::min(first_picture_s_.value_or(time_s), time_s);
}

const AVStream* Demuxer::stream() const noexcept {
  return stream_index_ < 0 ? nullptr : format_->streams[stream_index_];
}

int Demuxer::rotation_deg() const noexcept {
  const AVStream* video = stream();
  if (video == nullptr) return 0;
  std::size_t size = 0;
  const std::uint8_t* matrix = av_stream_get_side_data(video, AV_PKT_DATA_DISPLAYMATRIX, &size);
  if (matrix == nullptr || size < 9 * sizeof(std::int32_t)) return 0;
  std::int32_t values[9];
  std::memcpy(values, matrix, sizeof values);
  const double counterclockwise_deg = av_display_rotation_get(values);
  if (!std::isfinite(counterclockwise_deg)) return 0;
  const int quarters = static_cast<int>(std::lround(-counterclockwise_deg / 90));
  return (quarters % 4 + 4) % 4 * 90;
}

// FFmpeg calls the writing program "encoder" whatever the container (mp4's "©too", Matroska's
// "WritingApp").
std::string Demuxer::encoder() const {
  constexpr std::size_t kMost = 64;
  const AVDictionaryEntry* tag = av_dict_get(format_->metadata, "encoder", nullptr, 0);
  std::string text;
  if (tag == nullptr || tag->value == nullptr) return text;
  for (const char* at = tag->value; *at != 0 && text.size() < kMost; ++at) {
    if (*at >= ' ' && *at <= '~') text += *at;
  }
  return text;
}

}  // namespace selfsame::vision
