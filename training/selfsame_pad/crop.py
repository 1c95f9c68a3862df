# SPDX-License-Identifier: Apache-2.0
"""The crop contract: which pixels of a picture the network sees.

The box of the face is enlarged about its centre; where the picture is too small for
that, the scale is lowered until the box fits, and the box is then shifted inside the
picture. Nothing is ever padded. The product's C++ does exactly the same.
"""

import cv2
import numpy as np

SCALE = 4.0
NEAR_SCALE = 2.7  # of the second teacher
SIZE = 80


def clamped_box(width, height, box, scale):
    """Corners (left, top, right, bottom), all inside the picture and inclusive.

    `box` is x, y, w, h in pixels. The result is truncated to whole pixels.
    """
    x, y, w, h = (float(v) for v in box)
    scale = min((height - 1) / h, (width - 1) / w, scale)
    new_width, new_height = w * scale, h * scale
    centre_x, centre_y = x + w / 2, y + h / 2
    left, top = centre_x - new_width / 2, centre_y - new_height / 2
    right, bottom = centre_x + new_width / 2, centre_y + new_height / 2
    if left < 0:
        right, left = right - left, 0.0
    if top < 0:
        bottom, top = bottom - top, 0.0
    if right > width - 1:
        left, right = left - (right - width + 1), float(width - 1)
    if bottom > height - 1:
        top, bottom = top - (bottom - height + 1), float(height - 1)
    return max(0, int(left)), max(0, int(top)), int(right), int(bottom)


def face_crop(image, box, scale=SCALE, size=SIZE):
    """Cut the clamped box and resize it to size x size, BGR uint8.

    Area interpolation where both sides shrink, bilinear otherwise.
    """
    height, width = image.shape[:2]
    left, top, right, bottom = clamped_box(width, height, box, scale)
    cut = image[top:bottom + 1, left:right + 1]
    shrinks = cut.shape[0] >= size and cut.shape[1] >= size
    return cv2.resize(cut, (size, size),
                      interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def as_input(crops):
    """Stack of HWC BGR uint8 crops as the network's input: NCHW float, raw 0..255."""
    return np.ascontiguousarray(np.asarray(crops, np.float32).transpose(0, 3, 1, 2))
