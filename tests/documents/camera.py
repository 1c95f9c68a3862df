# SPDX-License-Identifier: Apache-2.0
"""Photographs a flat document: desk, pose, light, lens, sensor, JPEG; and what spoils a photo."""

import functools

import cv2
import numpy as np

WIDTH, HEIGHT = 1600, 1200
DESK_WIDTH, DESK_HEIGHT = WIDTH // 2, HEIGHT // 2  # a desk is no place for detail
GLARE, BLUR, INCOMPLETE, COPY, RECAPTURE = -9107, -9108, -9101, -9102, -9103
CONDITIONS = {"plain": [], "upright": [], "finger": [], "cut": [INCOMPLETE], "covered": [INCOMPLETE], "copy_grey": [COPY],
              "copy_colour": [COPY], "screen": [RECAPTURE], "glare": [GLARE], "blur": [BLUR]}


def corners(width, height):
    return np.float32([[0, 0], [width, 0], [width, height], [0, height]])


def moved(points, homography):
    return cv2.perspectiveTransform(np.float32(points).reshape(1, -1, 2), homography)[0]


def box_quad(box):
    left, top, right, bottom = box
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def noise(rng, height, width, coarse=1):
    """Smooth values around 0 of unit scale."""
    small = rng.standard_normal((max(2, height // coarse), max(2, width // coarse)), np.float32)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def wood(rng):
    along = np.linspace(0, 1, DESK_WIDTH, dtype=np.float32)[None] + 0.02 * noise(rng, DESK_HEIGHT, DESK_WIDTH, 100)
    grain = np.sin(rng.uniform(40, 110) * along + 4 * np.sin(9 * along)) + 0.5 * noise(rng, 40, DESK_WIDTH, 2)[:1]
    return np.float32(rng.uniform((60, 80, 110), (110, 140, 190))) * (1 + 0.12 * grain[..., None])


def cloth(rng):
    base = np.float32(rng.uniform(40, 200, 3)) * np.float32(rng.uniform(0.7, 1.0))
    weave = np.zeros((DESK_HEIGHT, DESK_WIDTH), np.float32)
    step = int(rng.integers(3, 6))
    weave[::step] -= 0.12
    weave[:, ::step] -= 0.12
    return base * (1 + cv2.GaussianBlur(weave, (0, 0), 0.7) + 0.06 * noise(rng, DESK_HEIGHT, DESK_WIDTH, 2))[..., None]


def smooth(rng):
    return np.float32(rng.uniform(25, 240)) * np.float32(rng.uniform(0.9, 1.05, 3)) * (1 + 0.05 * noise(rng, DESK_HEIGHT,
        DESK_WIDTH, 75))[..., None]


def marble(rng):
    veins = np.abs(noise(rng, DESK_HEIGHT, DESK_WIDTH, 60) + 0.5 * noise(rng, DESK_HEIGHT, DESK_WIDTH, 20))
    return np.float32(rng.uniform(190, 235)) * (1 - 0.25 * np.exp(-veins * 9))[..., None] * np.float32([1, 1, 1])


def papers(rng):
    """Sheets with lines of something like print, and a book's edge."""
    picture = np.empty((DESK_HEIGHT, DESK_WIDTH, 3), np.float32)
    picture[:] = rng.uniform(60, 170, 3)
    for _ in range(3):
        sheet = np.full((450, 350, 3), rng.uniform(225, 250), np.float32)
        for row in range(40, 420, int(rng.integers(11, 17))):
            at = 35
            while at < 300:
                word = int(rng.integers(7, 35))
                sheet[row:row + 4, at:at + word] = rng.uniform(60, 120)
                at += word + 4
        turn = cv2.getRotationMatrix2D((175, 225), rng.uniform(0, 360), rng.uniform(0.9, 1.6))
        turn[:, 2] += rng.uniform((0, 0), (DESK_WIDTH - 175, DESK_HEIGHT - 225))
        mask = cv2.warpAffine(np.ones((450, 350), np.float32), turn, (DESK_WIDTH, DESK_HEIGHT))
        picture = picture * (1 - mask[..., None]) + cv2.warpAffine(sheet, turn, (DESK_WIDTH, DESK_HEIGHT)) * mask[..., None]
    return picture


DESKS = (wood, cloth, smooth, smooth, marble, papers)


def turned(rng, upright):
    """Degrees: near upright most often, else on a side or on the head, else anyhow."""
    draw = rng.random()
    if upright or draw < 0.45:
        return rng.uniform(-12, 12) % 360
    if draw < 0.75:
        return (90 * rng.integers(1, 4) + rng.uniform(-12, 12)) % 360
    return rng.uniform(0, 360)


def pose(rng, width, height, degrees, fill=(0.74, 0.94), tilt=20, shift=0.8):
    """Homography of a plane of that size into the picture: a pinhole camera 1.1 to 1.6 widths of focal length."""
    angle = np.deg2rad(degrees)
    lean_x, lean_y = np.deg2rad(rng.uniform(-tilt, tilt, 2))
    spin = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(lean_x), -np.sin(lean_x)], [0, np.sin(lean_x), np.cos(lean_x)]])
    about_y = np.array([[np.cos(lean_y), 0, np.sin(lean_y)], [0, 1, 0], [-np.sin(lean_y), 0, np.cos(lean_y)]])
    focal = rng.uniform(1.1, 1.6) * WIDTH
    plane = np.array([[x - width / 2, y - height / 2, 0] for x, y in corners(width, height)]) / width
    world = plane @ (about_y @ about_x @ spin).T

    def seen(distance):
        return world[:, :2] * focal / (world[:, 2:] + distance)

    wanted, distance = rng.uniform(*fill), focal / WIDTH * 1.2
    for _ in range(6):
        reach = np.ptp(seen(distance), 0) / (WIDTH, HEIGHT)
        distance *= reach.max() / wanted
    points = seen(distance)
    free = (np.array([WIDTH, HEIGHT]) - np.ptp(points, 0)) / 2
    points += np.array([WIDTH, HEIGHT]) / 2 - (points.min(0) + points.max(0)) / 2 + rng.uniform(-shift, shift, 2) * free
    return cv2.getPerspectiveTransform(corners(width, height), np.float32(points))


def warped(picture, homography, interpolation=cv2.INTER_LINEAR):
    return cv2.warpPerspective(picture, homography, (WIDTH, HEIGHT), flags=interpolation)


def laid(rng, desk, picture, opacity, homography):
    """The document on the desk, with the shadow of its edge."""
    mask = warped(opacity, homography).astype(np.float32) / 255
    small = cv2.resize(mask, (WIDTH // 4, HEIGHT // 4), interpolation=cv2.INTER_AREA)
    offset = rng.uniform(-4, 4, 2)
    shadow = cv2.warpAffine(small, np.float32([[1, 0, offset[0]], [0, 1, offset[1]]]), (WIDTH // 4, HEIGHT // 4))
    shadow = cv2.resize(cv2.GaussianBlur(shadow, (0, 0), rng.uniform(2, 5)), (WIDTH, HEIGHT))
    scene = desk * (1 - rng.uniform(0.25, 0.5) * shadow)[..., None]
    return scene + (warped(picture, homography).astype(np.float32) - scene) * mask[..., None]


def lit(rng, scene):
    """A light gradient, the lamp's colour, the lens's dark corners; in place."""
    across, down = np.meshgrid(np.linspace(-1, 1, WIDTH // 8, dtype=np.float32),
                               np.linspace(-0.75, 0.75, HEIGHT // 8, dtype=np.float32))
    way = rng.uniform(0, 2 * np.pi)
    field = 1 + rng.uniform(0.05, 0.28) * (np.cos(way) * across + np.sin(way) * down) - rng.uniform(0,
        0.12) * (across**2 + down**2)
    if rng.random() < 0.3:
        edge = np.cos(way + 1) * across + np.sin(way + 1) * down - rng.uniform(-0.5, 0.5)
        field *= 1 - rng.uniform(0.1, 0.3) / (1 + np.exp(-edge * 14))
    warm = rng.uniform(-0.07, 0.07)
    scene *= cv2.resize(field, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)[..., None]
    scene *= np.float32([1 - warm, 1, 1 + warm]) * np.float32(rng.uniform(0.82, 1.06))
    return scene


@functools.cache
def grain():
    """A sensor's noise; drawn once, shifted for every picture."""
    return cv2.GaussianBlur(np.random.default_rng(0).standard_normal((HEIGHT, WIDTH), np.float32), (0, 0), 0.6)


def sensed(rng, scene, softness=(0.4, 0.9)):
    """Lens softness, sharpening as in phones, noise, JPEG."""
    scene = cv2.GaussianBlur(scene, (0, 0), rng.uniform(*softness))
    if rng.random() < 0.5:
        scene = cv2.addWeighted(scene, 1.5, cv2.GaussianBlur(scene, (0, 0), 1.6), -0.5, 0)
    shift = rng.integers((0, 0), (HEIGHT, WIDTH))
    scene += np.roll(grain(), shift, (0, 1))[..., None] * np.float32(rng.uniform(1.0, 4.5))
    return np.clip(scene, 0, 255).astype(np.uint8)


def encoded(rng, picture):
    good, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(78, 95))])
    assert good
    return data.tobytes()


def glare(rng, scene, quad, targets):
    """A lamp or a window mirrored by the laminate, over a printed line."""
    centre = targets[int(rng.integers(len(targets)))].mean(0)
    size = np.sqrt(cv2.contourArea(np.float32(quad)))
    reach = size * rng.uniform((0.12, 0.05), (0.24, 0.11))
    light = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.ellipse(light, (tuple(float(v) for v in centre), tuple(float(v) for v in 2 * reach), float(rng.uniform(0, 180))),
                1.0, -1)
    small = cv2.resize(light, (WIDTH // 4, HEIGHT // 4), interpolation=cv2.INTER_AREA)
    core, halo = cv2.GaussianBlur(small, (0, 0), size / 160), cv2.GaussianBlur(small, (0, 0), size / 28)
    bloom = cv2.resize(core * rng.uniform(170, 260) + halo * rng.uniform(60, 120), (WIDTH, HEIGHT))
    scene += bloom[..., None] * np.float32(rng.uniform((0.94, 0.97, 1.0), (1.0, 1.0, 1.0)))
    return {"glare_centre": [round(float(v), 1) for v in centre]}


def blurred(rng, scene, pixels_per_mm):
    """Out of focus or shaken so far that small print cannot be read: about a quarter of a millimetre and more."""
    if rng.random() < 0.5:
        radius = max(5, rng.uniform(0.45, 0.75) * pixels_per_mm)
        size = int(radius) * 2 + 3
        kernel = np.zeros((size, size), np.float32)
        cv2.circle(kernel, (size // 2, size // 2), int(radius), 1, -1, cv2.LINE_AA)
        said = {"blur": "defocus", "blur_px": round(float(radius), 1)}
    else:
        length, way = max(14, rng.uniform(1.3, 2.2) * pixels_per_mm), rng.uniform(0, np.pi)
        size = int(length) + 3
        kernel = np.zeros((size, size), np.float32)
        half = np.array([np.cos(way), np.sin(way)]) * length / 2
        start, end = np.rint(size / 2 - half).astype(int), np.rint(size / 2 + half).astype(int)
        cv2.line(kernel, tuple(int(v) for v in start), tuple(int(v) for v in end), 1, 2, cv2.LINE_AA)
        said = {"blur": "motion", "blur_px": round(float(length), 1)}
    return cv2.filter2D(scene, -1, kernel / kernel.sum()), said


SKINS = ((135, 165, 220), (115, 148, 205), (92, 125, 180), (70, 98, 148), (52, 70, 108))


def finger(rng, scene, tip, inward, width):
    """A thumb from outside the document to `tip`, as seen from above; its mask."""
    skin = np.float32(SKINS[int(rng.integers(len(SKINS)))]) * np.float32(rng.uniform(0.9, 1.06))
    inward = inward / np.linalg.norm(inward)
    root = tip - inward * 1400
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    ends = [tuple(int(v * 16) for v in point) for point in (root, tip - inward * width / 2)]
    cv2.line(mask, ends[0], ends[1], 255, int(width), cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.2).astype(np.float32) / 255
    small = cv2.resize(mask, (WIDTH // 4, HEIGHT // 4), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    round_off = cv2.resize(cv2.GaussianBlur(small, (0, 0), width / 16), (WIDTH, HEIGHT))
    shade = (0.55 + 0.45 * np.clip(round_off, 0, 1))[..., None]
    scene *= (1 - 0.3 * np.clip(round_off - soft, 0, 1))[..., None]
    scene += (skin * shade - scene) * soft[..., None]
    nail = np.zeros((HEIGHT, WIDTH), np.uint8)
    middle = tip - inward * width * 0.5
    tilt = float(np.degrees(np.arctan2(inward[1], inward[0])))
    cv2.ellipse(nail, (tuple(float(v) for v in middle), (float(width * 0.75), float(width * 0.55)), tilt), 255, -1,
                cv2.LINE_AA)
    nail = cv2.GaussianBlur(nail, (0, 0), 1.5).astype(np.float32) / 255
    scene += (np.clip(skin * 1.12 + 14, 0, 255) * shade - scene) * (0.6 * nail)[..., None]
    return mask > 127


def held(rng, scene, quad, lines, over_text):
    """One or two thumbs at the edges. Tries places until the thumb covers printed text, or covers none."""
    quad = np.asarray(quad)
    centre = quad.mean(0)
    width = np.sqrt(cv2.contourArea(np.float32(quad))) * rng.uniform(0.17, 0.23)
    print_mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for line in lines:
        cv2.fillPoly(print_mask, [np.int32(line)], 255)
    done = 0
    for _ in range(60):
        side, along = int(rng.integers(4)), rng.uniform(0.08, 0.92)
        edge = quad[side] * (1 - along) + quad[(side + 1) % 4] * along
        inward = (centre - edge) / np.linalg.norm(centre - edge)
        depth = width * (rng.uniform(0.9, 1.7) if over_text else rng.uniform(0.25, 0.6))
        tip = edge + inward * depth
        probe = np.zeros((HEIGHT, WIDTH), np.uint8)
        cv2.line(probe, tuple(int(v) for v in tip - inward * 1400), tuple(int(v) for v in tip - inward * width / 2), 255,
                 int(width * 1.1))
        covered = np.count_nonzero(probe & print_mask)
        if (covered > 0.35 * width * width * 0.3) if over_text else covered == 0:
            finger(rng, scene, tip, inward, width)
            done += 1
            if done == (1 if over_text else 2) or rng.random() < 0.4:
                break
    return {"fingers": done}


def copied(rng, picture, opacity, grey):
    """A copy of the document on a sheet of paper, and where on the sheet it is."""
    height, width = picture.shape[:2]
    inside = (opacity.astype(np.float32) / 255)[..., None]
    paper = np.float32(rng.uniform(238, 250))
    copy = picture.astype(np.float32) * inside + (paper - (0 if grey else 6)) * (1 - inside)
    if grey:
        tone = cv2.cvtColor(copy.astype(np.uint8), cv2.COLOR_BGR2GRAY).astype(np.float32) / 255
        gain, middle = rng.uniform(5, 8), rng.uniform(0.42, 0.55)
        tone = 1 / (1 + np.exp(-gain * (tone - middle)))
        dots = noise(rng, height, width, 2)
        copy = np.repeat(np.clip(25 + 215 * tone + 9 * dots * (1 - np.abs(2 * tone - 1)), 0, 255)[..., None], 3, 2)
        copy += (3 * noise(rng, 8, width, 2)[:1])[..., None]
    else:
        copy = cv2.GaussianBlur(copy, (0, 0), rng.uniform(0.8, 1.3))
        copy = 28 + copy * rng.uniform(0.80, 0.88)
        across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        period = rng.uniform(4.5, 6.5)
        for channel, angle in enumerate(np.deg2rad((15, 75, 0))):
            u, v = across * np.cos(angle) + down * np.sin(angle), down * np.cos(angle) - across * np.sin(angle)
            screen = np.cos(2 * np.pi / period * u) * np.cos(2 * np.pi / period * v)
            copy[..., channel] += 26 * screen * (1 - np.abs(copy[..., channel] / 127.5 - 1))
        copy += (4 * np.cos(np.arange(height, dtype=np.float32) * rng.uniform(0.05, 0.2)))[:, None, None]
    if rng.random() < 0.25:
        return np.clip(copy, 0, 255).astype(np.uint8), np.full((height, width), 255, np.uint8), (0, 0)
    left, right = (int(v) for v in rng.uniform(0.05, 0.28, 2) * width)
    top, bottom = (int(v) for v in rng.uniform(0.05, 0.28, 2) * height)
    sheet = cv2.copyMakeBorder(np.clip(copy, 0, 255).astype(np.uint8), top, bottom, left, right, cv2.BORDER_CONSTANT,
                               value=(float(paper),) * 3)
    return sheet, np.full(sheet.shape[:2], 255, np.uint8), (left, top)


def recaptured(rng, photo):
    """That photo on a screen, photographed: the screen's pixels against the camera's, its frame, its light."""
    degrees = rng.uniform(-6, 6)
    homography = pose(rng, WIDTH, HEIGHT, degrees, fill=(0.97, 1.18), tilt=12, shift=0.5)
    # Of the screen, in pixels of the shown photo; near one it beats slowly with the camera's.
    pitch = rng.uniform(0.88, 1.12) if rng.random() < 0.5 else rng.uniform(1.12, 2.3)
    frame = 26
    shown = cv2.copyMakeBorder(photo, frame, frame, frame, frame, cv2.BORDER_CONSTANT, value=(18, 16, 16)).astype(np.float32)
    shown = 255 * (np.clip(shown, 0, 255) / 255) ** rng.uniform(0.85, 1.1)
    framed = homography @ np.array([[1, 0, -frame], [0, 1, -frame], [0, 0, 1]], np.float64)
    scene = np.empty((HEIGHT, WIDTH, 3), np.float32)
    scene[:] = rng.uniform(20, 90, 3)
    mask = warped(np.ones(shown.shape[:2], np.float32), framed)
    across, down = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
    back = np.linalg.inv(homography)
    depth = back[2, 0] * across + back[2, 1] * down + back[2, 2]
    u = (back[0, 0] * across + back[0, 1] * down + back[0, 2]) / (depth * pitch)
    v = (back[1, 0] * across + back[1, 1] * down + back[1, 2]) / (depth * pitch)
    lamp = warped(shown, framed)
    strength, rows = rng.uniform(0.16, 0.34), 1 + rng.uniform(0.05, 0.15) * np.cos(np.float32(2 * np.pi) * v)
    for channel in range(3):
        lamp[..., channel] *= rows * (1 + strength * np.cos(np.float32(2 * np.pi) * (u + np.float32(channel / 3))))
    lamp = lamp * np.float32([rng.uniform(1.0, 1.12), 1.0, rng.uniform(0.9, 1.0)]) * 0.92 + rng.uniform(6, 22)
    scene += (lamp - scene) * mask[..., None]
    return scene, homography, {"screen_pitch_px": round(float(pitch), 2)}


def cut_off(rng, quad):
    """Moves the document over an edge of the picture: 6 to 22 % of its extent is outside."""
    quad = np.asarray(quad)
    low, high = quad.min(0), quad.max(0)
    move = np.zeros(2)
    axis = int(rng.integers(2))
    part = rng.uniform(0.08, 0.22) * (high[axis] - low[axis])
    limit = (WIDTH, HEIGHT)[axis]
    move[axis] = limit - high[axis] + part if rng.random() < 0.5 else -low[axis] - part
    return np.array([[1, 0, move[0]], [0, 1, move[1]], [0, 0, 1]])


def photograph(rng, picture, opacity, lines, condition):
    """lines: boxes that carry text, in pixels of the document. Returns the JPEG, the homography, what was done."""
    height, width = picture.shape[:2]
    said = {"name": condition, "warnings": CONDITIONS[condition]}
    inner = np.eye(3)
    if condition.startswith("copy"):
        picture, opacity, (left, top) = copied(rng, picture, opacity, condition == "copy_grey")
        inner[:2, 2] = left, top
    upright = condition in ("upright", "screen")
    degrees = turned(rng, upright)
    sheet_height, sheet_width = picture.shape[:2]
    framing = {"fill": (0.62, 0.8), "shift": 0.3} if condition == "screen" else {}
    homography = pose(rng, sheet_width, sheet_height, degrees, **framing)
    if condition == "cut":
        homography = cut_off(rng, moved(corners(width, height), homography)) @ homography
    desk = DESKS[int(rng.integers(len(DESKS)))]
    said |= {"rotation_deg": round(float(degrees), 1), "desk": desk.__name__}
    scene = lit(rng, laid(rng, cv2.resize(desk(rng).astype(np.float32), (WIDTH, HEIGHT)), picture, opacity, homography))
    homography = homography @ inner
    quad = moved(corners(width, height), homography)
    texts = [moved(box_quad(box), homography) for box in lines]
    if condition == "glare":
        inside = [text for text in texts if (text > 20).all() and (text < (WIDTH - 20, HEIGHT - 20)).all()]
        said |= glare(rng, scene, quad, inside or [quad])
    elif condition == "blur":
        scene, more = blurred(rng, scene, np.sqrt(cv2.contourArea(quad) / (85.6 * 54)))
        said |= more
    elif condition in ("finger", "covered"):
        said |= held(rng, scene, quad, texts, condition == "covered")
        if condition == "finger" and said["fingers"]:
            said["may_warn"] = [INCOMPLETE]
    elif condition == "screen":
        scene, onto, more = recaptured(rng, sensed(rng, scene))
        homography = onto @ homography
        said |= more
    return encoded(rng, sensed(rng, scene)), homography, said
