# SPDX-License-Identifier: Apache-2.0
"""Small MP4 files whose indexes lie. Every function returns the bytes of a file."""

import struct

FRAMES_PER_SECOND = 30
MATRIX = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def words(*values):
    return struct.pack(f">{len(values)}I", *values)


def shorts(*values):
    return struct.pack(f">{len(values)}H", *values)


def box(name, *parts):
    content = b"".join(parts)
    return words(8 + len(content)) + name + content


def full_box(name, *parts, flags=0):
    return box(name, words(flags), *parts)


FILE_TYPE = box(b"ftyp", b"isom", words(512), b"isomiso2mp41")
DATA_START = len(FILE_TYPE) + 8  # of the payload of movie()


def video_entry(width, height, configuration=b""):
    return box(
        b"avc1", bytes(6), shorts(1), bytes(16), shorts(width, height), words(72 << 16, 72 << 16, 0), shorts(1), bytes(32),
        shorts(24, 0xFFFF), configuration,
    )


def sound_entry():
    return box(b"mp4a", bytes(6), shorts(1), bytes(8), shorts(2, 16, 0, 0), words(44100 << 16))


def track(handler, entry, *, samples, sample_bytes, chunks, width=640, height=480, number=1):
    """A track of equal samples, spread evenly over chunks; `chunks` are offsets in the file."""
    step = 1000 // FRAMES_PER_SECOND
    video = handler == b"vide"
    table = box(
        b"stbl",
        full_box(b"stsd", words(1), entry),
        full_box(b"stts", words(1, samples, step if samples < 1 << 16 else 2)),
        full_box(b"stsc", words(1, 1, samples // len(chunks), 1)),
        full_box(b"stsz", words(sample_bytes, samples)),
        full_box(b"stco", words(len(chunks), *chunks)),
    )
    media = box(
        b"mdia",
        full_box(b"mdhd", words(0, 0, 1000, min(samples * step, 5000)), shorts(0x55C4, 0)),
        full_box(b"hdlr", words(0), handler, words(0, 0, 0), b"x\0"),
        box(
            b"minf",
            full_box(b"vmhd", bytes(8), flags=1) if video else full_box(b"smhd", bytes(4)),
            box(b"dinf", full_box(b"dref", words(1), full_box(b"url ", flags=1))),
            table,
        ),
    )
    header = full_box(b"tkhd", words(0, 0, number, 0, 1000, 0, 0), bytes(8), MATRIX, words(width << 16, height << 16))
    return box(b"trak", header, media)


def movie(*tracks, payload=bytes(64)):
    header = full_box(b"mvhd", words(0, 0, 1000, 5000, 1 << 16), shorts(256), bytes(10), MATRIX, bytes(24), words(len(tracks) + 1))
    return FILE_TYPE + box(b"mdat", payload) + box(b"moov", header, *tracks)


def index_bomb(tracks=1, samples=80_000_000):
    """A few hundred bytes that claim an index of gigabytes: one size for all samples needs no table."""
    entry = video_entry(640, 480)
    return movie(
        *(track(b"vide", entry, samples=samples, sample_bytes=1, chunks=[DATA_START], number=i + 1) for i in range(tracks))
    )


def sound_flood(chunks=100_000, samples_per_chunk=300):
    """30 million packets of sound, a byte each, in 400 KB; and no picture."""
    return movie(
        track(b"soun", sound_entry(), samples=chunks * samples_per_chunk, sample_bytes=1, chunks=[DATA_START] * chunks)
    )


def after(mp4, name):
    """Where the content of the last box of this name begins. The name is looked for, the tree is not walked."""
    return mp4.rindex(name) + 4


def named_again_and_again(mp4, times):
    """The one H.264 frame of `mp4`, `times` times in the index and once in the file."""
    start = after(mp4, b"avcC")
    length = struct.unpack_from(">I", mp4, start - 8)[0]
    configuration = mp4[start - 8 : start - 8 + length]
    width, height = struct.unpack_from(">HH", mp4, after(mp4, b"stsd") + 40)
    sizes = struct.unpack_from(">IIII", mp4, after(mp4, b"stsz"))
    sample_bytes = sizes[1] or sizes[3]
    offset = struct.unpack_from(">III", mp4, after(mp4, b"stco"))[2]
    return movie(
        track(
            b"vide", video_entry(width, height, configuration), samples=times, sample_bytes=sample_bytes,
            chunks=[DATA_START] * times, width=width, height=height,
        ),
        payload=mp4[offset : offset + sample_bytes],
    )
