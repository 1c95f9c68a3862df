# SPDX-License-Identifier: Apache-2.0
"""Views: what is done to stored crops before teachers and student both see them.

All crops of one render (wide and near) are changed alike. Parameters are drawn by numpy,
pixels are changed by torch, so the same code runs on a processor and on a GPU.
"""

import functools

import numpy as np
import torch
import torch.nn.functional as functional

MIXED_SHARE = 0.35
LUMA = np.array([
    [16, 11, 10, 16, 24, 40, 51, 61], [12, 12, 14, 19, 26, 58, 60, 55],
    [14, 13, 16, 24, 40, 57, 69, 56], [14, 17, 22, 29, 51, 87, 80, 62],
    [18, 22, 37, 56, 68, 109, 103, 77], [24, 35, 55, 64, 81, 104, 113, 92],
    [49, 64, 78, 87, 103, 121, 120, 101], [72, 92, 95, 98, 112, 100, 103, 99]])  # ITU-T T.81, K.1
CHROMA = np.minimum(99, np.array([
    [17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]))  # K.2, else 99


def tables(quality, device):
    """The quantisation tables of libjpeg for each quality: luma and chroma, [N, 1, 1, 8, 8]."""
    chroma = np.full((8, 8), 99)
    chroma[:4, :4] = CHROMA
    scale = np.where(quality < 50, 5000 / quality, 200 - 2 * quality)[:, None, None]
    for table in (LUMA, chroma):
        steps = np.clip((table * scale + 50) // 100, 1, 255)
        yield torch.from_numpy(steps.astype(np.float32)).to(device)[:, None, None]


@functools.lru_cache(maxsize=None)
def cosines(device):
    """The orthonormal 8-point cosine transform."""
    k, n = np.mgrid[0:8, 0:8]
    matrix = np.cos(np.pi * (2 * n + 1) * k / 16) * np.where(k == 0, np.sqrt(1 / 8), 0.5)
    return torch.from_numpy(matrix.astype(np.float32)).to(device)


def quantised(plane, steps):
    """A plane [N, H, W] about zero, through 8x8 blocks and back."""
    count, height, width = plane.shape
    cosine = cosines(plane.device)
    blocks = plane.view(count, height // 8, 8, width // 8, 8).transpose(2, 3)
    kept = torch.round(cosine @ blocks @ cosine.T / steps) * steps
    return (cosine.T @ kept @ cosine).transpose(2, 3).reshape(count, height, width)


def compressed(pixels, quality):
    """What JPEG with halved chroma leaves of BGR pixels [N, 3, 80, 80]; a quality each."""
    blue, green, red = pixels.unbind(1)
    luma, chroma = tables(quality, pixels.device)
    grey = 0.114 * blue + 0.587 * green + 0.299 * red
    colours = torch.stack([(blue - grey) * 0.564, (red - grey) * 0.713], 1)
    colours = functional.avg_pool2d(colours, 2)
    colours = torch.stack([quantised(c, chroma) for c in colours.unbind(1)], 1)
    blue_less, red_less = functional.interpolate(
        colours, scale_factor=2, mode="bilinear", align_corners=False).unbind(1)
    grey = quantised(grey - 128, luma) + 128
    blue, red = grey + 1.772 * blue_less, grey + 1.402 * red_less
    green = (grey - 0.114 * blue - 0.299 * red) / 0.587
    return torch.stack([blue, green, red], 1).clamp(0, 255)


def resampled(random, pixels):
    """Reduced and enlarged again, each quarter of the pictures by one factor."""
    size = pixels.shape[-1]
    parts = []
    for part in pixels.chunk(4):
        small = int(round(size * random.uniform(0.5, 0.95)))
        part = functional.interpolate(part, small, mode="area")
        parts.append(functional.interpolate(part, size, mode="bilinear", align_corners=False))
    return torch.cat(parts)


def shifted(random, pixels):
    """A slightly smaller square somewhere inside, enlarged."""
    count, size = len(pixels), pixels.shape[-1]
    cut = random.integers(1, 12, count) / size
    places = random.uniform(-1, 1, (count, 2)) * cut[:, None]
    matrix = np.zeros((count, 2, 3), np.float32)
    matrix[:, 0, 0] = matrix[:, 1, 1] = 1 - cut
    matrix[:, :, 2] = places
    grid = functional.affine_grid(torch.from_numpy(matrix).to(pixels.device),
                                  list(pixels.shape), align_corners=False)
    return functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)


def softened(random, pixels):
    """A small blur, up to a sigma of 0.8 pixels."""
    side = torch.from_numpy(random.uniform(0.05, 0.32, (len(pixels), 1, 1, 1)).astype(np.float32))
    side = side.to(pixels.device)
    for axis in (2, 3):
        rim = (1, 1, 0, 0) if axis == 3 else (0, 0, 1, 1)
        wide = functional.pad(pixels, rim, mode="replicate")
        length = pixels.shape[axis]
        pixels = pixels * (1 - 2 * side) + side * (wide.narrow(axis, 0, length)
                                                   + wide.narrow(axis, 2, length))
    return pixels


def recompressed(random, pixels):
    crops = pixels.shape[1] // 3
    quality = np.repeat(random.integers(40, 95, len(pixels)), crops)
    return compressed(pixels.reshape(-1, 3, *pixels.shape[2:]), quality).view(pixels.shape)


CHANGES = ((0.12, resampled), (0.14, recompressed), (0.20, shifted), (0.06, softened))


def drawn(random, pixels, low, high, shape=None):
    """Uniform numbers, one for each picture unless a shape is asked for."""
    shape = shape or (len(pixels), 1, 1, 1)
    return torch.from_numpy(random.uniform(low, high, shape).astype(np.float32)).to(pixels.device)


def lit(random, pixels, noise):
    """Other gain, colour, offset, tone curve and noise."""
    count, crops = len(pixels), pixels.shape[1] // 3
    colour = drawn(random, pixels, 0.9, 1.1, (count, 3, 1, 1)).repeat(1, crops, 1, 1)
    pixels = pixels * drawn(random, pixels, 0.75, 1.25) * colour
    pixels = (pixels + drawn(random, pixels, -14, 14)).clamp(0, 255)
    power = np.where(random.random(count) < 0.25, random.uniform(0.7, 1.4, count), 1.0)
    power = torch.from_numpy(power.astype(np.float32)).to(pixels.device).view(-1, 1, 1, 1)
    pixels = 255 * (pixels / 255) ** power
    strength = random.uniform(0, 6, count) * (random.random(count) < 0.3)
    strength = torch.from_numpy(strength.astype(np.float32)).to(pixels.device).view(-1, 1, 1, 1)
    grain = torch.randn(pixels[:, :1].shape, generator=noise, device=pixels.device)
    return (pixels + strength * grain).clamp(0, 255)


def batch_views(random, noise, crops, mixed_share=MIXED_SHARE):
    """(float pixels 0..255 [N, crops, 3, 80, 80], mixed mask) of uint8 [N, crops, 80, 80, 3].

    `random` is numpy's generator, `noise` torch's on the same device as the crops. The
    first `mixed_share` of the batch is blended with other renders of the batch.
    """
    count, number, size = crops.shape[:3]
    pixels = crops.permute(0, 1, 4, 2, 3).reshape(count, 3 * number, size, size).float()
    mirror = torch.from_numpy(random.random(count) < 0.5).to(pixels.device)
    pixels = torch.where(mirror.view(-1, 1, 1, 1), pixels.flip(3), pixels)
    order, start = random.permutation(count), 0
    for share, change in CHANGES:
        rows = order[start:start + int(round(share * count))]
        start += len(rows)
        if len(rows):
            rows = torch.from_numpy(rows).to(pixels.device)
            pixels[rows] = change(random, pixels[rows])
    pixels = lit(random, pixels, noise)
    mixed = int(count * mixed_share)
    if mixed:
        share = drawn(random, pixels, 0.1, 0.9)[:mixed]
        partner = pixels[torch.from_numpy(random.permutation(count)[:mixed]).to(pixels.device)]
        pixels = torch.cat([pixels[:mixed] * share + partner * (1 - share), pixels[mixed:]])
    return pixels.view(count, number, 3, size, size), torch.arange(count, device=pixels.device) < mixed
