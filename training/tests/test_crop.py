# SPDX-License-Identifier: Apache-2.0
"""The crop contract."""

import numpy as np

from selfsame_pad.crop import SIZE, as_input, clamped_box, face_crop


def test_box_in_the_middle_is_enlarged_about_its_centre():
    assert clamped_box(1000, 1000, (450, 440, 100, 120), 4.0) == (300, 260, 700, 740)


def test_scale_is_lowered_until_the_box_fits():
    box = (100, 50, 200, 300)
    left, top, right, bottom = clamped_box(400, 500, box, 4.0)
    assert (right - left, bottom - top) == (333, 499)


def test_box_at_the_rim_is_shifted_not_padded():
    assert clamped_box(1000, 1000, (0, 0, 100, 100), 4.0) == (0, 0, 400, 400)
    assert clamped_box(1000, 1000, (900, 900, 100, 100), 4.0) == (599, 599, 999, 999)


def test_box_outside_the_picture_still_gives_pixels():
    image = np.zeros((60, 50, 3), np.uint8)
    assert face_crop(image, (-5, -5, 40, 40)).shape == (SIZE, SIZE, 3)


def test_area_interpolation_averages():
    image = np.zeros((321, 321, 3), np.uint8)
    image[:, ::2] = 200
    crop = face_crop(image, (120, 120, 80, 80))
    assert abs(float(crop.mean()) - 100) < 2 and crop.std() < 5


def test_input_keeps_raw_values_and_channel_order():
    crop = np.zeros((SIZE, SIZE, 3), np.uint8)
    crop[..., 0] = 255
    blob = as_input([crop])
    assert blob.shape == (1, 3, SIZE, SIZE) and blob.dtype == np.float32
    assert blob[0, 0].min() == 255 and blob[0, 1:].max() == 0
