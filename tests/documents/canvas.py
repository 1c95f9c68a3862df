# SPDX-License-Identifier: Apache-2.0
"""A flat document to draw on, in millimetres, and what was printed on it, where."""

import functools
import pathlib

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = pathlib.Path("/usr/share/fonts")
FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "build/fixtures"


def family(folder, name, regular="", bold="-Bold", suffix=".ttf"):
    return tuple((FONTS / folder / f"{name}{style}{suffix}", 0) for style in (regular, bold))


def chinese_japanese(name, index):
    return tuple((FONTS / f"opentype/noto/{name}-{style}.ttc", index) for style in ("Regular", "Bold"))


# Debian 12 and Ubuntu 24.04 keep the same files in different folders.
LIBERATION_FOLDER = "truetype/liberation2" if (FONTS / "truetype/liberation2").is_dir() else "truetype/liberation"
LIBERATION = {name: family(LIBERATION_FOLDER, f"Liberation{name}", "-Regular") for name in ("Sans", "Serif", "Mono")}
DEJAVU = {name: family("truetype/dejavu", f"DejaVu{name}") for name in ("Sans", "SansCondensed", "SansMono")}
THAI = {name: family("truetype/tlwg", name) for name in ("Garuda", "Loma", "Waree", "Umpush", "Laksaman", "Kinnari",
                                                         "Norasi")}
OCR_B = ((FONTS / "opentype/ocr-b/OCRB.otf", 0),) * 2

# What a role is set in; a card draws one of them and keeps it.
FACES = {
    "sans": (LIBERATION["Sans"], LIBERATION["Sans"], DEJAVU["SansCondensed"], chinese_japanese("NotoSansCJK", 0),
             THAI["Loma"]),
    "label": (LIBERATION["Sans"], DEJAVU["SansCondensed"], DEJAVU["Sans"], THAI["Garuda"]),
    "serif": (LIBERATION["Serif"], chinese_japanese("NotoSerifCJK", 0)),
    "mono": (LIBERATION["Mono"], DEJAVU["SansMono"]),
    "typewriter": (LIBERATION["Mono"], OCR_B),
    "ocrb": (OCR_B,),
    "japanese": (chinese_japanese("NotoSansCJK", 0), chinese_japanese("NotoSerifCJK", 0)),
    "japanese_sans": (chinese_japanese("NotoSansCJK", 0),),
    "simplified": (chinese_japanese("NotoSansCJK", 2),),
    "simplified_any": (chinese_japanese("NotoSansCJK", 2), chinese_japanese("NotoSerifCJK", 2)),
    "hongkong": (chinese_japanese("NotoSansCJK", 4), chinese_japanese("NotoSerifCJK", 4)),
    "thai": tuple(THAI[name] for name in ("Garuda", "Loma", "Umpush", "Laksaman", "Waree")),
    "thai_serif": (THAI["Kinnari"], THAI["Norasi"]),
}

# Head and shoulders in the photos of build/fixtures: left, top, width; height is 9/7 of the width.
PORTRAITS = {
    "astronaut": ("astronaut.png", "F", (122, 2, 205)),
    "biden": ("biden.jpg", "M", (287, 30, 560)),
    "obama": ("obama.jpg", "M", (238, 0, 513)),
    "obama3": ("obama3.jpg", "M", (511, 170, 506)),
    "carphone": ("talking.jpg", "M", (72, 0, 332)),
}
PORTRAIT_SIZE = (350, 450)


@functools.lru_cache(256)
def font(path, index, pixels):
    return ImageFont.truetype(str(path), pixels, index=index)


@functools.lru_cache(None)
def drawable(path, index, character):
    """Whether the font has it; what it has not looks like U+FFFF in all of them."""
    if character.isspace():
        return True
    letters = font(path, index, 20)
    return bytes(letters.getmask(character)) != bytes(letters.getmask("\uffff"))


@functools.lru_cache(None)
def portrait(name):
    """The person, RGB, and how much each pixel belongs to him, in [0, 1]."""
    file, _, (left, top, width) = PORTRAITS[name]
    photo = cv2.imread(str(FIXTURES / file))
    if photo is None:
        raise SystemExit(f"build/fixtures/{file} is not there: ./run or ./test fetches it")
    cut = cv2.resize(photo[top:top + width * 9 // 7, left:left + width], PORTRAIT_SIZE, interpolation=cv2.INTER_AREA)
    small = cv2.resize(cut, (140, 180), interpolation=cv2.INTER_AREA)
    cv2.setRNGSeed(1)
    mask = np.full(small.shape[:2], cv2.GC_PR_FGD, np.uint8)
    mask[:110, :3] = mask[:110, -3:] = mask[:4] = cv2.GC_BGD
    cv2.ellipse(mask, (70, 76), (28, 40), 0, 0, 360, cv2.GC_FGD, -1)
    cv2.ellipse(mask, (70, 184), (44, 44), 0, 0, 360, cv2.GC_FGD, -1)
    cv2.grabCut(small, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    inside = cv2.medianBlur(np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32), 5)
    return cv2.cvtColor(cut, cv2.COLOR_BGR2RGB), cv2.GaussianBlur(cv2.resize(inside, PORTRAIT_SIZE), (0, 0), 2)


class Card:
    """Draws; notes every line with its box, and what the fields are. `rng` jitters print, ink and fonts."""

    def __init__(self, rng, width_mm=85.6, height_mm=53.98, corner_mm=3.18, pixels_per_mm=15):
        self.rng = rng
        self.scale = pixels_per_mm
        self.width_mm, self.height_mm, self.corner_mm = width_mm, height_mm, corner_mm
        self.size = (round(width_mm * pixels_per_mm), round(height_mm * pixels_per_mm))
        self.picture = Image.new("RGB", self.size, "white")
        self.faces = {role: choices[rng.integers(len(choices))] for role, choices in FACES.items()}
        self.shift = rng.uniform(-0.45, 0.45, 2)
        self.growth = rng.uniform(0.95, 1.04)
        self.ink = tuple(int(v) for v in rng.integers(8, 60) + rng.integers(-6, 7, 3))
        self.opacity = rng.uniform(0.86, 1.0)
        self.fields, self.printed, self.lines = {}, {}, []
        self.mrz = None
        self.person = None
        self.portrait_box = None

    def ground(self, colours, waves=5, rosettes=2, strength=0.5, micro=None):
        """A printed ground: soft colours, lines as on banknotes, small text in the tint of the ground."""
        rng, (width, height) = self.rng, self.size
        palette = np.asarray(colours, np.float32)
        coarse = palette[rng.integers(len(palette), size=(4, 6))]
        soft = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        picture = np.clip(soft, 0, 255).astype(np.uint8)
        lines = picture.copy()
        across = np.linspace(0, width, 60)
        for _ in range(waves):
            colour = (palette[rng.integers(len(palette))] - rng.uniform(25, 80)).clip(0, 255)
            wave, lift, phase = rng.uniform(0.004, 0.02), rng.uniform(8, 60), rng.uniform(0, 6)
            step = rng.uniform(9, 26)
            rows = np.arange(-0.2 * height, height + 20, step)[:, None]
            bend = rows + lift * np.sin(wave * across + phase + rows * 0.002) + across * rng.uniform(-0.2, 0.2)
            self.curves(lines, np.broadcast_to(across, bend.shape), bend, colour)
        turn = np.linspace(0, 2 * np.pi, 400)
        for _ in range(rosettes):
            colour = (palette[rng.integers(len(palette))] - rng.uniform(25, 80)).clip(0, 255)
            centre, radius = rng.uniform((0, 0), (width, height)), rng.uniform(0.12, 0.4) * height
            petals = rng.integers(7, 23)
            rings = np.linspace(0.3, 1, 7)[:, None]
            reach = radius * (rings + 0.12 * np.sin(petals * turn + rings * 4))
            self.curves(lines, centre[0] + reach * np.cos(turn), centre[1] + reach * np.sin(turn), colour)
        self.picture = Image.fromarray(cv2.addWeighted(lines, strength, picture, 1 - strength, 0))
        if micro:
            self.micro_text(micro, palette)

    @staticmethod
    def curves(picture, xs, ys, colour):
        points = (np.stack([xs, ys], 2) * 16).astype(np.int32)
        cv2.polylines(picture, list(points), False, tuple(float(v) for v in colour), 1, cv2.LINE_AA, 4)

    def micro_text(self, text, palette):
        draw = ImageDraw.Draw(self.picture)
        letters = font(*LIBERATION["Sans"][0], round(1.1 * self.scale))
        tint = tuple(int(v) for v in (palette.mean(0) - self.rng.uniform(16, 34)).clip(0, 255))
        row = (text + " ") * 30
        for number in range(2):
            draw.text((-self.rng.integers(0, 200), self.size[1] * self.rng.uniform(0.1, 0.9)), row, font=letters, fill=tint)

    def text(self, x, y, text, size, face="sans", *, bold=False, key=None, align="left", squeeze=1.0, fit=None,
             spacing=0.0, ink=None, fixed=False):
        """One line, its baseline at y. `fit` squeezes it into so many mm; `fixed` is preprinted, not personalised."""
        path, index = self.faces[face][1 if bold else 0]
        if not all(drawable(path, index, each) for each in text):
            path, index = DEJAVU["SansCondensed"][1 if bold else 0]
            assert all(drawable(path, index, each) for each in text), text
        letters = font(path, index, max(6, round(size * self.growth * self.scale)))
        if not fixed:
            x, y = x + self.shift[0], y + self.shift[1]
        gap = spacing * self.scale
        bounds = letters.getbbox(text, anchor="ls")
        width = letters.getlength(text) + gap * (len(text) - 1)
        if fit and width * squeeze > fit * self.scale:
            squeeze = fit * self.scale / width
        pad = 4
        top, bottom = min(bounds[1], 0) - pad, max(bounds[3], 1) + pad
        mask = Image.new("L", (int(width) + 2 * pad + 8, bottom - top), 0)
        pen, along = ImageDraw.Draw(mask), float(pad)
        for piece in (text if gap else (text,)):
            pen.text((along, -top), piece, font=letters, fill=255, anchor="ls")
            along += letters.getlength(piece) + gap
        if squeeze != 1.0:
            mask = mask.resize((max(1, round(mask.width * squeeze)), mask.height), Image.Resampling.BILINEAR)
        drawn = width * squeeze
        left = x * self.scale - {"left": 0, "centre": drawn / 2, "right": drawn}[align]
        corner = (round(left - pad * squeeze), round(y * self.scale) + top)
        box = mask.getbbox()
        self.picture.paste(ink or self.ink, corner, mask.point(lambda v: int(v * self.opacity)))
        if box:
            self.lines.append({"text": text, "field": key, "box": [
                corner[0] + box[0] - 2, corner[1] + box[1] - 2, corner[0] + box[2] + 2, corner[1] + box[3] + 2]})
        return (left + drawn) / self.scale

    def label(self, x, y, text, size, face="label", **how):
        return self.text(x, y, text, size, face, fixed=True, **how)

    def value(self, key, text, x, y, size, face="sans", *, before="", after="", parts=None, **how):
        """Prints a field; `parts` where one line holds several fields."""
        for name, part in (parts or {key: text}).items():
            self.printed.setdefault(name, []).append(part)
        return self.text(x, y, before + text + after, size, face, key=key, **how)

    def block(self, key, texts, x, y, size, face="sans", *, leading=1.25, **how):
        for number, text in enumerate(texts):
            self.value(key, text, x, y + number * size * leading, size, face, **how)

    def know(self, **fields):
        self.fields.update(fields)

    def rectangle(self, x, y, width, height, colour, radius=0.0, outline=None, opacity=1.0):
        left, top, right, bottom = (round(v * self.scale) for v in (x, y, x + width, y + height))
        mask = Image.new("L", (max(1, right - left), max(1, bottom - top)), 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), round(radius * self.scale),
                                               fill=round(255 * opacity))
        if colour:
            self.picture.paste(tuple(colour), (left, top), mask)
        if outline:
            ImageDraw.Draw(self.picture).rounded_rectangle((left, top, right, bottom), round(radius * self.scale),
                                                           outline=outline, width=2)

    def barcode(self, x, y, width, height):
        end = x + width
        while x < end:
            bar = self.rng.uniform(0.2, 0.7)
            self.rectangle(x, y, bar, height, (30, 30, 30))
            x += bar + self.rng.uniform(0.25, 0.8)

    def matrix(self, x, y, side, cells=29):
        """Looks like a two-dimensional code; says nothing."""
        code = (self.rng.random((cells, cells)) < 0.5).astype("uint8") * 235 + 15
        for row, column in ((0, 0), (0, cells - 7), (cells - 7, 0)):
            code[row:row + 7, column:column + 7] = 250
            code[row:row + 7, column:column + 7][1:6, 1:6] = 15
            code[row + 2:row + 5, column + 2:column + 5] = 250
        picture = Image.fromarray(code).resize((round(side * self.scale),) * 2, Image.Resampling.NEAREST)
        self.picture.paste(picture.convert("RGB"), (round(x * self.scale), round(y * self.scale)))

    def signature(self, x, y, width, height):
        picture, steps = np.array(self.picture), np.linspace(0, 1, 60)
        xs = x + width * steps + 0.8 * np.sin(steps * self.rng.uniform(15, 40))
        ys = y + height / 2 + height / 2 * np.sin(steps * self.rng.uniform(10, 30) + 1) * np.cos(steps * self.rng.uniform(4,
            9))
        cv2.polylines(picture, [np.int32(np.stack([xs, ys], 1) * self.scale)], False, (30, 30, 60), 3, cv2.LINE_AA)
        self.picture = Image.fromarray(picture)

    def line(self, x0, y0, x1, y1, colour, width_mm=0.15):
        ImageDraw.Draw(self.picture).line([v * self.scale for v in (x0, y0, x1, y1)], fill=colour,
                                          width=max(1, round(width_mm * self.scale)))

    def chip(self, x, y, width=12.0, height=10.5):
        gold = (206, 170, 82) if self.rng.random() < 0.7 else (196, 196, 190)
        self.rectangle(x, y, width, height, gold, radius=1.4, outline=(120, 100, 60))
        dark = (130, 105, 60)
        for part in (0.33, 0.66):
            self.line(x, y + height * part, x + width * 0.33, y + height * part, dark)
            self.line(x + width * 0.66, y + height * part, x + width, y + height * part, dark)
        self.line(x + width * 0.33, y, x + width * 0.33, y + height, dark)
        self.line(x + width * 0.66, y, x + width * 0.66, y + height, dark)

    def face(self, name, x, y, width, height, *, grey=False, ground=(225, 232, 240), opacity=1.0, soft=0.0, main=True):
        """The portrait, or with main=False its small ghost."""
        person, inside = portrait(name)
        light = self.rng.uniform(0.92, 1.08)
        behind = np.asarray(ground, np.float32)
        picture = inside[..., None] * person * light + (1 - inside[..., None]) * behind
        pixels = (round(width * self.scale), round(height * self.scale))
        picture = cv2.resize(np.clip(picture, 0, 255).astype(np.uint8), pixels, interpolation=cv2.INTER_AREA)
        if grey:
            picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        mask = np.full(pixels[::-1], 255 * opacity, np.float32)
        if soft:
            edge = max(1, round(soft * self.scale))
            mask[:edge] = mask[-edge:] = mask[:, :edge] = mask[:, -edge:] = 0
            mask = cv2.GaussianBlur(mask, (0, 0), edge / 2)
        corner = (round((x + self.shift[0] * main) * self.scale), round((y + self.shift[1] * main) * self.scale))
        self.picture.paste(Image.fromarray(picture), corner, Image.fromarray(mask.astype(np.uint8)))
        if main:
            self.person = name
            self.portrait_box = [*corner, corner[0] + pixels[0], corner[1] + pixels[1]]

    def zone(self, form, lines, x, y, leading=6.35, pitch=2.54):
        """A machine-readable zone: OCR-B at ten characters an inch, first baseline at y."""
        growth, self.growth = self.growth, 1.0
        advance = font(*OCR_B[0], 1000).getlength("0") / 1000
        first = len(self.lines)
        for number, line in enumerate(lines):
            self.text(x, y + number * leading, line, pitch / advance, "ocrb", key="mrz", fit=pitch * len(line))
        self.growth = growth
        boxes = np.asarray([each["box"] for each in self.lines[first:]])
        self.mrz = {"format": form, "lines": list(lines), "box": [*boxes[:, :2].min(0).tolist(),
                                                                  *boxes[:, 2:].max(0).tolist()]}

    def finished(self):
        """The picture, BGR, and its opacity, 8 bits."""
        mask = Image.new("L", self.size, 0)
        corners = (0, 0, self.size[0] - 1, self.size[1] - 1)
        ImageDraw.Draw(mask).rounded_rectangle(corners, round(self.corner_mm * self.scale), fill=255)
        return np.asarray(self.picture)[..., ::-1].copy(), np.asarray(mask)
