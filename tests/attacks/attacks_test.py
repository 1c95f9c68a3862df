#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Attacks that once worked, and those of every attack_*.py; see run.sh."""

import contextlib
import os
import pathlib
import socket
import sys
import threading
import time
import unittest

import hostile_video
from attack_base import FILE_BYTES_MAX, FIXTURES, OBAMA, OBAMA2, OBAMA3, PATIENCE, Folder, Judged, Serving, main, selfsame


class SlideShows(Folder):
    """Photos that are shown one after another are no living person."""

    def slides(self, *photos):
        for i, photo in enumerate(photos):
            crop = "scale=600:760:force_original_aspect_ratio=increase,crop=600:760:(iw-ow)/2:0"
            self.ffmpeg("-i", photo, "-vf", crop, self.folder / f"slide{i}.png")
        return self.folder / "slide%d.png"

    def assert_not_live(self, video):
        judged = Judged(video)
        self.assertIn(judged.code, (0, 1), judged)
        self.assertFalse(judged.answer["live"], judged)
        self.assertNotEqual(judged.answer["verdict"], "live", judged)

    def test_four_photos_in_two_seconds(self):
        slides = self.slides(OBAMA, OBAMA2, OBAMA3, OBAMA)
        self.assert_not_live(self.encoded("four.mp4", "-framerate", "1.5", "-i", slides))

    def test_one_photo_in_six_shifted_noisy_crops(self):
        for i, (x, y) in enumerate(((0, 0), (20, 10), (45, 25), (30, 40), (10, 30), (40, 5))):
            crop = f"scale=650:-2,crop=600:600:{x}:{y},noise=alls=8:allf=t:all_seed={i + 1}"
            self.ffmpeg("-i", OBAMA, "-vf", crop, self.folder / f"crop{i}.png")
        self.assert_not_live(self.encoded("crops.mp4", "-framerate", "2", "-i", self.folder / "crop%d.png"))

    def test_nine_photos_in_three_seconds(self):
        slides = self.slides(*[OBAMA, OBAMA2, OBAMA3] * 3)
        self.assert_not_live(self.encoded("nine.mp4", "-framerate", "3", "-i", slides))

    def test_the_talking_person_still_is_live(self):
        source = FIXTURES / "carphone_pristine.mp4"
        video = self.encoded("talking.mp4", "-i", source, "-vf", "scale=iw*3:ih*3:flags=bicubic", "-crf", "18")
        judged = Judged(video)
        self.assertEqual(judged.code, 0, judged)
        self.assertTrue(judged.answer["live"], judged)


class CostlyVideos(Folder):
    """What a small file may cost, whatever its index claims."""

    def assert_refused(self, content, cpu_s, peak_mb=600):
        video = self.folder / "hostile.mp4"
        video.write_bytes(content)
        cpu_s *= PATIENCE
        judged = Judged(video, cpu_s=int(cpu_s) + 10)
        self.assertEqual(judged.code, 1, judged)
        self.assertIn("selfsame: liveness", judged.text)
        self.assertLess(judged.cpu_s, cpu_s, judged)
        if PATIENCE == 1:  # sanitizers keep memory of their own
            self.assertLess(judged.peak_mb, peak_mb, judged)

    def test_an_index_of_gigabytes(self):
        bomb = hostile_video.index_bomb()
        self.assertLess(len(bomb), 1000)
        self.assert_refused(bomb, cpu_s=10)

    def test_eight_indexes_of_gigabytes(self):
        self.assert_refused(hostile_video.index_bomb(tracks=8), cpu_s=10)

    def test_one_frame_named_again_and_again(self):
        one = self.encoded(
            "one.mp4", "-f", "lavfi", "-i", "color=gray:s=1280x1280:r=25,noise=alls=100:allf=t:all_seed=1", "-frames:v", "1",
            codec=("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-qp", "2", "-pix_fmt", "yuv420p"),
        ).read_bytes()
        self.assertGreater(len(one), 1 << 20, "the frame must be dear to decode")
        self.assert_refused(hostile_video.named_again_and_again(one, times=3600), cpu_s=20)

    def test_a_flood_of_sound(self):
        self.assert_refused(hostile_video.sound_flood(), cpu_s=20)


class OldTricks(Serving):
    def test_a_signature_split_into_other_fields_is_no_new_request(self):
        server = self.serve()
        fields = self.signed_v1(server)
        self.assertEqual(self.send_v1(server, fields).get("Result"), "Success")
        folded = {**fields, "Nonce": f"{fields['Nonce']}&Region={fields['Region']}"}
        del folded["Region"]
        for again in (folded, fields):
            answer = self.send_v1(server, again)
            self.assertRegex(answer.get("Error", {}).get("Code", ""), r"^AuthFailure\.", str(answer)[:300])
        self.assertEqual(self.billed(), ["Success"])

    def test_a_full_quota_is_an_error_and_not_the_end(self):
        server = self.serve(file_bytes_max=FILE_BYTES_MAX)
        answer = self.send_v1(server, self.signed_v1(server))
        self.assertIn("Error", answer, str(answer)[:300])
        self.assertEqual((self.billed(), self.stored()), ([], 0))
        answers = [self.compare(server)[0]]
        while answers[-1] == 200 and len(answers) < 20:  # until the database's own log is full, too
            answers.append(self.compare(server)[0])
        self.assertGreaterEqual(answers.pop(), 500)
        self.assertIsNone(server.process.poll(), "the server ended: " + server.said[-500:])
        self.assertEqual(server.status("livez"), 200)
        self.assertEqual(server.stop(), 0)
        self.assertEqual((self.billed(), self.stored()), ([], len(answers)))

    def test_a_closed_log_is_not_the_end(self):
        read, write = os.pipe()
        try:
            server = self.serve(stderr=write)
        finally:
            os.close(write)
            os.close(read)
        for _ in range(2):
            self.assertEqual(self.compare(server)[0], 200)
        self.assertIsNone(server.process.poll())
        self.assertEqual(server.status("livez"), 200)
        self.assertEqual(server.stop(), 0)

    def test_endless_request_lines_leave_room_for_others(self):
        server = self.serve()
        sent = []

        def send_line(count):
            with contextlib.suppress(OSError):  # the server may well cut this short
                line = socket.create_connection(("127.0.0.1", server.port), timeout=60)
                self.addCleanup(line.close)
                line.sendall(b"GET /?x=" + b"a" * count)
            before, now = None, server.buffered_bytes()
            while now != before:  # each takes what the ones before it left
                time.sleep(0.2)
                before, now = now, server.buffered_bytes()
            sent.append(count)

        threads = [threading.Thread(target=send_line, args=(20 << 20,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for count in (10 << 20, *(k << 10 for k in (300, 200, 150, 120, 100, 90, 80, 70, 70, 70))):  # the crumbs
            send_line(count)
        self.assertEqual(len(sent), 19)
        start = time.monotonic()
        status, text = self.compare(server)
        self.assertEqual(status, 200, text)
        self.assertLess(time.monotonic() - start, 10 * PATIENCE)

    def test_a_denied_product_is_refused_everywhere(self):
        server = self.serve()
        words = ("account", "set", "--data", self.data, "--name", "bank", "--product", "native.comparisons", "--state")
        selfsame(*words, "denied")
        status, text = self.compare(server)
        self.assertEqual(status, 403, text)
        self.assertEqual((self.billed(), self.stored()), ([], 0))
        selfsame(*words, "active")
        self.assertEqual(self.compare(server)[0], 200)
        self.assertEqual(self.stored(), 1)


if __name__ == "__main__":
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromModule(sys.modules[__name__])
    suite.addTests(loader.discover(str(pathlib.Path(__file__).parent), pattern="attack_*.py"))
    main(suite)
