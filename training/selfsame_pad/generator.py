# SPDX-License-Identifier: Apache-2.0
"""Generator of bona fide views and presentation attacks from face photos.

Everything is drawn from one numpy generator, so a seed gives the same bytes again.
Attacks are photos shown on a drawn screen, sheet or mask inside a drawn scene; then one
camera model is applied to live and attack alike, so that blur, noise and compression
say nothing about the class. Real replays mostly show no pixel grid at 80 pixels: the
screen look is tone, colour and clipped light, and a faint grid on a quarter only.
Colours are BGR, pictures are float32 0..255 unless said otherwise.
"""

import cv2
import numpy as np

from .crop import NEAR_SCALE, SCALE, clamped_box, face_crop

SPECIES = ("bona", "screen", "print", "mono", "cutout", "mask")
SHARES = (0.36, 0.36, 0.14, 0.06, 0.04, 0.04)
SCREEN_EXTRAS = {"rainbow": 0.25, "off_axis": 0.35, "mirrored_room": 0.3}  # how often; changed to ablate
CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64)


def uniform(random, low, high):
    return float(random.uniform(low, high))


def chance(random, probability):
    return random.random() < probability


def colour(random, *ranges):
    return np.array([uniform(random, low, high) for low, high in ranges], np.float32)


def blurred(image, sigma):
    return cv2.GaussianBlur(np.ascontiguousarray(image, np.float32), (0, 0), sigma)


def grey(image):
    return (image @ np.array([0.114, 0.587, 0.299], np.float32))[..., None]


def jpeg(image, quality):
    coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1]
    return cv2.imdecode(coded, cv2.IMREAD_COLOR)


def low_frequency(random, size, knots, amplitude):
    """A smooth random field."""
    knots = int(knots)
    return cv2.resize(random.normal(0, amplitude, (knots, knots)).astype(np.float32),
                      (size, size), interpolation=cv2.INTER_CUBIC)


def ramp(random, size, waves):
    """A slow wave across the picture in a random direction, -1..1."""
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / size
    angle = uniform(random, 0, 2 * np.pi)
    along = columns * np.cos(angle) + rows * np.sin(angle)
    return np.cos(2 * np.pi * (along * waves + uniform(random, 0, 1)))[..., None]


def moved(matrix, points):
    """Points (n, 2) through a 2x3 affine matrix."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def through(homography, points):
    points = np.asarray(points, np.float32)[None]
    return cv2.perspectiveTransform(points, homography)[0]


def polygon_mask(size, points, softness=0.6):
    mask = np.zeros((size, size), np.float32)
    cv2.fillConvexPoly(mask, np.int32(points), 1.0)
    return cv2.GaussianBlur(mask, (0, 0), softness)[..., None]


def over(under, mask, layer):
    return under * (1 - mask) + mask * layer


# --- scenes -------------------------------------------------------------------------


def background(random, library, size):
    """A room: a smooth colour or a blurred piece of a photo, and some hard edges that
    are not attacks (windows, frames, shelves)."""
    if random.integers(4) == 0:
        base = colour(random, (20, 220), (20, 220), (20, 220)) * 0.3
        base = base + uniform(random, 20, 200) * 0.7
        field = low_frequency(random, size, random.integers(2, 6), uniform(random, 5, 40))
        image = np.clip(base + field[..., None], 0, 255)
    else:
        wide = chance(random, 0.3)
        photo = library.wide(random) if wide else library.portrait(random)
        height, width = photo.image.shape[:2]
        side = int(min(height, width) * uniform(random, 0.25, 0.9))
        top = int(random.integers(0, height - side + 1))
        left = int(random.integers(0, width - side + 1))
        if chance(random, 0.6):
            top, left = 0, (0 if chance(random, 0.5) else width - side)
        piece = cv2.resize(photo.image[top:top + side, left:left + side], (size, size))
        image = blurred(piece, uniform(random, 0.7, max(1.0, size / 30)))
        image = image * uniform(random, 0.5, 1.2)
    image = np.ascontiguousarray(image, np.float32)
    for _ in range(random.integers(0, 5)):
        start = random.integers(-size // 4, size + size // 4, 2)
        end = start + random.integers(size // 20, size, 2)
        thickness = -1 if chance(random, 0.5) else int(random.integers(1, 8))
        paint = [uniform(random, 0, 255) for _ in range(3)]
        cv2.rectangle(image, [int(v) for v in start], [int(v) for v in end], paint, thickness)
    return np.clip(blurred(image, uniform(random, 0.3, 1.5)), 0, 255)


def framing(random, scale):
    """(side of the square picture, height of the face in it, centre of the face)."""
    face_height = float(np.exp(uniform(random, np.log(60), np.log(170))))
    face_height = min(face_height, 400 / scale)
    size = int(round(scale * face_height))
    reach = max(0.0, (scale - 1.25) / 2 * face_height * 0.55)
    centre = np.array([size / 2 + uniform(random, -reach, reach),
                       size / 2 + uniform(random, -reach, reach) * 0.8])
    return size, face_height, centre


def live_scene(random, library, scale):
    """The photo itself as the scene, with its native context.

    Live faces are never pasted into another scene: that would teach paste-ups. Where
    the photo is too small for the scale, the scale is lowered; what is still missing
    at the rim is mirrored.
    Returns image, face height, face box, landmarks in the scene, name.
    """
    if scale > 2.0 and library.context and chance(random, 0.85):
        photo = library.wide(random, min(scale * 0.85, 3.8))
    else:
        photo = library.portrait(random)
    most = min(np.array(photo.image.shape[1::-1]) / photo.box[2:])
    size, face_height, centre = framing(random, min(scale, max(1.3, 1.05 * most)))
    if photo.box[3] > 300 or max(photo.image.shape[:2]) * face_height / photo.box[3] > 3 * size:
        factor = min(1.0, 1.6 * face_height / photo.box[3])
        if factor < 1:
            photo = photo.scaled(factor)
    zoom = face_height / photo.box[3]
    image = blurred(photo.image, 0.45 / zoom) if zoom < 0.8 else photo.image
    height, width = image.shape[:2]
    middle = photo.box[:2] + photo.box[2:] / 2
    offset = np.asarray(centre) - zoom * middle
    room = np.array([size - width * zoom, size - height * zoom])
    offset = np.clip(offset, np.minimum(0, room), np.maximum(0, room))
    matrix = np.float32([[zoom, 0, offset[0]], [0, zoom, offset[1]]])
    scene = cv2.warpAffine(image, matrix, (size, size), borderMode=cv2.BORDER_REFLECT_101,
                           flags=cv2.INTER_LINEAR if zoom < 1 else cv2.INTER_CUBIC)
    corner = moved(matrix, photo.box[None, :2])[0]
    box = np.concatenate([corner, photo.box[2:] * zoom])
    return scene.astype(np.float32), face_height, box, moved(matrix, photo.landmarks), photo.name


def presented_photo(random, library, wide_share=0.15):
    """A digital photo to be shown to the camera, cut somewhere around its face."""
    wide = chance(random, wide_share)
    photo = library.wide(random) if wide else library.portrait(random)
    height, width = photo.image.shape[:2]
    left, top, right, bottom = clamped_box(width, height, photo.box,
                                           uniform(random, 1.35, 3.8 if wide else 3.0))
    image = photo.image[top:bottom + 1, left:right + 1]
    shift = np.array([left, top])
    box = np.concatenate([photo.box[:2] - shift, photo.box[2:]])
    landmarks = photo.landmarks - shift
    if max(image.shape[:2]) > 420:
        factor = 420 / max(image.shape[:2])
        image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        box, landmarks = box * factor, landmarks * factor
    if chance(random, 0.5):
        image = jpeg(image, uniform(random, 35, 90))
    return image.astype(np.float32), box, landmarks, photo.name


# --- looks --------------------------------------------------------------------------


def grid_axes(random, size, lowest, highest):
    """Two phase fields of a slightly warped grid, in cycles."""
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32)
    frequency = uniform(random, lowest, highest)
    angle = uniform(random, -0.35, 0.35)
    bend = uniform(random, -0.15, 0.15) / size
    u = (columns * np.cos(angle) + rows * np.sin(angle)) * frequency * (1 + bend * rows)
    v = (-columns * np.sin(angle) + rows * np.cos(angle)) * frequency * (1 + bend * columns)
    return u, v


def screen_tone(random, layer, size):
    """A filmed display: saturated, steep tone curve, colour cast, blooming, clipped light."""
    y = np.clip(layer / 255, 0, 1)
    mean = y.mean(2, keepdims=True)
    y = np.clip(mean + (y - mean) * uniform(random, 0.9, 1.7), 0, 1)
    steep, pivot = uniform(random, 1.5, 8), uniform(random, 0.3, 0.6)
    low, high = 1 / (1 + np.exp(steep * pivot)), 1 / (1 + np.exp(-steep * (1 - pivot)))
    y = np.clip((1 / (1 + np.exp(-steep * (y - pivot))) - low) / (high - low), 0, 1)
    cast = colour(random, (0.75, 1.45), (0.85, 1.2), (0.7, 1.25))
    black = uniform(random, 0, 0.1) * colour(random, (0.8, 1.5), (1, 1), (0.6, 1.1))
    y = y ** uniform(random, 0.6, 1.3) * uniform(random, 0.75, 1.6) * cast + black
    if chance(random, 0.5):
        bloom = blurred(np.clip(y, 0, 1.3), uniform(random, 3, 0.06 * size + 3))
        y = y * 0.9 + bloom * uniform(random, 0.05, 0.3)
    if chance(random, 0.25):
        u, _ = grid_axes(random, size, 0.25, 1.3)
        depth = uniform(random, 0.01, 0.06)
        for channel in range(3):
            y[..., channel] *= 1 + depth * np.cos(2 * np.pi * (u + channel / 3))
    if chance(random, 0.3):
        y = blurred(y, uniform(random, 0.5, 1.6))
    if chance(random, 0.3):
        y = y + uniform(random, 0.3, 1.5) * (y - blurred(y, 1.5))
    return np.clip(y, 0, 1) * 255


def screen_grid(random, layer, size):
    """A filmed display whose pixel grid, beats or refresh bands can be seen."""
    y = np.clip(layer / 255, 0, 1) ** uniform(random, 0.75, 1.35)
    if chance(random, 0.8):
        u, v = grid_axes(random, size, 0.22, 1.35)
        depth = uniform(random, 0.02, 0.3) * (1 if chance(random, 0.6) else 0.35)
        across = uniform(random, 0, 0.6)
        for channel in range(3):
            y[..., channel] *= (1 + depth * np.cos(2 * np.pi * (u + channel / 3))
                                + depth * across * np.cos(2 * np.pi * v))
        if chance(random, 0.5):
            beat, _ = grid_axes(random, size, 0.01, 0.12)
            depth = uniform(random, 0.01, 0.1)
            for channel in range(3):
                phase = channel * uniform(random, 0.1, 0.4)
                y[..., channel] *= 1 + depth * np.cos(2 * np.pi * (beat + phase))
    if chance(random, 0.3):
        rows = np.arange(size, dtype=np.float32)[:, None, None] / size
        bands = np.cos(2 * np.pi * (rows * uniform(random, 0.5, 5) + uniform(random, 0, 1)))
        y = y * (1 + uniform(random, 0.02, 0.18) * bands)
    cast = colour(random, (0.95, 1.25), (0.95, 1.05), (0.8, 1.03))
    y = y * cast * uniform(random, 0.7, 1.35) + uniform(random, 0, 0.12)
    return np.clip(y, 0, 1.15) * 255


def print_tone(random, layer, size, mono):
    """A photographed sheet: lifted black, dull white, uneven light."""
    y = np.clip(layer / 255, 0, 1)
    mean = grey(y)
    y = np.repeat(mean, 3, 2) if mono else mean + (y - mean) * uniform(random, 0.4, 1.1)
    y = np.clip((y - 0.5) * uniform(random, 0.6, 1.5) + uniform(random, 0.42, 0.6), 0, 1)
    black = uniform(random, 0.04, 0.3)
    white = colour(random, (0.75, 1.0), (0.82, 1.0), (0.85, 1.0))
    y = black + (white - black) * y
    if not mono:
        y = y * colour(random, (0.85, 1.15), (0.95, 1.05), (0.85, 1.15))
    y = y * (1 + uniform(random, 0, 0.3) * ramp(random, size, uniform(random, 0.3, 1.6)))
    if chance(random, 0.5):
        y = blurred(y, uniform(random, 0.5, 1.5))
    return np.clip(y, 0, 1.05) * 255


def print_dots(random, layer, size, mono):
    """A sheet whose halftone, ink grain or missing lines can be seen."""
    y = np.clip(layer / 255, 0, 1)
    if mono:
        y = np.repeat(grey(y), 3, 2)
    else:
        mean = y.mean(2, keepdims=True)
        y = mean + (y - mean) * uniform(random, 0.45, 1.0)
        y = np.clip(y, 0, 1) ** colour(random, (0.85, 1.2), (0.85, 1.2), (0.85, 1.2))
    y = np.clip((y - 0.5) * uniform(random, 0.85, 1.5) + 0.5, 0, 1)
    kind = random.random()
    if kind < 0.6:
        depth = uniform(random, 0.05, 0.5)
        for channel, angle in enumerate((0.26, 1.31, 0.79)):
            u, v = grid_axes(random, size, 0.15, 0.9)
            dots = 0.25 * (np.cos(2 * np.pi * (u * np.cos(angle) + v * np.sin(angle)))
                           + np.cos(2 * np.pi * (v * np.cos(angle) - u * np.sin(angle))))
            ink = y[..., channel]
            ink = np.clip(ink + depth * 2 * dots * np.sqrt(np.clip(ink * (1 - ink), 0, 1)), 0, 1)
            if mono:
                y = np.repeat(ink[..., None], 3, 2)
                break
            y[..., channel] = ink
    elif kind < 0.85:
        grain = random.normal(0, uniform(random, 0.02, 0.14), (size, size, 1 if mono else 3))
        grain = blurred(grain, uniform(random, 0.4, 1.0)).reshape(size, size, -1)
        y = np.clip(y + grain * 1.5, 0, 1)
    if chance(random, 0.25):
        lines = np.sin(np.arange(size) * uniform(random, 0.05, 0.6)) > 0.9
        y = y * (1 - uniform(random, 0.02, 0.12) * lines)[:, None, None]
    fibre = blurred(random.normal(0, 1, (size, size)), uniform(random, 0.6, 2.5))[..., None]
    black = uniform(random, 0.03, 0.22)
    white = colour(random, (0.78, 1.0), (0.86, 1.0), (0.9, 1.0))
    y = (black + (white - black) * y) * (1 + fibre * uniform(random, 0, 0.06))
    if mono and chance(random, 0.5):
        y = y * colour(random, (0.85, 1.08), (1, 1), (0.92, 1.12))
    if chance(random, 0.7):
        y = y * (1 + uniform(random, 0.03, 0.25) * ramp(random, size, uniform(random, 0.4, 1.6)))
    return np.clip(y, 0, 1.1) * 255


def rainbow(random, layer, size):
    """Coloured moire: the pixel grid beats with the sensor's, a little apart in each colour."""
    u, v = grid_axes(random, size, 0.008, 0.09)
    bent = u + uniform(random, 0, 1.5) * np.cos(2 * np.pi * v)
    depth = uniform(random, 0.01, 0.08)
    for channel in range(3):
        layer[..., channel] *= 1 + depth * np.cos(2 * np.pi * (bent + channel / 3))
    return layer


def off_axis(random, layer, size):
    """Light and colour fall off across a display that is seen at an angle."""
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
    angle = uniform(random, 0, 2 * np.pi)
    along = (columns * np.cos(angle) + rows * np.sin(angle))[..., None]
    return layer * (1 + along * uniform(random, 0.1, 0.7) * colour(random, *[(0.7, 1.3)] * 3))


def mirrored_room(random, library, layer, size):
    """The room before a glossy display, faint and out of focus."""
    room = blurred(background(random, library, size), uniform(random, 1, 5))
    return layer + room * uniform(random, 0.03, 0.22)


def screen_look(random, library, layer, size):
    look = screen_tone if chance(random, 0.85) else screen_grid
    layer = look(random, layer, size).astype(np.float32)
    if chance(random, SCREEN_EXTRAS["rainbow"]):
        layer = rainbow(random, layer, size)
    if chance(random, SCREEN_EXTRAS["off_axis"]):
        layer = off_axis(random, layer, size)
    if chance(random, SCREEN_EXTRAS["mirrored_room"]):
        layer = mirrored_room(random, library, layer, size)
    return np.clip(layer, 0, 290).astype(np.float32)


def print_look(random, layer, size, mono):
    look = print_tone if chance(random, 0.7) else print_dots
    return look(random, layer, size, mono).astype(np.float32)


def glare(random, image, size, probability):
    """Reflections of lamps and windows."""
    if not chance(random, probability):
        return image
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32)
    for _ in range(random.integers(1, 3)):
        if chance(random, 0.6):
            across = (columns - uniform(random, 0, size)) / (size * uniform(random, 0.04, 0.3))
            down = (rows - uniform(random, 0, size)) / (size * uniform(random, 0.04, 0.3))
            light = np.exp(-(across ** 2 + down ** 2) / 2)
        else:
            light = np.zeros((size, size), np.float32)
            corner = random.uniform(0, size, 2)
            wide, high = random.uniform(size * 0.05, size * 0.4, 2)
            slant = uniform(random, -0.4, 0.4) * wide
            window = [corner, corner + [wide, slant], corner + [wide, slant + high],
                      corner + [0, high]]
            cv2.fillConvexPoly(light, np.int32(window), 1.0)
            light = blurred(light, uniform(random, 1, 10))
        image = image + light[..., None] * uniform(random, 10, 140)
    return image


def fingers(random, image, quad, most=3):
    """Up to three fingers that hold the edge of a device or sheet."""
    size = image.shape[0]
    for _ in range(random.integers(0, most + 1)):
        side = int(random.integers(4))
        start, end = quad[side], quad[(side + 1) % 4]
        point = start + (end - start) * uniform(random, 0.2, 0.9)
        thickness = uniform(random, 0.03, 0.09) * size
        skin = uniform(random, 0.5, 1.1) * colour(random, (90, 150), (120, 180), (170, 230))
        inward = np.mean(quad, 0) - point
        angle = np.degrees(np.arctan2(inward[1], inward[0])) + uniform(random, -25, 25)
        mask = np.zeros((size, size), np.float32)
        axes = (int(thickness * uniform(random, 1.2, 2.6)), int(thickness))
        cv2.ellipse(mask, [int(v) for v in point], axes, angle, 0, 360, 1.0, -1)
        mask = cv2.GaussianBlur(mask, (0, 0), 1.2)[..., None]
        image = over(image, mask, skin + low_frequency(random, size, 8, 12)[..., None])
    return image


# --- attacks ------------------------------------------------------------------------


def on_device(random, library, scene, size, layer, photo_mask, homography, width, height):
    """The photo on a phone, tablet or monitor: bars of the player, bezel, fingers, glare."""
    inside = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    bars = CORNERS * [width * uniform(random, 0, 0.04), height * uniform(random, 0, 0.3)]
    if not chance(random, 0.4):
        bars = bars * 0
    bezel = CORNERS * 0
    if chance(random, 0.75):
        if chance(random, 0.5):  # a recent phone: a thin even rim
            rim = min(width, height) * uniform(random, 0.01, 0.05)
            bezel = CORNERS * [rim, rim * uniform(random, 1, 2)]
        else:
            bezel = CORNERS * [width * uniform(random, 0, 0.06), height * uniform(random, 0.02, 0.25)]
    outer = through(homography, inside + bars + bezel)
    inner = through(homography, inside + bars)
    layer = screen_look(random, library, layer, size)
    if chance(random, 0.8):
        case = np.full(3, uniform(random, 2, 40))
    else:
        case = np.full(3, uniform(random, 150, 240))
    dark = chance(random, 0.6)
    bar = np.full(3, uniform(random, 0, 30) if dark else uniform(random, 180, 255))
    y = scene * uniform(random, 0.25, 1.1)
    y = over(y, polygon_mask(size, outer), case)
    y = over(y, polygon_mask(size, inner), bar)
    y = over(y, cv2.GaussianBlur(photo_mask, (0, 0), 0.5)[..., None], layer)
    if chance(random, 0.6):
        y = fingers(random, y, outer)
    return glare(random, y, size, 0.4) + uniform(random, 0, 14)


def on_paper(random, scene, size, layer, photo_mask, homography, width, height, mono):
    """The photo on a sheet: margin, shadow, fingers, glare, curl."""
    inside = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    margin = CORNERS * [width * uniform(random, 0, 0.15), height * uniform(random, 0, 0.15)]
    if not chance(random, 0.6):
        margin = margin * 0
    outer = through(homography, inside + margin)
    layer = print_look(random, layer, size, mono)
    sheet = polygon_mask(size, outer)
    if chance(random, 0.6):
        shift = (int(uniform(random, 0, 8)), int(uniform(random, -8, 8)))
        shadow = blurred(np.roll(sheet[..., 0], shift, (0, 1)), uniform(random, 2, 8))
        scene = scene * (1 - shadow[..., None] * uniform(random, 0.1, 0.6))
    paper = colour(random, (190, 255), (205, 255), (215, 255)) * uniform(random, 0.7, 1)
    y = over(scene, sheet, paper)
    y = over(y, cv2.GaussianBlur(photo_mask, (0, 0), 0.5)[..., None], layer)
    if chance(random, 0.5):
        y = fingers(random, y, outer)
    y = glare(random, y, size, 0.3)
    if chance(random, 0.5):
        rows, columns = np.mgrid[0:size, 0:size].astype(np.float32)
        amplitude = uniform(random, 0.003, 0.02) * size
        frequency = 2 * np.pi * uniform(random, 0.3, 1.2) / size
        bent = rows + amplitude * np.sin(frequency * columns + uniform(random, 0, 6.28))
        y = cv2.remap(np.float32(y), columns, np.float32(bent), cv2.INTER_LINEAR,
                      borderMode=cv2.BORDER_REFLECT)
    return y


def flat_attack(random, library, species, scale):
    """A photo shown flat on a screen or sheet. Returns image, face box, name."""
    size, face_height, centre = framing(random, scale)
    photo, box, _, name = presented_photo(random, library,
                                          0.35 if species == "screen" else 0.15)
    height, width = photo.shape[:2]
    zoom = face_height / box[3]
    turn = np.radians(uniform(random, -12, 12)) if chance(random, 0.7) else 0.0
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    quad = (corners - (box[:2] + box[2:] / 2)) * zoom @ rotation.T + centre
    if chance(random, 0.8):
        quad = quad + random.normal(0, 0.03, (4, 2)) * max(width, height) * zoom
    homography = cv2.getPerspectiveTransform(corners, np.float32(quad))
    if zoom < 0.8:
        photo = blurred(photo, 0.45 / zoom)
    layer = cv2.warpPerspective(photo, homography, (size, size), borderMode=cv2.BORDER_REPLICATE,
                                flags=cv2.INTER_LINEAR if zoom < 1 else cv2.INTER_CUBIC)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), homography, (size, size))
    scene = background(random, library, size)
    if species == "screen":
        y = on_device(random, library, scene, size, layer, mask, homography, width, height)
    else:
        y = on_paper(random, scene, size, layer, mask, homography, width, height,
                     species == "mono")
    face = through(homography, box[:2] + (CORNERS + 1) / 2 * box[2:])
    extent = box[2:] * zoom
    return y, np.concatenate([face.mean(0) - extent / 2, extent]), name


def worn_attack(random, library, species, scale):
    """A printed head (cut-out) or part of a face (mask) held before a live person.

    Returns image, face box, name, or None where the drawing failed.
    """
    scene, face_height, box, points, name = live_scene(random, library, scale)
    size = scene.shape[0]
    photo, photo_box, photo_points, _ = presented_photo(random, library, 0.0)
    matrix, _ = cv2.estimateAffinePartial2D(np.float32(photo_points), np.float32(points),
                                            method=cv2.LMEDS)
    if matrix is None:
        return None
    if species == "cutout":
        matrix[:, :2] *= uniform(random, 1.0, 1.35)
        target = points.mean(0) + random.normal(0, 0.06 * face_height, 2)
        matrix[:, 2] = target - matrix[:, :2] @ photo_points.mean(0)
    layer = cv2.warpAffine(photo, np.float32(matrix), (size, size), flags=cv2.INTER_LINEAR,
                           borderMode=cv2.BORDER_REPLICATE)
    if chance(random, 0.85):
        layer = print_look(random, layer, size, chance(random, 0.2))
    else:
        layer = screen_look(random, library, layer, size)
    middle = moved(matrix, (photo_box[:2] + photo_box[2:] / 2)[None])[0]
    zoom = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    mask = worn_outline(random, size, middle, photo_box[2:] * zoom, species)
    if species == "mask":
        rows = np.mgrid[0:size, 0:size][0]
        eyes, nose = points[:2, 1].mean(), points[2, 1]
        part = int(random.integers(4))
        if part == 0:
            mask *= rows > nose - 0.08 * face_height
        elif part == 1:
            mask *= rows < nose
        elif part == 2:
            mask *= (rows > eyes - 0.16 * face_height) & (rows < nose + 0.05 * face_height)
    if chance(random, 0.45):
        holes = points[:2] if species == "mask" else moved(matrix, photo_points[:2])
        for hole in holes:
            axes = (max(2, int(face_height * 0.11)), max(2, int(face_height * 0.06)))
            cv2.ellipse(mask, [int(v) for v in hole], axes, 0, 0, 360, 0.0, -1)
    if mask.sum() < 0.04 * face_height ** 2:
        return None
    shift = (int(uniform(random, 1, 6)), int(uniform(random, -5, 5)))
    shadow = blurred(np.roll(mask, shift, (0, 1)), uniform(random, 1.5, 5))[..., None]
    scene = scene * (1 - shadow * uniform(random, 0, 0.5))
    mask = cv2.GaussianBlur(mask, (0, 0), uniform(random, 0.4, 1.0))[..., None]
    y = glare(random, over(scene, mask, layer * uniform(random, 0.75, 1.15)), size, 0.2)
    if species == "cutout":
        extent = photo_box[2:] * zoom
        box = np.concatenate([middle - extent / 2, extent])
    return y, box, name


def worn_outline(random, size, middle, extent, species):
    """The filled outline of a hand-cut head."""
    axes = extent * [uniform(random, 0.5, 0.62), uniform(random, 0.52, 0.66)]
    angle = np.linspace(0, 2 * np.pi, 24)
    cos, sin = np.cos(angle), np.sin(angle)
    if species == "cutout" and chance(random, 0.4):  # nearly a rectangle
        cos = 1.3 * np.sign(cos) * abs(cos) ** 0.6
        sin = 1.3 * np.sign(sin) * abs(sin) ** 0.6
    wobble = 1 + random.normal(0, 0.03, 24) * chance(random, 0.6)
    outline = middle + np.stack([axes[0] * wobble * cos, axes[1] * wobble * sin], 1)
    mask = np.zeros((size, size), np.float32)
    cv2.fillPoly(mask, [np.int32(outline)], 1.0)
    return mask


# --- camera -------------------------------------------------------------------------


def capture(random, image):
    """The camera model shared by all classes; returns uint8."""
    size = image.shape[0]
    y = np.float32(image)
    if chance(random, 0.7):
        y = blurred(y, uniform(random, 0.3, 1.4))
    if chance(random, 0.15):
        length = int(random.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        cv2.line(kernel, (0, int(random.integers(length))),
                 (length - 1, int(random.integers(length))), 1.0)
        y = cv2.filter2D(y, -1, kernel / kernel.sum())
    y = np.clip(np.nan_to_num(y), 0, 290) / 255
    if chance(random, 0.8):
        y = y * colour(random, (0.8, 1.2), (0.95, 1.05), (0.8, 1.2))
    exposure = uniform(random, 0.35, 0.7) if chance(random, 0.15) else uniform(random, 0.6, 1.4)
    y = np.clip(y * exposure, 0, 1.05) ** uniform(random, 0.75, 1.35)
    if chance(random, 0.3):
        mean = y.mean(2, keepdims=True)
        y = mean + (y - mean) * uniform(random, 0.5, 1.5)
    if chance(random, 0.4):
        rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
        angle = uniform(random, 0, 2 * np.pi)
        side = columns * np.cos(angle) + rows * np.sin(angle)
        y = y * (1 + uniform(random, -0.35, 0.35) * side)[..., None]
    strength = uniform(random, 0, 0.035) if chance(random, 0.7) else 0.0
    noise = random.standard_normal((size, size, 3), np.float32)
    if chance(random, 0.5):
        noise = blurred(noise, 0.7) * 1.8
    y = y + noise * strength * np.sqrt(np.clip(y, 0.05, 1)) * 1.3
    if chance(random, 0.3):
        y = y + uniform(random, 0.2, 0.9) * (y - blurred(y, 1.2))
    y = np.clip(y * 255, 0, 255).astype(np.uint8)
    if chance(random, 0.12):
        y = cv2.bilateralFilter(y, 5, 25, 3)
    if chance(random, 0.25):
        factor = uniform(random, 0.4, 0.9)
        y = cv2.resize(y, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        y = cv2.resize(y, (size, size), interpolation=cv2.INTER_CUBIC)
    return jpeg(y, uniform(random, 40, 97)) if chance(random, 0.85) else y


def detected(random, image, box):
    """Mirror half of the pictures and shake the box as a detector would.

    Returns image and box, or None where the face has left the picture.
    """
    height, width = image.shape[:2]
    if chance(random, 0.5):
        image = np.ascontiguousarray(image[:, ::-1])
        box = np.array([width - box[0] - box[2], *box[1:]])
    box = box * [1, 1, uniform(random, 0.94, 1.06), uniform(random, 0.94, 1.06)]
    box = box + random.normal(0, 0.02, 4) * [box[2], box[3], 0, 0]
    if (box[:2] < -0.15 * box[2:]).any():
        return None
    if (box[:2] + box[2:] > np.array([width, height]) + 0.15 * box[2:]).any():
        return None
    corner = np.maximum(0, box[:2])
    end = np.minimum([width - 1, height - 1], box[:2] + box[2:])
    if (end - corner).min() < 30:
        return None
    return image, np.concatenate([corner, end - corner])


def render(random, library, species):
    """One render of a species (a name of SPECIES): image uint8, box, name; or None."""
    scale = uniform(random, 1.4, 2.0) if chance(random, 0.62) else uniform(random, 2.0, 4.3)
    if species == "bona":
        y, _, box, _, name = live_scene(random, library, scale)
        if chance(random, 0.08):
            y = glare(random, y, y.shape[0], 0.5)
        if chance(random, 0.12):  # an untouched photo
            seen = detected(random, np.clip(y, 0, 255).astype(np.uint8), box)
            return None if seen is None else (*seen, name)
    elif species in ("cutout", "mask"):
        drawn = worn_attack(random, library, species, scale)
        if drawn is None:
            return None
        y, box, name = drawn
    else:
        y, box, name = flat_attack(random, library, species, scale)
    seen = detected(random, capture(random, y), box)
    return None if seen is None else (*seen, name)


def crops_of(random, image, box, count=2):
    """Views of a face, each as (wide, near) crop: the contract's, then with another box and scale."""
    height, width = image.shape[:2]
    views = [(face_crop(image, box), face_crop(image, box, NEAR_SCALE))]
    while len(views) < count:
        corner = box[:2] + random.normal(0, 0.04, 2) * box[2:]
        corner = np.clip(corner, 0, np.maximum(0, [width - 21, height - 21]))
        other = np.concatenate([corner, box[2:]])
        factor = uniform(random, 0.73, 1.07)
        views.append((face_crop(image, other, SCALE * factor),
                      face_crop(image, other, NEAR_SCALE * factor)))
    return views


def renders(seed, library, count, species=None):
    """(crops uint8 [count, 2 views, 2, 80, 80, 3], species numbers) of one seed."""
    random = np.random.default_rng(seed)
    pictures, kinds = [], []
    while len(kinds) < count:
        number = int(random.choice(len(SPECIES), p=SHARES))
        if species is not None:
            number = SPECIES.index(species)
        made = render(random, library, SPECIES[number])
        if made is None:
            continue
        image, box, _ = made
        pictures.append(crops_of(random, image, box))
        kinds.append(number)
    return np.array(pictures, np.uint8), np.array(kinds, np.uint8)
