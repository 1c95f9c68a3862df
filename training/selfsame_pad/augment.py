# SPDX-License-Identifier: Apache-2.0
"""Views: what is done to a stored crop before teacher and student both see it."""

import cv2
import numpy as np


def uniform(random, low, high):
    return float(random.uniform(low, high))


def pixel_view(random, crop):
    """One crop (HWC uint8), perhaps mirrored, shifted, resampled or compressed again."""
    size = crop.shape[0]
    if random.random() < 0.5:
        crop = crop[:, ::-1]
    kind = random.random()
    if kind < 0.12:
        factor = uniform(random, 0.5, 0.95)
        small = cv2.resize(np.ascontiguousarray(crop), None, fx=factor, fy=factor,
                           interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (size, size))
    if kind < 0.26:
        quality = int(random.integers(40, 95))
        coded = cv2.imencode(".jpg", np.ascontiguousarray(crop), [cv2.IMWRITE_JPEG_QUALITY, quality])
        return cv2.imdecode(coded[1], cv2.IMREAD_COLOR)
    if kind < 0.46:
        cut = int(random.integers(1, 12))
        top, left = random.integers(0, cut + 1, 2)
        part = np.ascontiguousarray(crop[top:size - cut + top, left:size - cut + left])
        return cv2.resize(part, (size, size))
    if kind < 0.52:
        return cv2.GaussianBlur(np.ascontiguousarray(crop), (0, 0), uniform(random, 0.3, 1.0))
    return crop


def batch_views(random, crops, mixed_share=0.35):
    """(NCHW float32 pixels 0..255, mixed mask) of a list of crops.

    The first `mixed_share` of the batch is blended with other crops of the batch.
    """
    count = len(crops)
    views = np.stack([pixel_view(random, crop) for crop in crops]).astype(np.float32)
    shape = (count, 1, 1, 1)
    gain = random.uniform(0.75, 1.25, shape) * random.uniform(0.9, 1.1, (count, 1, 1, 3))
    views = views * gain.astype(np.float32)
    views += random.uniform(-14, 14, shape).astype(np.float32)
    curved = random.random(count) < 0.25
    for index in np.flatnonzero(curved):
        power = uniform(random, 0.7, 1.4)
        views[index] = 255 * np.clip(views[index] / 255, 0, 1) ** power
    noisy = (random.random(shape) < 0.3) * random.uniform(0, 6, shape)
    views += random.standard_normal(views.shape[:3] + (1,), np.float32) * noisy.astype(np.float32)
    views = np.clip(views, 0, 255)
    mixed = np.arange(count) < int(count * mixed_share)
    number = int(mixed.sum())
    if number:
        share = random.uniform(0.1, 0.9, (number, 1, 1, 1)).astype(np.float32)
        partner = views[random.permutation(count)[:number]]
        views[:number] = views[:number] * share + partner * (1 - share)
    return np.ascontiguousarray(views.transpose(0, 3, 1, 2)), mixed
