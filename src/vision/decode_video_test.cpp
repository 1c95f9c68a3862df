// SPDX-License-Identifier: Apache-2.0
// Videos are made by the ffmpeg program at test time: left half red, right half blue, a green patch
// in the upper left corner.
#include "vision/decode_video.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "vision/test_cards.h"

namespace selfsame::vision {
namespace {

namespace fs = std::filesystem;

const std::string kPattern =
    "color=c=red:s=160x120:r=25:d=2,drawbox=x=80:y=0:w=80:h=120:c=blue:t=fill,"
    "drawbox=x=0:y=0:w=40:h=40:c=lime:t=fill";

// The bytes that ffmpeg writes for these arguments; empty when it cannot.
Bytes made_by_ffmpeg(const std::string& arguments, const std::string& extension) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->test_suite_name()) + "-" + test->name() + "." + extension;
  std::ranges::replace(name, '/', '-');
  const fs::path path = fs::path(testing::TempDir()) / name;
  const std::string command = "ffmpeg -hide_banner -loglevel error -nostdin -threads 1 -y " +
                              arguments + " \"" + path.string() + "\" </dev/null";
  const bool made = std::system(command.c_str()) == 0;  // NOLINT(cert-env33-c): a fixed command
  Bytes bytes = made ? test::read_file(path.string()) : Bytes{};
  fs::remove(path);
  return bytes;
}

struct Seen {
  std::vector<double> times;
  std::vector<Image> images;
};

Result<VideoSummary> watch(
    ByteView video, Seen& seen, const VideoLimits& limits = {}, int every = 10
) {
  return decode_video(video, limits, [&](const VideoFrame& frame) {
    EXPECT_EQ(frame.index(), static_cast<int>(seen.times.size()));
    seen.times.push_back(frame.time_s());
    if (frame.index() % every == 0) seen.images.push_back(frame.image().value());
    return Visit::more;
  });
}

Errc code_of(ByteView video, const VideoLimits& limits = {}) {
  Seen seen;
  const auto summary = watch(video, seen, limits);
  return summary ? Errc{} : summary.error().code;
}

enum class Colour : std::uint8_t { red, green, blue, other };

Colour colour_at(const Image& image, double share_x, double share_y) {
  const auto x = static_cast<std::size_t>(share_x * image.width_px);
  const auto y = static_cast<std::size_t>(share_y * image.height_px);
  const auto* bgr = &image.bgr[(y * static_cast<std::size_t>(image.width_px) + x) * 3];
  const auto is = [bgr](int b, int g, int r) {
    return std::abs(bgr[0] - b) < 40 && std::abs(bgr[1] - g) < 40 && std::abs(bgr[2] - r) < 40;
  };
  if (is(0, 0, 255)) return Colour::red;
  if (is(0, 255, 0)) return Colour::green;
  return is(255, 0, 0) ? Colour::blue : Colour::other;
}

void expect_upright(const Image& image) {
  EXPECT_EQ(colour_at(image, .1, .1), Colour::green);
  EXPECT_EQ(colour_at(image, .25, .8), Colour::red);
  EXPECT_EQ(colour_at(image, .75, .5), Colour::blue);
}

struct Pair {
  const char* name;
  const char* extension;
  const char* encoder;
};

class EveryContainerAndCodec : public testing::TestWithParam<Pair> {};

TEST_P(EveryContainerAndCodec, IsDecoded) {
  const auto& pair = GetParam();
  const Bytes video = made_by_ffmpeg(
      "-f lavfi -i \"" + kPattern + "\" -pix_fmt yuv420p -c:v " + pair.encoder, pair.extension
  );
  ASSERT_FALSE(video.empty());
  Seen seen;
  const auto summary = watch(video, seen);
  ASSERT_TRUE(summary) << summary.error().detail;
  EXPECT_EQ(summary->frames, 50);
  EXPECT_NEAR(summary->duration_s, 2.0, 0.05);
  EXPECT_NEAR(summary->frame_rate, 25, 0.5);
  EXPECT_EQ(summary->width_px, 160);
  EXPECT_EQ(summary->height_px, 120);
  EXPECT_EQ(summary->damaged, 0);
  EXPECT_TRUE(std::ranges::is_sorted(seen.times));
  ASSERT_EQ(seen.images.size(), 5U);
  for (const auto& image : seen.images) expect_upright(image);
}

INSTANTIATE_TEST_SUITE_P(
    DecodeVideo,
    EveryContainerAndCodec,
    testing::Values(
        Pair{"mp4_h264", "mp4", "libx264 -preset ultrafast"},
        Pair{"mp4_h264_b_frames", "mp4", "libx264 -preset veryfast -bf 3"},
        Pair{
            "mp4_h264_fragmented",
            "mp4",
            "libx264 -preset ultrafast -movflags frag_keyframe+empty_moov"
        },
        Pair{"mp4_hevc", "mp4", "libx265 -preset ultrafast -x265-params log-level=none"},
        Pair{"mp4_mpeg4", "mp4", "mpeg4 -q:v 3"},
        Pair{"mp4_vp9", "mp4", "libvpx-vp9 -deadline realtime -cpu-used 8"},
        Pair{"mov_h264", "mov", "libx264 -preset ultrafast"},
        Pair{"mov_hevc", "mov", "libx265 -preset ultrafast -x265-params log-level=none"},
        Pair{"mov_mpeg4", "mov", "mpeg4 -q:v 3"},
        Pair{"webm_vp8", "webm", "libvpx -deadline realtime -cpu-used 8 -b:v 1M"},
        Pair{"webm_vp9", "webm", "libvpx-vp9 -deadline realtime -cpu-used 8"},
        Pair{"webm_live", "webm", "libvpx -deadline realtime -cpu-used 8 -b:v 1M -live 1"},
        Pair{"mkv_h264", "mkv", "libx264 -preset ultrafast"},
        Pair{"mkv_hevc", "mkv", "libx265 -preset ultrafast -x265-params log-level=none"},
        Pair{"mkv_mpeg4", "mkv", "mpeg4 -q:v 3"},
        Pair{"mkv_vp8", "mkv", "libvpx -deadline realtime -cpu-used 8 -b:v 1M"},
        Pair{"mkv_vp9", "mkv", "libvpx-vp9 -deadline realtime -cpu-used 8"},
        Pair{"avi_h264", "avi", "libx264 -preset ultrafast"},
        Pair{"avi_mpeg4", "avi", "mpeg4 -q:v 3"},
        Pair{"flv_h264", "flv", "libx264 -preset ultrafast"}
    ),
    [](const auto& info) { return std::string(info.param.name); }
);

const std::string kH264 =
    "-f lavfi -i \"" + kPattern + "\" -pix_fmt yuv420p -c:v libx264 -preset ultrafast ";

TEST(DecodeVideo, IgnoresSound) {
  const Bytes video = made_by_ffmpeg("-f lavfi -i sine=d=2 " + kH264 + "-c:a aac", "mp4");
  Seen seen;
  EXPECT_EQ(watch(video, seen)->frames, 50);
}

TEST(DecodeVideo, RefusesSoundAlone) {
  const Bytes video = made_by_ffmpeg("-f lavfi -i sine=d=2 -c:a aac", "mp4");
  ASSERT_FALSE(video.empty());
  EXPECT_EQ(code_of(video), Errc::video_undecodable);
}

// Writes the upper left 2x2 of the track's matrix (ISO/IEC 14496-12, tkhd; 16.16 fixed point).
void set_track_matrix(Bytes& video, const std::array<int, 4>& matrix) {
  const auto header = text_of(video).find("tkhd");
  ASSERT_NE(header, std::string_view::npos);
  const std::array<std::size_t, 4> places = {44, 48, 56, 60};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto value = static_cast<std::uint32_t>(matrix[i]) << 16U;
    for (std::size_t byte = 0; byte < 4; ++byte) {
      video[header + places[i] + byte] = static_cast<std::uint8_t>(value >> (24 - 8 * byte));
    }
  }
}

TEST(DecodeVideo, TurnsUprightByTheContainersMatrix) {
  struct Turn {
    const char* stored;         // how the picture was turned before it was stored
    std::array<int, 4> matrix;  // as a phone writes it, so that it is shown upright
    int clockwise_deg;
  };
  const Turn turns[] = {
      {"transpose=cclock", {0, 1, -1, 0}, 90},
      {"hflip,vflip", {-1, 0, 0, -1}, 180},
      {"transpose=clock", {0, -1, 1, 0}, 270},
  };
  for (const auto& turn : turns) {
    Bytes video = made_by_ffmpeg(
        "-f lavfi -i \"" + kPattern + "," + turn.stored +
            "\" -pix_fmt yuv420p -c:v libx264 -preset ultrafast",
        "mov"
    );
    set_track_matrix(video, turn.matrix);
    Seen seen;
    const auto summary = watch(video, seen);
    ASSERT_TRUE(summary) << summary.error().detail;
    EXPECT_EQ(summary->rotation_deg, turn.clockwise_deg) << turn.stored;
    EXPECT_EQ(summary->width_px, 160);
    EXPECT_EQ(summary->height_px, 120);
    expect_upright(seen.images.front());
  }
}

TEST(DecodeVideo, ReadsOddSizesAndShrinks) {
  const Bytes video = made_by_ffmpeg(
      "-f lavfi -i \"" + kPattern +
          ",scale=171:131\" -pix_fmt yuv444p -c:v libx264 -preset ultrafast",
      "mp4"
  );
  std::vector<Image> images;
  const auto summary = decode_video(video, {}, [&](const VideoFrame& frame) {
    EXPECT_EQ(frame.width_px(), 171);
    EXPECT_EQ(frame.height_px(), 131);
    images.push_back(frame.image(64).value());
    return images.size() < 3 ? Visit::more : Visit::stop;
  });
  ASSERT_TRUE(summary);
  ASSERT_EQ(images.size(), 3U);
  EXPECT_EQ(images[0].width_px, 64);
  EXPECT_EQ(images[0].height_px, 49);
  expect_upright(images[0]);
}

TEST(DecodeVideo, OneFrameLastsNoTime) {
  const Bytes video = made_by_ffmpeg(kH264 + "-frames:v 1", "mp4");
  Seen seen;
  const auto summary = watch(video, seen);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->frames, 1);
  EXPECT_EQ(summary->duration_s, 0);
}

TEST(DecodeVideo, MeasuresVariableFrameRate) {
  // 25 a second for one second, then every fifth frame.
  const Bytes video = made_by_ffmpeg(
      "-f lavfi -i \"" + kPattern +
          ",select='lt(t,1)+not(mod(n,5))'\" -vsync vfr -c:v libvpx -deadline realtime "
          "-cpu-used 8 -b:v 1M -live 1",
      "webm"
  );
  Seen seen;
  const auto summary = watch(video, seen);
  ASSERT_TRUE(summary) << summary.error().detail;
  EXPECT_EQ(summary->frames, 30);
  EXPECT_NEAR(seen.times[25] - seen.times[24], 0.04, 0.02);
  EXPECT_NEAR(seen.times[27] - seen.times[26], 0.2, 0.01);
}

TEST(DecodeVideo, BreaksOffAtEachLimit) {
  const Bytes video = made_by_ffmpeg(kH264, "mp4");
  ASSERT_EQ(code_of(video), Errc{});
  VideoLimits limits;
  limits.max_bytes = video.size() - 1;
  EXPECT_EQ(code_of(video, limits), Errc::video_too_large);
  limits = {};
  limits.max_frames = 49;
  EXPECT_EQ(code_of(video, limits), Errc::video_undecodable);
  limits = {};
  limits.max_duration_s = 1.9;
  EXPECT_EQ(code_of(video, limits), Errc::video_undecodable);
  limits = {};
  limits.max_pixels = 160LL * 120 - 1;
  EXPECT_EQ(code_of(video, limits), Errc::video_undecodable);
  limits = {};
  limits.max_side_px = 159;
  EXPECT_EQ(code_of(video, limits), Errc::video_undecodable);
  limits = {};
  limits.max_total_pixels = 160LL * 120 * 49;
  EXPECT_EQ(code_of(video, limits), Errc::video_undecodable);
}

TEST(DecodeVideo, StopsWhenTheVisitorHasSeenEnough) {
  const Bytes video = made_by_ffmpeg(kH264, "mp4");
  int visits = 0;
  const auto summary = decode_video(video, {}, [&](const VideoFrame&) {
    return ++visits == 7 ? Visit::stop : Visit::more;
  });
  ASSERT_TRUE(summary);
  EXPECT_EQ(visits, 7);
  EXPECT_EQ(summary->frames, 7);
}

TEST(DecodeVideo, RefusesGarbage) {
  EXPECT_EQ(code_of({}), Errc::video_undecodable);
  EXPECT_EQ(code_of(Bytes(100'000, 0)), Errc::video_undecodable);
  Bytes noise(100'000);
  std::uint32_t state = 1;
  for (auto& byte : noise)
    byte = static_cast<std::uint8_t>((state = state * 1664525U + 1013904223U) >> 24U);
  EXPECT_EQ(code_of(noise), Errc::video_undecodable);
}

TEST(DecodeVideo, RefusesTruncatedFiles) {
  Bytes video = made_by_ffmpeg(kH264, "mp4");  // the index is at the end
  video.resize(video.size() * 9 / 10);
  EXPECT_EQ(code_of(video), Errc::video_undecodable);
}

TEST(DecodeVideo, RefusesDamageInTheMiddle) {
  const Bytes whole =
      made_by_ffmpeg(kH264 + "-movflags +faststart -g 5 -x264-params keyint=5", "mp4");
  Bytes video = whole;
  const std::size_t from = video.size() / 2;
  std::fill(
      video.begin() + static_cast<std::ptrdiff_t>(from), video.end() - 200, std::uint8_t{0xA5}
  );
  EXPECT_EQ(code_of(video), Errc::video_undecodable);
}

TEST(DecodeVideo, RefusesOtherFormatsAndCodecs) {
  for (const char* encoder : {"mjpeg", "msmpeg4v2", "ffv1"}) {
    const Bytes video =
        made_by_ffmpeg("-f lavfi -i \"" + kPattern + "\" -pix_fmt yuvj420p -c:v " + encoder, "avi");
    ASSERT_FALSE(video.empty()) << encoder;
    EXPECT_EQ(code_of(video), Errc::video_undecodable) << encoder;
  }
  const Bytes gif = made_by_ffmpeg("-f lavfi -i \"" + kPattern + "\"", "gif");
  ASSERT_FALSE(gif.empty());
  EXPECT_EQ(code_of(gif), Errc::video_undecodable);
  const Bytes stream = made_by_ffmpeg(kH264, "ts");
  ASSERT_FALSE(stream.empty());
  EXPECT_EQ(code_of(stream), Errc::video_undecodable);
}

TEST(DecodeVideo, OpensNoOtherFile) {
  const fs::path secret = fs::path(testing::TempDir()) / "selfsame-local.mp4";
  const Bytes video = made_by_ffmpeg(kH264, "mp4");
  std::ofstream(secret, std::ios::binary)
      .write(
          reinterpret_cast<const char*>(video.data()), static_cast<std::streamsize>(video.size())
      );
  const std::string playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://" +
                               secret.string() + "\n#EXT-X-ENDLIST\n";
  EXPECT_EQ(code_of(bytes_of(playlist)), Errc::video_undecodable);
  const std::string list = "ffconcat version 1.0\nfile " + secret.string() + "\n";
  EXPECT_EQ(code_of(bytes_of(list)), Errc::video_undecodable);
  fs::remove(secret);
}

TEST(DecodeVideo, RefusesTooManyStreams) {
  std::string arguments = "-f lavfi -i \"" + kPattern + "\" -pix_fmt yuv420p -c:v mpeg4";
  for (int i = 0; i < 9; ++i) arguments += " -map 0:v";
  const Bytes video = made_by_ffmpeg(arguments, "mkv");
  ASSERT_FALSE(video.empty());
  EXPECT_EQ(code_of(video), Errc::video_undecodable);
}

TEST(DecodeVideo, RefusesAChangeOfSize) {
  const fs::path first = fs::path(testing::TempDir()) / "selfsame-size1.flv";
  const Bytes small =
      made_by_ffmpeg("-f lavfi -i color=c=red:s=160x120:r=25:d=1 -c:v libvpx -live 1", "webm");
  const Bytes large =
      made_by_ffmpeg("-f lavfi -i color=c=red:s=320x240:r=25:d=1 -c:v libvpx -live 1", "webm");
  ASSERT_FALSE(small.empty() || large.empty());
  // A second file's clusters behind the first one's: the VP8 key frame brings its own size.
  const std::string_view cluster("\x1F\x43\xB6\x75", 4);
  const auto from = text_of(large).find(cluster);
  ASSERT_NE(from, std::string_view::npos);
  Bytes joined = small;
  joined.insert(joined.end(), large.begin() + static_cast<std::ptrdiff_t>(from), large.end());
  EXPECT_EQ(code_of(joined), Errc::video_undecodable);
}

}  // namespace
}  // namespace selfsame::vision
