#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One photo as a video, moved, and made to blink: skin from above the eyes is drawn over them."""

from attack_base import OBAMA2, ClipAttack, five_points, main_of


class AnimatedPhoto(ClipAttack):
    def test_a_photo_that_blinks_is_a_photo(self):
        right, left = ((point["x"], point["y"]) for point in five_points(OBAMA2)[:2])
        apart = left[0] - right[0]
        lids, layers, below = ["[0:v]split=3[still][copy0][copy1]"], [], "still"
        for i, (x, y) in enumerate((right, left)):
            wide, high = int(0.46 * apart), int(0.16 * apart)
            lids.append(
                f"[copy{i}]crop={wide}:{high}:{int(x - wide / 2)}:{int(y - 0.36 * apart)},scale={wide}:{int(0.38 * apart)}[lid{i}]"
            )
            blinks = "between(mod(t,1.1),0.5,0.75)"
            layers.append(f"[{below}][lid{i}]overlay={int(x - wide / 2)}:{int(y - 0.24 * apart)}:enable='{blinks}'[eye{i}]")
            below = f"eye{i}"
        moved = "scale=560:-2,crop=480:640:x='40+5*sin(1.3*t)':y='70+6*cos(1.1*t)',noise=alls=5:allf=t,format=yuv420p"
        graph = ";".join([*lids, *layers, f"[{below}]{moved}"])
        clip = self.encoded("blinks.mp4", "-loop", "1", "-r", "25", "-t", "3.3", "-i", OBAMA2, "-filter_complex", graph)
        self.assert_refused([clip], OBAMA2, ["FailedOperation.SilentPictureLiveFail"], ["animated_photo"])


if __name__ == "__main__":
    main_of(__name__)
