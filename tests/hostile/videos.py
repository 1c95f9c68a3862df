# SPDX-License-Identifier: Apache-2.0
"""Hostile videos beside a good photo: none of them plays for two seconds, so none is an attempt."""

import base64
import pathlib
import struct
import sys
import tempfile
import zlib

from client import base64_of, case, tc3
from pictures import ffmpeg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "attacks"))
import hostile_video as mp4  # noqa: E402

INVALID, SHORT = "Result FailedOperation.LipVideoInvalid", "Result FailedOperation.SilentTooShort"
SECRET_FILE = "/etc/passwd"


# ── Matroska ──


def element(name, content, size=None):
    """An EBML element; `size` replaces the true one."""
    length = len(content) if size is None else size
    return bytes.fromhex(name) + (length | 1 << 56).to_bytes(8, "big") + content


def number(name, value):
    return element(name, value.to_bytes(8, "big"))


def matroska(blocks, track=b"", codec=b"V_VP8", width=64, height=64):
    entry = number("d7", 1) + number("73c5", 1) + number("83", 1) + element("86", codec)
    entry += element("e0", number("b0", width) + number("ba", height)) + track
    header = element("1a45dfa3", element("4282", b"matroska") + number("4287", 4) + number("4285", 2))
    body = element("1549a966", number("2ad7b1", 1000000)) + element("1654ae6b", element("ae", entry))
    return header + element("18538067", body + element("1f43b675", number("e7", 0) + b"".join(blocks)))


def block(content, time=0, flags=0x80):
    return element("a3", b"\x81" + struct.pack(">hB", time, flags) + content)


def matroska_cases():
    inflating = element("6d80", element("6240", number("5031", 0) + element("5034", number("4254", 0))))
    bomb = zlib.compress(bytes(64 << 20), 9)
    yield "mkv packets inflate to 64 MB", matroska([block(bomb, i) for i in range(20)], inflating), INVALID
    yield "mkv packet of bad zlib", matroska([block(b"no zlib")], inflating), INVALID
    stripped = element("6d80", element("6240", element("5034", number("4254", 3) + element("4255", bytes(1 << 20)))))
    yield "mkv 1 MB before each packet", matroska([block(b"x", i % 1000) for i in range(3000)], stripped), INVALID
    yield "mkv lacing of 255 empty frames", matroska([block(b"\xff" + bytes(255), flags=0x86)] * 500), INVALID
    yield "mkv lacing lies", matroska([block(b"\xff\xff\xff\xff", flags=0x86)]), INVALID
    yield "mkv 2 million a side", matroska([block(bytes(100))], width=2000000, height=2000000), INVALID
    yield "mkv 0x0", matroska([block(bytes(100))], width=0, height=0), INVALID
    yield "mkv unknown codec", matroska([block(bytes(100))], codec=b"V_NOTHING"), INVALID
    yield "mkv size of 2^55", matroska([])[:30] + element("18538067", b"x", size=1 << 55), INVALID
    deep = b""
    for _ in range(3000):
        deep = element("1254c367", deep)
    yield "mkv 3000 tags deep", matroska([deep]), INVALID
    yield "mkv 100000 tracks", matroska([element("1654ae6b", element("ae", number("d7", 1)) * 100000)]), INVALID
    linked = element("1549a966", element("3eb923", bytes(16)) + element("3e83bb", SECRET_FILE.encode()))
    yield "mkv names a next file", matroska([linked]), INVALID
    yield "mkv without a cluster", matroska([]), INVALID


# ── MP4 ──


def entry(width=64, height=64, configuration=b""):
    return mp4.video_entry(width, height, configuration)


def lying(video, name, at, value):
    """`video` with one 32-bit word of the content of its last box of this name replaced."""
    start = mp4.after(video, name) + at
    return video[:start] + struct.pack(">I", value) + video[start + 4 :]


def mp4_cases(clip):
    for size in (1, 8, 32, 100, len(clip) // 2, len(clip) - 600, len(clip) - 8):
        yield f"mp4 cut at {size} of {len(clip)}", clip[:size], INVALID, SHORT
    yield "mp4 type alone", mp4.FILE_TYPE, INVALID
    yield "mp4 data alone", mp4.FILE_TYPE + mp4.box(b"mdat", bytes(10000)), INVALID
    for samples in (0, 1, 0xFFFFFFFF):
        movie = mp4.movie(mp4.track(b"vide", entry(), samples=samples, sample_bytes=1, chunks=[mp4.DATA_START]))
        yield f"mp4 of {samples} frames", movie, INVALID
    yield "mp4 index of gigabytes", mp4.index_bomb(), INVALID
    yield "mp4 eight indexes of gigabytes", mp4.index_bomb(tracks=8), INVALID
    yield "mp4 100 tracks", mp4.index_bomb(tracks=100, samples=10), INVALID
    yield "mp4 flood of sound", mp4.sound_flood(), INVALID
    for width, height in ((0, 0), (1, 1), (16384, 16384), (65535, 65535), (65535, 1)):
        movie = mp4.movie(mp4.track(b"vide", entry(width, height), samples=30, sample_bytes=2, chunks=[mp4.DATA_START]))
        yield f"mp4 claims {width}x{height}", movie, INVALID
    yield "mp4 claims to last 50 days", lying(lying(clip, b"mvhd", 16, 0xFFFFFFFF), b"mdhd", 16, 0xFFFFFFFF), SHORT
    yield "mp4 claims to last nothing", lying(lying(clip, b"mvhd", 16, 0), b"mdhd", 16, 0), SHORT
    yield "mp4 time scale 0", lying(clip, b"mdhd", 12, 0), SHORT, INVALID
    yield "mp4 time scale of 4 GHz", lying(clip, b"mdhd", 12, 0xFFFFFFFF), SHORT, INVALID
    yield "mp4 a frame every 136 years", lying(clip, b"stts", 12, 0x7FFFFFFF), INVALID, SHORT
    yield "mp4 frame sizes of 4 GB", lying(clip, b"stsz", 12, 0xFFFFFFF0), INVALID, SHORT
    yield "mp4 places outside the file", lying(clip, b"stco", 8, 0x7FFFFFFF), INVALID, SHORT
    yield "mp4 4 billion places", lying(clip, b"stco", 4, 0xFFFFFFFF), INVALID, SHORT
    yield "mp4 4 billion chunks of chunks", lying(clip, b"stsc", 4, 0xFFFFFFFF), INVALID, SHORT
    yield "mp4 description of noise", clip.replace(b"avcC\x01", b"avcC\x99"), INVALID, SHORT
    deep = b""
    for _ in range(5000):
        deep = mp4.box(b"moov", deep)
    yield "mp4 5000 boxes deep", mp4.FILE_TYPE + deep, INVALID
    yield "mp4 box of 2^63 bytes", mp4.FILE_TYPE + mp4.words(1) + b"moov" + b"\x7f" + b"\xff" * 7 + bytes(100), INVALID
    yield "mp4 box of 0 bytes", mp4.FILE_TYPE + mp4.words(0) + b"moov" + bytes(100), INVALID
    yield "mp4 200000 free boxes", mp4.FILE_TYPE + mp4.box(b"free") * 200000, INVALID
    outside = mp4.full_box(b"dref", mp4.words(1), mp4.full_box(b"url ", b"file://" + SECRET_FILE.encode() + b"\0"))
    inside = mp4.full_box(b"dref", mp4.words(1), mp4.full_box(b"url ", flags=1))
    movie = mp4.movie(mp4.track(b"vide", entry(), samples=30, sample_bytes=2, chunks=[mp4.DATA_START]))
    yield "mp4 data in another file", movie.replace(inside, outside), INVALID
    reference = mp4.box(b"rmra", mp4.box(b"rmda", mp4.full_box(b"rdrf", b"url ", mp4.words(20), b"file://" + SECRET_FILE.encode())))
    yield "mov that names another", mp4.FILE_TYPE + mp4.box(b"moov", reference), INVALID
    packed = zlib.compress(bytes(64 << 20), 9)
    header = mp4.box(b"cmov", mp4.box(b"dcom", b"zlib"), mp4.box(b"cmvd", mp4.words(0x7FFFFFFF), packed))
    yield "mov header inflates to 64 MB", mp4.FILE_TYPE + mp4.box(b"moov", header), INVALID
    edit = mp4.box(b"edts", mp4.full_box(b"elst", mp4.words(0x0FFFFFFF, 1, 0, 1 << 16)))
    yield "mp4 268 million edits", clip.replace(b"mdia", b"MDIA") + edit, INVALID, SHORT


PLAYLISTS = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://{0}\n#EXT-X-ENDLIST\n",
    "m3u8 that fetches": "#EXTM3U\n#EXTINF:3,\nhttp://127.0.0.1:1/x.ts\n#EXT-X-ENDLIST\n",
    "m3u8 with a key": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="file://{0}"\n#EXTINF:3,\nx.ts\n#EXT-X-ENDLIST\n',
    "m3u8 concat": "#EXTM3U\n#EXTINF:3,\nconcat:http://127.0.0.1:1/|subfile,,start,0,end,32,,:{0}\n",
    "ffconcat": "ffconcat version 1.0\nfile {0}\n",
    "dash": '<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>file://{0}</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "sdp": "v=0\nc=IN IP4 127.0.0.1\nm=video 1 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "rtsp": "rtsptext\nrtsp://127.0.0.1:1/\n",
    "asx": '<asx version="3.0"><entry><ref href="file://{0}"/></entry></asx>',
    "xspf": '<playlist><trackList><track><location>file://{0}</location></track></trackList></playlist>',
    "subtitles": "1\n00:00:00,000 --> 00:00:03,000\n{0}\n",
    "shell": "#!/bin/sh\ncat {0}\n",
}


def made_cases(folder):
    """What ffmpeg makes: kinds that are not read, and kinds that are but play for less than two seconds."""
    def source(size="64x64", rate=10, seconds=1):
        return ("-f", "lavfi", "-i", f"testsrc=s={size}:r={rate}:d={seconds}")

    h264 = ("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast")
    sound = ("-f", "lavfi", "-i", "sine=d=3")

    def make(name, *words):
        return ffmpeg(folder, name, *words)

    clip = make("clip.mp4", *source(), *h264)
    yield from mp4_cases(clip)
    fragments = make("f.mp4", *source(), *h264, "-g", 2, "-movflags", "frag_keyframe+empty_moov")
    yield "mp4 fragments", fragments, SHORT
    yield "mp4 fragments without the first", fragments[: fragments.index(b"moof") - 4], INVALID
    yield "mp4 fragments cut in half", fragments[: len(fragments) // 2], INVALID, SHORT
    yield "mp4 10000 fragments again", fragments + fragments[fragments.index(b"moof") - 4 :] * 300, INVALID, SHORT
    yield "mp4 2x2", make("2.mp4", *source("2x2"), *h264), SHORT, INVALID
    yield "webm 1x1", make("1.webm", *source("1x1"), "-c:v", "libvpx"), SHORT, INVALID
    yield "mp4 4096x16", make("w.mp4", *source("4096x16"), *h264), SHORT
    yield "webm 16000x16", make("w.webm", *source("16000x16", seconds=0.3), "-c:v", "libvpx", "-deadline", "realtime"), INVALID
    yield "mp4 4:4:4 and lossless", make("444.mp4", *source(), "-c:v", "libx264", "-qp", 0, "-pix_fmt", "yuv444p"), SHORT
    yield "mp4 10 bit", make("10.mp4", *source(), "-c:v", "libx264", "-pix_fmt", "yuv420p10le"), SHORT
    yield "mp4 interlaced", make("i.mp4", *source(), *h264, "-flags", "+ilme+ildct", "-x264opts", "tff=1"), SHORT
    yield "mp4 grey", make("g.mp4", *source(), "-c:v", "libx264", "-pix_fmt", "gray"), SHORT
    yield "mp4 1000 frames a second", make("r.mp4", *source(rate=1000, seconds=1.5), *h264), SHORT
    yield "mp4 of 100000 frames", make("n.mp4", *source("16x16", 30000, 3.34), "-c:v", "mpeg4", "-video_track_timescale", 30000,
                                        "-bf", 0, "-q:v", 31, "-vf", "setpts=N"), INVALID
    yield "mp4 sound alone", make("s.mp4", *sound, "-c:a", "aac"), INVALID
    yield "mkv sound alone", make("s.mkv", *sound, "-c:a", "libopus"), INVALID
    cover = make("cover.jpg", *source(), "-frames:v", 1)
    assert cover
    yield "m4a with a cover picture", make("c.m4a", *sound, "-i", pathlib.Path(folder) / "cover.jpg", "-map", 0, "-map", 1, "-c:a",
                                            "aac", "-c:v", "mjpeg", "-disposition:v", "attached_pic"), INVALID
    yield "mkv with an attached script", make("t.mkv", *source(), *h264, "-attach", __file__, "-metadata:s:t",
                                               "mimetype=application/x-python"), SHORT
    make("a.flv", *source("64x64"), *h264)
    make("b.flv", *source("128x96"), *h264)
    parts = [make(f"{name}.h264", *source(size), *h264, "-f", "h264") for name, size in (("x", "64x64"), ("y", "128x96"))]
    (pathlib.Path(folder) / "xy.h264").write_bytes(b"".join(parts))
    changing = make("xy.mkv", "-r", 10, "-f", "h264", "-i", pathlib.Path(folder) / "xy.h264", "-c", "copy", "-bsf:v", "setts=ts=N*40")
    yield "mkv that changes its size", changing, INVALID
    flv = (pathlib.Path(folder) / "a.flv").read_bytes()
    yield "flv", flv, SHORT
    yield "flv tag of 16 MB", flv[:14] + b"\xff\xff\xff" + flv[17:], INVALID, SHORT
    yield "flv header alone", flv[:13], INVALID
    avi = make("a.avi", *source(), "-c:v", "mpeg4")
    yield "avi", avi, SHORT
    yield "avi claims 4 billion frames", avi.replace(struct.pack("<I", 10), b"\xff\xff\xff\xff"), SHORT, INVALID
    yield "avi list of 4 GB", avi[:4] + b"\xff\xff\xff\xff" + avi[8:], SHORT, INVALID
    yield "avi index lies", avi.replace(b"idx1", b"idx1\xff\xff\xff\x7f"), SHORT, INVALID
    yield "avi rate 0", avi.replace(struct.pack("<I", 100000), bytes(4)), SHORT, INVALID
    for codec, name in (("mjpeg", "m.avi"), ("rawvideo", "raw.nut"), ("ffv1", "ffv1.mkv"), ("prores", "p.mov"), ("gif", "a.gif"),
                        ("mpeg2video", "m2.mkv"), ("mpeg1video", "m1.mpg"), ("mpeg2video", "a.ts"), ("libtheora", "t.ogv"),
                        ("libwebp_anim", "a.webp"), ("apng", "a.apng"), ("wmv2", "a.wmv"), ("png", "png.mov")):
        yield f"{name} of {codec}", make(name, *source(rate=25, seconds=3), "-c:v", codec), INVALID
    yield "y4m", make("a.y4m", *source(rate=25, seconds=3), "-pix_fmt", "yuv420p"), INVALID
    yield "bare h264", parts[0], INVALID
    hevc = make("h.mp4", *source(), "-c:v", "libx265", "-pix_fmt", "yuv420p", "-x265-params", "log-level=none:info=0")
    yield "hevc cut in half", hevc[: len(hevc) // 2], INVALID, SHORT
    noise = bytearray(clip)
    start = clip.index(b"mdat") + 200
    noise[start : start + 400] = bytes(i * 37 & 255 for i in range(400))
    yield "mp4 with noise in it", bytes(noise), INVALID, SHORT


def cases(fixtures):
    photo = base64_of((fixtures / "talking.jpg").read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        videos = list(made_cases(folder))
    videos += [(f"playlist {name}", text.format(SECRET_FILE).encode(), INVALID) for name, text in PLAYLISTS.items()]
    videos += matroska_cases()
    videos += [("zeros", bytes(100_000), INVALID), ("one byte", b"x", INVALID), ("a picture", base64.b64decode(photo), INVALID)]
    for name, video, *expect in videos:
        fields = {"ImageBase64": photo, "VideoBase64": base64_of(video), "LivenessType": "SILENT"}
        yield case(f"video: {name}", lambda target, f=fields: tc3(target, f), *expect, cpu_s=15, seconds=60)
