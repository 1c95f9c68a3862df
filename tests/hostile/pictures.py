# SPDX-License-Identifier: Apache-2.0
"""Hostile pictures, each sent to both surfaces. Sizes and lengths that lie, bombs, rare and broken kinds."""

import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

from client import base64_of, case, native, photos, tc3

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "attacks"))
from hostile_video import box, full_box, shorts, words  # noqa: E402

# What a picture comes to: on the native and on the Tencent surface.
UNDECODABLE = ("422 image_undecodable", "Error FailedOperation.ImageDecodeFailed")
WRONG_SIZE = ("200 wrong_size", "Result FailedOperation.LifePhotoSizeError")
NO_FACE = ("200 no_face", "Result FailedOperation.LifePhotoDetectNoFaces")
TOO_LARGE = ("413 image_too_large", "Error RequestSizeLimitExceeded")


# ── PNG ──

PNG = b"\x89PNG\r\n\x1a\n"
BYTES_OF_PIXEL = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def chunk(kind, content=b"", length=None, crc=None):
    check = zlib.crc32(kind + content) if crc is None else crc
    return words(len(content) if length is None else length) + kind + content + words(check)


def ihdr(width, height, depth=8, colour=2, interlace=0):
    return chunk(b"IHDR", words(width, height) + bytes([depth, colour, 0, 0, interlace]))


def idat(width, height, depth=8, colour=2, byte=b"\x00"):
    row = b"\0" + byte * ((width * BYTES_OF_PIXEL[colour] * depth + 7) // 8)
    packer = zlib.compressobj(9)
    return b"".join([packer.compress(row) for _ in range(height)]) + packer.flush()


def png(width, height, depth=8, colour=2, interlace=0, extra=b"", data=None):
    data = idat(width, height, depth, colour) if data is None else data
    return PNG + ihdr(width, height, depth, colour, interlace) + extra + chunk(b"IDAT", data) + chunk(b"IEND")


PALETTE = chunk(b"PLTE", bytes(range(3)) * 16)
TINY = png(8, 8)


def png_cases():
    grey = png(96, 96, colour=0)
    for size in (8, 12, 20, 32, 40, len(grey) // 2, len(grey) - 13, len(grey) - 4, len(grey) - 1):
        # Without the last checksum all pixels are there, but the file is cut all the same.
        yield f"png cut at {size} of {len(grey)}", grey[:size], UNDECODABLE
    for width, height in ((1, 100), (100, 1), (1, 16384), (16384, 1), (63, 200)):
        yield f"png {width}x{height}", png(width, height, colour=0), WRONG_SIZE
    for width, height in ((65535, 65535), (1, 65535), (65535, 1), (0x7FFFFFFF, 0x7FFFFFFF), (16385, 64), (8000, 8000)):
        yield f"png claims {width}x{height}", png(width, height, data=b"x"), WRONG_SIZE
    for width, height in ((0, 10), (10, 0), (0x80000000, 10), (0xFFFFFFFF, 0xFFFFFFFF)):
        yield f"png impossible {width}x{height}", png(width, height, data=b"x"), UNDECODABLE
    yield "png bomb of 48 million 16-bit pixels", png(12000, 4000, 16, 6), NO_FACE
    yield "png 64x16384", png(64, 16384, colour=0), NO_FACE
    for depth, colour in ((1, 0), (2, 0), (4, 0), (16, 0), (16, 2), (8, 4), (16, 4), (16, 6)):
        yield f"png {depth} bit, kind {colour}", png(96, 96, depth, colour), NO_FACE
    for depth in (1, 2, 4, 8):
        yield f"png palette of {depth} bit", png(96, 96, depth, 3, extra=PALETTE), NO_FACE
    yield "png palette without one", png(96, 96, 8, 3), UNDECODABLE
    beyond = idat(96, 96, 8, 3, byte=b"\xff")
    yield "png index beyond the palette", png(96, 96, 8, 3, extra=PALETTE, data=beyond), NO_FACE
    yield "png empty palette", png(96, 96, 8, 3, extra=chunk(b"PLTE")), UNDECODABLE
    yield "png interlaced, rows missing", png(96, 96, interlace=1, data=zlib.compress(b"\0" * 100)), UNDECODABLE
    yield "png depth 3", png(96, 96, data=b"x").replace(ihdr(96, 96), ihdr(96, 96, 3)), UNDECODABLE
    yield "png unknown kind 5", png(96, 96, data=b"x").replace(ihdr(96, 96), ihdr(96, 96, 8, 5)), UNDECODABLE
    yield "png unknown interlacing", png(96, 96, interlace=7), UNDECODABLE
    yield "png without pixels", PNG + ihdr(96, 96) + chunk(b"IEND"), UNDECODABLE
    yield "png header last", PNG + chunk(b"IDAT", idat(96, 96)) + ihdr(96, 96) + chunk(b"IEND"), UNDECODABLE
    yield "png with half its rows", png(96, 96, data=idat(96, 48)), UNDECODABLE
    yield "png data is no zlib", png(96, 96, data=b"no zlib at all"), UNDECODABLE
    yield "png filter 77", png(96, 96, data=zlib.compress(b"\x4d" + bytes(96 * 3) * 96)), UNDECODABLE
    yield "png wrong checksum of the header", grey[:29] + b"\0\0\0\0" + grey[33:], UNDECODABLE
    wrong = PNG + ihdr(96, 96) + chunk(b"IDAT", idat(96, 96), crc=1) + chunk(b"IEND")
    yield "png wrong checksum of the pixels", wrong, UNDECODABLE
    for length in (0x7FFFFFFF, 0xFFFFFFFF, 1 << 24):
        lying = PNG + ihdr(96, 96) + chunk(b"tEXt", b"a\0b", length=length) + chunk(b"IDAT", idat(96, 96)) + chunk(b"IEND")
        yield f"png chunk claims {length} bytes", lying, UNDECODABLE
    bomb = zlib.compress(bytes(64 << 20), 9)
    for kind, before in ((b"iCCP", b"x\0\0"), (b"zTXt", b"x\0\0"), (b"iTXt", b"x\0\1\0\0\0")):
        yield f"png {kind.decode()} bomb of 64 MB", png(96, 96, extra=chunk(kind, before + bomb)), NO_FACE
    yield "png 20000 text chunks", png(96, 96, extra=chunk(b"tEXt", b"a\0b") * 20000), NO_FACE
    yield "png eXIf loop", png(96, 96, extra=chunk(b"eXIf", exif_loop())), NO_FACE
    yield "png two headers", png(96, 96, extra=ihdr(9000, 9000)), UNDECODABLE
    yield "png unknown critical chunk", png(96, 96, extra=chunk(b"ABCD", b"x")), UNDECODABLE
    frames = chunk(b"acTL", words(2, 0)) + chunk(b"fcTL", words(0, 96, 96, 0, 0) + shorts(1, 1) + b"\0\0")
    yield "apng claims frames that are not there", png(96, 96, extra=frames), NO_FACE
    yield "apng of 4 billion frames", png(96, 96, extra=chunk(b"acTL", words(0xFFFFFFFF, 0))), NO_FACE
    yield "png and html behind it", grey + b"<html><script>alert(1)</script>", NO_FACE


# ── JPEG ──


def segment(code, content, length=None):
    return bytes([0xFF, code]) + shorts(len(content) + 2 if length is None else length) + content


def exif_loop(order=b"MM"):
    """An EXIF directory that names itself as the next one, and a value far outside."""
    pack = ">" if order == b"MM" else "<"
    entries = struct.pack(pack + "HHHIIHHII", 2, 0x0112, 4, 0xFFFFFFFF, 0xFFFFFFF0, 0x8769, 4, 1, 8)
    return order + struct.pack(pack + "HI", 42, 8) + entries + struct.pack(pack + "I", 8)


DHT = segment(0xC4, b"\x00" + bytes([1] + [0] * 15) + b"\0" + b"\x10" + bytes([1] + [0] * 15) + b"\0")


def scan(parts, first=0, last=63, data=b"", approximation=0):
    return segment(0xDA, bytes([len(parts)]) + b"".join(bytes([p, 0]) for p in parts) + bytes([first, last, approximation])) + data


def jpeg(width, height, parts=3, precision=8, kind=0xC0, extra=b"", scans=None, sampling=0x11, end=b"\xff\xd9", tables=None):
    """A grey picture: every block is a zero, one bit for DC and one for AC."""
    blocks = ((width + 7) // 8) * ((height + 7) // 8) * parts
    frame = struct.pack(">BHHB", precision, height, width, parts) + b"".join(bytes([i + 1, sampling, 0]) for i in range(parts))
    quantisation = segment(0xDB, b"\0" + b"\1" * 64)
    if scans is None:
        scans = scan(range(1, parts + 1), data=bytes(blocks // 4 + 1))
    return b"\xff\xd8" + extra + quantisation + segment(kind, frame) + (DHT if tables is None else tables) + scans + end


def adobe(transform):
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


def progressive(width, height, count):
    """DC once, then the AC bands again and again; one bit a block and scan."""
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    scans = scan([1], 0, 0, bytes(blocks // 8 + 1))
    scans += b"".join(scan([1], 1 + i % 63, 1 + i % 63, bytes(blocks // 8 + 1)) for i in range(count - 1))
    return jpeg(width, height, 1, kind=0xC2, scans=scans)


def jpeg_cases(fixture):
    for size in (3, 4, 20, 200, 1000, len(fixture) // 4, len(fixture) // 2, len(fixture) - 2000, len(fixture) - 2, len(fixture) - 1):
        yield f"jpeg cut at {size} of {len(fixture)}", fixture[:size], UNDECODABLE
    for parts, mark in ((1, b""), (3, b""), (4, adobe(0)), (4, adobe(2)), (4, b""), (3, adobe(0))):
        name = f"jpeg of {parts} parts, " + (f"Adobe {mark[-1]}" if mark else "no Adobe")
        yield name, jpeg(96, 96, parts, extra=mark), NO_FACE
    yield "jpeg of 2 parts", jpeg(96, 96, 2), UNDECODABLE
    yield "jpeg of no part", jpeg(96, 96, 0), UNDECODABLE
    yield "jpeg of 255 parts", jpeg(96, 96, 255), UNDECODABLE
    yield "jpeg of 12 bit", jpeg(96, 96, precision=12, kind=0xC1), UNDECODABLE
    yield "jpeg of 16 bit", jpeg(96, 96, precision=16), UNDECODABLE
    yield "jpeg arithmetic", jpeg(96, 96, kind=0xC9), NO_FACE
    for kind, name in ((0xC3, "lossless"), (0xCB, "lossless arithmetic"), (0xF7, "JPEG-LS")):
        yield f"jpeg {name}", jpeg(96, 96, kind=kind), UNDECODABLE
    for width, height in ((1, 100), (100, 1), (1, 16384), (63, 64)):
        yield f"jpeg {width}x{height}", jpeg(width, height, 1), WRONG_SIZE
    for width, height in ((65500, 65500), (65500, 1), (16385, 64), (8000, 8000)):
        yield f"jpeg claims {width}x{height}", jpeg(width, height, scans=scan((1, 2, 3))), WRONG_SIZE
    for width, height in ((65535, 65535), (0, 10), (10, 0)):
        yield f"jpeg impossible {width}x{height}", jpeg(width, height, scans=scan((1, 2, 3))), UNDECODABLE
    yield "jpeg of 49 million pixels, 4 parts", jpeg(7000, 7000, 4, extra=adobe(2)), NO_FACE
    yield "jpeg of 49 million pixels, no data", jpeg(7000, 7000, scans=scan((1, 2, 3))), UNDECODABLE
    yield "jpeg of 64 scans", progressive(96, 96, 64), NO_FACE
    for count in (101, 1000, 5000):
        yield f"jpeg of {count} scans", progressive(96, 96, count), UNDECODABLE
    yield "jpeg of 40 scans of 49 million pixels", progressive(7000, 7000, 2)[:-2] + scan([1], 1, 1) * 38 + b"\xff\xd9", UNDECODABLE
    yield "jpeg sampling 4x4 of each part", jpeg(96, 96, sampling=0x44), UNDECODABLE
    yield "jpeg sampling 0", jpeg(96, 96, sampling=0), UNDECODABLE
    yield "jpeg without a Huffman table", jpeg(96, 96, tables=b""), UNDECODABLE
    overfull = segment(0xC4, b"\0" + bytes([3] + [0] * 15) + bytes(3))
    yield "jpeg with an overfull Huffman table", jpeg(96, 96, tables=overfull), UNDECODABLE
    yield "jpeg Huffman table claims 4080 codes", jpeg(96, 96, tables=segment(0xC4, b"\0" + b"\xff" * 16)), UNDECODABLE
    yield "jpeg without a frame", b"\xff\xd8" + DHT + scan([1]) + b"\xff\xd9", UNDECODABLE
    yield "jpeg scan names a missing part", jpeg(96, 96, scans=scan((9,))), UNDECODABLE
    yield "jpeg scan before the frame", b"\xff\xd8" + scan([1]) + jpeg(96, 96)[2:], UNDECODABLE
    yield "jpeg two frames", jpeg(96, 96)[:-2] + jpeg(9000, 9000)[2:], UNDECODABLE
    yield "jpeg padding behind a segment", jpeg(96, 96, extra=segment(0xE2, b"xx", length=2)), NO_FACE
    for length in (0, 1, 65535):
        yield f"jpeg segment claims {length} bytes", jpeg(96, 96, extra=segment(0xE2, b"xx", length=length)), UNDECODABLE
    for order in (b"MM", b"II"):
        exif = segment(0xE1, b"Exif\0\0" + exif_loop(order))
        yield f"jpeg EXIF loop {order.decode()}", jpeg(96, 96, extra=exif), NO_FACE
    yield "jpeg EXIF names a directory outside", jpeg(96, 96, extra=segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff")), NO_FACE
    yield "jpeg EXIF of 65535 entries", jpeg(96, 96, extra=segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\xff\xff")), NO_FACE
    turned = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\xff\xff\0\0"
    yield "jpeg EXIF turn of 65535", jpeg(96, 96, extra=segment(0xE1, turned)), NO_FACE
    yield "jpeg 1.6 MB of EXIF", jpeg(96, 96, extra=segment(0xE1, b"Exif\0\0" + bytes(65000)) * 25), NO_FACE
    profile = b"".join(segment(0xE2, b"ICC_PROFILE\0" + bytes([i, 255]) + bytes(65000)) for i in range(25))
    yield "jpeg 25 of 255 parts of a profile", jpeg(96, 96, extra=profile), NO_FACE
    yield "jpeg 300000 comments", jpeg(96, 96, extra=segment(0xFE, b"") * 300000), NO_FACE
    yield "jpeg 1 MB of fill bytes", jpeg(96, 96, extra=b"\xff" * (1 << 20)), NO_FACE
    yield "jpeg restart interval without marks", jpeg(96, 96, extra=segment(0xDD, shorts(1))), NO_FACE  # taken for padding
    yield "jpeg and a zip behind it", jpeg(96, 96) + b"PK\3\4" + bytes(100), NO_FACE
    yield "jpeg that begins twice", b"\xff\xd8" + jpeg(96, 96), UNDECODABLE
    yield "jpeg beginning and nothing", b"\xff\xd8\xff", UNDECODABLE


# ── WebP, HEIC, others ──


def riff(*parts, size=None):
    content = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(content) if size is None else size) + content


def riff_chunk(kind, content, size=None):
    return kind + struct.pack("<I", len(content) if size is None else size) + content + b"\0" * (len(content) % 2)


def vp8x(flags, width, height):
    return riff_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


def vp8l(width, height, data=b""):
    return riff_chunk(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + data)


def vp8(width, height, data=b""):
    return riff_chunk(b"VP8 ", b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height) + data)


def webp_cases(lossy, lossless):
    for file, name in ((lossy, "lossy"), (lossless, "lossless")):
        for size in (11, 12, 16, 20, 30, len(file) // 2, len(file) - 1):
            yield f"webp {name} cut at {size} of {len(file)}", file[:size], UNDECODABLE
    yield "webp lossless claims 16384x16384", riff(vp8l(16384, 16384, bytes(16))), WRONG_SIZE
    yield "webp lossless claims 1x16384", riff(vp8l(1, 16384, bytes(16))), UNDECODABLE
    yield "webp lossy claims 16383x16383", riff(vp8(16383, 16383, bytes(16))), WRONG_SIZE
    yield "webp canvas of 16 million a side", riff(vp8x(0, 1 << 24, 1 << 24), vp8l(96, 96, bytes(16))), UNDECODABLE
    moving = riff(
        vp8x(2, 96, 96), riff_chunk(b"ANIM", bytes(6)), riff_chunk(b"ANMF", bytes(6) + b"\x5f\0\0\x5f\0\0" + bytes(4) + lossless[12:])
    )
    yield "webp animated", moving, UNDECODABLE
    yield "webp animated without a frame", riff(vp8x(2, 96, 96), riff_chunk(b"ANIM", bytes(6))), UNDECODABLE
    yield "webp chunk claims 4 GB", riff(riff_chunk(b"VP8L", b"\x2f\0\0\0\0", size=0xFFFFFFF0)), UNDECODABLE
    yield "webp file claims 4 GB", riff(lossless[12:], size=0xFFFFFFF0), UNDECODABLE
    yield "webp file claims 0 bytes", riff(lossless[12:], size=0), UNDECODABLE
    yield "webp 50000 unknown chunks", riff(vp8x(0, 96, 96), riff_chunk(b"ZZZZ", b"") * 50000, lossless[12:]), NO_FACE
    yield "webp EXIF loop", riff(vp8x(8, 96, 96), lossless[12:], riff_chunk(b"EXIF", exif_loop())), NO_FACE
    yield "webp alpha bomb", riff(vp8x(16, 8000, 6000), riff_chunk(b"ALPH", b"\1" + bytes(16)), vp8(8000, 6000, bytes(64))), UNDECODABLE


HEIC = box(b"ftyp", b"heic", words(0), b"mif1heic")


def heic(configuration, coded, ispe=(96, 96), extra_properties=(), associations=None, references=b"", primary=1, kind=b"hvc1",
         extents=None, item_data=None):
    """A HEIC file of one HEVC picture; `configuration` is the content of hvcC, `coded` a length-prefixed frame."""
    properties = [box(b"hvcC", configuration), full_box(b"ispe", words(*ispe)), *extra_properties]
    used = associations or list(range(1, len(properties) + 1))
    coded = coded if item_data is None else item_data

    def meta(offset):
        places = extents if extents is not None else [(offset, len(coded))]
        return full_box(
            b"meta",
            full_box(b"hdlr", words(0), b"pict", words(0, 0, 0), b"\0"),
            full_box(b"pitm", shorts(primary)),
            full_box(b"iloc", b"\x44\0", shorts(1, 1, 0, len(places)), b"".join(words(*place) for place in places)),
            full_box(b"iinf", shorts(1), box(b"infe", words(2 << 24), shorts(1, 0), kind, b"\0")),
            box(
                b"iprp", box(b"ipco", *properties),
                full_box(b"ipma", words(1), shorts(1), bytes([len(used)]), bytes(0x80 | i for i in used)),
            ),
            references,
        )

    return HEIC + meta(len(HEIC) + len(meta(0)) + 8) + box(b"mdat", coded)


def heic_cases(configuration, coded):
    whole = heic(configuration, coded)
    for size in (12, 16, 40, 100, len(whole) // 2, len(whole) - 100):
        yield f"heic cut at {size} of {len(whole)}", whole[:size], UNDECODABLE
    yield "heic whole", whole, NO_FACE
    yield "heic type alone", HEIC, UNDECODABLE
    yield "heic claims 65535x65535", heic(configuration, coded, ispe=(65535, 65535)), UNDECODABLE, WRONG_SIZE
    yield "heic claims 16000x16000", heic(configuration, coded, ispe=(16000, 16000)), WRONG_SIZE
    yield "heic claims 0x0", heic(configuration, coded, ispe=(0, 0)), UNDECODABLE
    yield "heic claims 4 billion a side", heic(configuration, coded, ispe=(0xFFFFFFFF, 0xFFFFFFFF)), UNDECODABLE
    yield "heic claims 1x1", heic(configuration, coded, ispe=(1, 1)), UNDECODABLE, WRONG_SIZE, NO_FACE
    yield "heic configuration of noise", heic(bytes(range(64)), coded), UNDECODABLE
    yield "heic empty configuration", heic(b"", coded), UNDECODABLE
    yield "heic coded picture of noise", heic(configuration, coded, item_data=words(60) + bytes(60)), UNDECODABLE
    yield "heic coded length of 4 GB", heic(configuration, coded, item_data=words(0xFFFFFFFF) + coded[4:]), UNDECODABLE
    yield "heic place outside the file", heic(configuration, coded, extents=[(0x7FFFFFFF, 0x7FFFFFFF)]), UNDECODABLE
    yield "heic 60000 places", heic(configuration, coded, extents=[(0, 100)] * 60000), UNDECODABLE
    yield "heic primary picture missing", heic(configuration, coded, primary=7), UNDECODABLE
    yield "heic properties missing", heic(configuration, coded, associations=[99, 100]), UNDECODABLE
    yield "heic turned 250 times", heic(configuration, coded, extra_properties=[box(b"irot", b"\1")] * 100), NO_FACE, UNDECODABLE
    crop = box(b"clap", words(0x7FFFFFFF, 1, 0x7FFFFFFF, 1, 0, 1, 0, 1))
    yield "heic crop larger than the picture", heic(configuration, coded, extra_properties=[crop]), WRONG_SIZE
    divided = box(b"clap", words(96, 0, 96, 0, 0, 0, 0, 0))
    yield "heic crop divided by zero", heic(configuration, coded, extra_properties=[divided]), UNDECODABLE
    loop = full_box(b"iref", box(b"dimg", shorts(1, 1, 1)))
    grid = b"\0\0\xff\xff" + shorts(65535, 65535)
    yield "heic grid made of itself", heic(configuration, coded, kind=b"grid", references=loop, item_data=grid), UNDECODABLE, WRONG_SIZE
    yield "heic copy of itself", heic(configuration, coded, kind=b"iden", references=loop), UNDECODABLE
    yield "heic overlay of itself", heic(configuration, coded, kind=b"iovl", references=loop), UNDECODABLE
    yield "heic script instead of a picture", heic(configuration, coded, kind=b"mime"), UNDECODABLE
    deep = b""
    for _ in range(3000):
        deep = box(b"meta", words(0), deep)
    yield "heic 3000 boxes deep", HEIC + deep, UNDECODABLE
    yield "heic box of 0 bytes", HEIC + words(0) + b"meta" + bytes(100), UNDECODABLE
    yield "heic box of 2^63 bytes", HEIC + words(1) + b"meta" + b"\x7f" + b"\xff" * 7 + bytes(100), UNDECODABLE
    yield "heic 100000 free boxes", HEIC + box(b"free") * 100000, UNDECODABLE
    yield "avif brand", box(b"ftyp", b"avif", words(0), b"avif") + whole[len(HEIC):], UNDECODABLE


def other_cases(gif, tiff, bmp):
    yield "no bytes but one", b"\xff", UNDECODABLE
    yield "zeros", bytes(100_000), UNDECODABLE
    yield "gif animated", gif, UNDECODABLE
    yield "tiff", tiff, UNDECODABLE
    yield "tiff loop", exif_loop(b"II"), UNDECODABLE
    yield "bmp", bmp, UNDECODABLE
    yield "svg that fetches", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', UNDECODABLE
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    yield "svg of a billion laughs", f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a0 "ha">{entities}]><svg>&a9;</svg>'.encode(), UNDECODABLE
    yield "pdf", b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj", UNDECODABLE
    yield "postscript", b"%!PS-Adobe-3.0\n(/etc/passwd)(r)file run", UNDECODABLE
    yield "imagemagick script", b"push graphic-context\nfill 'url(https://127.0.0.1/\"|id)'\npop graphic-context", UNDECODABLE
    yield "jxl", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(50), UNDECODABLE
    yield "jpeg 2000", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(50), UNDECODABLE
    yield "ico", b"\0\0\1\0\1\0" + bytes(16) + png(96, 96), UNDECODABLE
    yield "psd", b"8BPS\0\1" + bytes(6) + shorts(3) + words(30000, 30000) + shorts(8, 3), UNDECODABLE
    yield "xcf", b"gimp xcf v011\0" + words(262144, 262144, 0), UNDECODABLE
    yield "pnm", b"P6 99999 99999 255\n" + bytes(100), UNDECODABLE
    yield "png behind white space", b"\n" + png(96, 96), UNDECODABLE
    yield "gzip of a png", zlib.compress(png(96, 96)), UNDECODABLE
    yield "10.1 MB of jpeg", jpeg(96, 96, extra=segment(0xFE, bytes(65000)) * 162), TOO_LARGE


def ffmpeg(folder, name, *inputs_and_options):
    path = pathlib.Path(folder) / name
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, inputs_and_options), path], check=True, timeout=120)
    return path.read_bytes()


def boxes(content):
    """Names and contents of a row of boxes."""
    at = 0
    while at + 8 <= len(content):
        size = struct.unpack_from(">I", content, at)[0]
        yield content[at + 4 : at + 8], content[at + 8 : at + size]
        at += max(size, 8)


def all_pictures(fixture):
    with tempfile.TemporaryDirectory() as folder:
        source = ("-f", "lavfi", "-i", "testsrc=s=96x96:r=5")
        lossy = ffmpeg(folder, "a.webp", *source, "-frames:v", 1, "-c:v", "libwebp")
        lossless = ffmpeg(folder, "b.webp", *source, "-frames:v", 1, "-c:v", "libwebp", "-lossless", 1)
        gif = ffmpeg(folder, "a.gif", *source, "-frames:v", 5)
        tiff = ffmpeg(folder, "a.tiff", *source, "-frames:v", 1)
        bmp = ffmpeg(folder, "a.bmp", *source, "-frames:v", 1)
        hevc = ffmpeg(folder, "a.mp4", *source, "-frames:v", 1, "-pix_fmt", "yuv420p", "-c:v", "libx265", "-tag:v", "hvc1",
                      "-x265-params", "log-level=none:info=0")
    at = hevc.index(b"hvcC")
    configuration = hevc[at + 4 : at - 4 + struct.unpack_from(">I", hevc, at - 4)[0]]
    coded = dict(boxes(hevc))[b"mdat"]
    yield from png_cases()
    yield from jpeg_cases(fixture)
    yield from webp_cases(lossy, lossless)
    yield from heic_cases(configuration, coded)
    yield from other_cases(gif, tiff, bmp)


def cases(fixtures):
    """Both surfaces for every picture; the Tencent video is never looked at."""
    for name, picture, *findings in all_pictures((fixtures / "obama.jpg").read_bytes()):
        body = photos(picture, TINY)
        yield case(f"picture: {name}, native", lambda target, body=body: native(target, body), *(f[0] for f in findings))
        fields = {"ImageBase64": base64_of(picture), "VideoBase64": "AAAA", "LivenessType": "SILENT"}
        yield case(f"picture: {name}, tencent", lambda target, f=fields: tc3(target, f), *(f[1] for f in findings))
