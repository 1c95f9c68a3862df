// SPDX-License-Identifier: Apache-2.0
// A tone of 440 Hz, one second on and one off, written by the ffmpeg program in every way that we
// read.
#include "vision/decode_sound.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "vision/loudness.h"
#include "vision/spoken_test.h"

namespace selfsame::vision {
namespace {

using test::made_by;

const std::string kTone = "-f lavfi -i \"sine=f=440:d=2,volume='if(lt(t,1),4,0)':eval=frame\" ";
const std::string kPicture = "-f lavfi -i color=c=red:s=64x48:r=25:d=2 ";
const std::string kVideo = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p ";

Bytes encoded(const std::string& arguments, const std::string& extension) {
  return made_by(
      "ffmpeg -hide_banner -loglevel error -nostdin -threads 1 -y " + arguments + " {} </dev/null",
      "." + extension
  );
}

Errc code_of(ByteView video, const SoundLimits& limits = {}) {
  const auto sound = decode_sound(video, limits);
  return sound ? Errc{} : sound.error().code;
}

int crossings(const Sound& sound, double from_s, double to_s) {
  int count = 0;
  for (auto i = static_cast<std::size_t>(from_s * kSoundRate_hz) + 1;
       i < static_cast<std::size_t>(to_s * kSoundRate_hz);
       ++i) {
    count += (sound.samples[i - 1] < 0) != (sound.samples[i] < 0) ? 1 : 0;
  }
  return count;
}

struct Kind {
  const char* name;
  const char* extension;
  const char* encoder;
};

class EverySound : public testing::TestWithParam<Kind> {};

TEST_P(EverySound, IsDecoded) {
  const auto& kind = GetParam();
  const Bytes video = encoded(kTone + kPicture + kVideo + "-c:a " + kind.encoder, kind.extension);
  ASSERT_FALSE(video.empty());
  const auto sound = decode_sound(video, {});
  ASSERT_TRUE(sound) << sound.error().detail;
  EXPECT_NEAR(static_cast<double>(sound->samples.size()) / kSoundRate_hz, 2, 0.15);
  EXPECT_NEAR(sound->start_s, 0, 0.08);
  EXPECT_NEAR(crossings(*sound, 0.2, 0.7), 440, 15);
  const Loudness loudness(sound->samples);
  EXPECT_NEAR(loudness.at_dbfs(0.5), -9, 3.5);
  EXPECT_LT(loudness.at_dbfs(1.5), -50);
}

INSTANTIATE_TEST_SUITE_P(
    DecodeSound,
    EverySound,
    testing::Values(
        Kind{"mp4_aac", "mp4", "aac -ar 44100"},
        Kind{"mp4_aac_stereo", "mp4", "aac -ac 2 -ar 48000"},
        Kind{"mp4_mp3", "mp4", "libmp3lame"},
        Kind{"mp4_opus", "mp4", "libopus -strict -2"},
        Kind{"fragments", "mp4", "aac -movflags frag_keyframe+empty_moov"},
        Kind{"mov_pcm", "mov", "pcm_s16le -ar 48000"},
        Kind{"mov_pcm_big", "mov", "pcm_s16be -ar 22050"},
        Kind{"mov_ulaw", "mov", "pcm_mulaw -ar 8000"},
        Kind{"mkv_vorbis", "mkv", "libvorbis -ac 2"},
        Kind{"mkv_opus", "mkv", "libopus"},
        Kind{"mkv_float", "mkv", "pcm_f32le -ar 96000"},
        Kind{"mkv_24", "mkv", "pcm_s24le"},
        Kind{"avi_pcm", "avi", "pcm_s16le"},
        Kind{"avi_u8", "avi", "pcm_u8 -ar 11025"},
        Kind{"avi_mp3", "avi", "libmp3lame"},
        Kind{"flv_aac", "flv", "aac"},
        Kind{"flv_mp3", "flv", "libmp3lame -ar 44100"}
    ),
    [](const auto& info) { return std::string(info.param.name); }
);

TEST(DecodeSound, ReadsWebm) {
  const Bytes video = encoded(
      kTone + kPicture + "-c:v libvpx -deadline realtime -cpu-used 8 -live 1 -c:a libopus", "webm"
  );
  const auto sound = decode_sound(video, {});
  ASSERT_TRUE(sound) << sound.error().detail;
  EXPECT_NEAR(crossings(*sound, 0.2, 0.7), 440, 15);
}

TEST(DecodeSound, ReadsWav) {
  const auto sound = decode_sound(encoded(kTone, "wav"), {});
  ASSERT_TRUE(sound) << sound.error().detail;
  EXPECT_NEAR(crossings(*sound, 0.2, 0.7), 440, 15);
}

TEST(DecodeSound, KnowsWhenSoundBeginsBesideThePictures) {
  const Bytes late = encoded(kPicture + "-itsoffset 0.7 " + kTone + kVideo + "-c:a aac", "mkv");
  const auto sound = decode_sound(late, {});
  ASSERT_TRUE(sound) << sound.error().detail;
  EXPECT_NEAR(sound->start_s, 0.7, 0.08);
}

TEST(DecodeSound, KeepsGapsOpen) {
  const Bytes video = encoded(
      "-f lavfi -i \"sine=f=440:d=3,volume=4,aselect='not(between(t,1,2))'\" -c:a pcm_s16le", "mkv"
  );
  const auto sound = decode_sound(video, {});
  ASSERT_TRUE(sound) << sound.error().detail;
  EXPECT_NEAR(static_cast<double>(sound->samples.size()) / kSoundRate_hz, 3, 0.1);
  const Loudness loudness(sound->samples);
  EXPECT_LT(loudness.at_dbfs(1.5), -100);
  EXPECT_GT(loudness.at_dbfs(2.5), -20);
}

TEST(DecodeSound, BreaksOffAtEachLimit) {
  const Bytes video = encoded(kTone + kPicture + kVideo + "-c:a aac -ac 2 -ar 48000", "mp4");
  ASSERT_EQ(code_of(video), Errc{});
  SoundLimits limits;
  limits.max_bytes = video.size() - 1;
  EXPECT_EQ(code_of(video, limits), Errc::video_too_large);
  limits = {};
  limits.max_duration_s = 1.9;
  EXPECT_EQ(code_of(video, limits), Errc::video_undecodable);
  limits = {};
  limits.max_channels = 1;
  EXPECT_EQ(code_of(video, limits), Errc::video_undecodable);
  limits = {};
  limits.max_sample_rate_hz = 44'100;
  EXPECT_EQ(code_of(video, limits), Errc::video_undecodable);
  limits = {};
  limits.max_streams = 1;
  EXPECT_EQ(code_of(video, limits), Errc::video_undecodable);
  limits = {};
  limits.max_decoding_s = 0;
  EXPECT_EQ(code_of(video, limits), Errc::video_undecodable);
}

TEST(DecodeSound, RefusesWhatHasNone) {
  EXPECT_EQ(code_of({}), Errc::video_undecodable);
  EXPECT_EQ(code_of(Bytes(100'000, 0)), Errc::video_undecodable);
  EXPECT_EQ(code_of(encoded(kPicture + kVideo, "mp4")), Errc::video_undecodable);
}

TEST(DecodeSound, RefusesOtherCodecsAndContainers) {
  for (const char* encoder : {"ac3", "flac", "adpcm_ms"}) {
    const Bytes video = encoded(kTone + "-c:a " + encoder, "mkv");
    ASSERT_FALSE(video.empty()) << encoder;
    EXPECT_EQ(code_of(video), Errc::video_undecodable) << encoder;
  }
  EXPECT_EQ(code_of(encoded(kTone, "ogg")), Errc::video_undecodable);
}

TEST(DecodeSound, RefusesDamage) {
  Bytes video = encoded(kTone + "-c:a aac -movflags +faststart", "mp4");
  ASSERT_EQ(code_of(video), Errc{});
  std::fill(
      video.begin() + static_cast<std::ptrdiff_t>(video.size() / 4), video.end(), std::uint8_t{0xA5}
  );
  EXPECT_EQ(code_of(video), Errc::video_undecodable);
}

}  // namespace
}  // namespace selfsame::vision
