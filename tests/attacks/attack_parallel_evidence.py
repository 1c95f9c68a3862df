#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two evidences for one challenge, handed in at once: the better one is not chosen, and none decides twice."""

import concurrent.futures

from attack_base import main_of
from session_base import Device, SessionAttack


class ParallelEvidence(SessionAttack):
    def test_one_of_two_is_taken_and_decides_once(self):
        verification, device = self.opened(attempts_max=1)
        challenge, since = self.asked(device)
        twin = Device(self.server.port, device.token)
        device.upload_all(challenge, "video", self.live)
        other = self.live[:-1] + bytes([self.live[-1] ^ 1])
        second = twin.upload(challenge, "video", other[:100_000], 0, other)
        self.assertGreaterEqual(second.status, 400, "the part is there already")
        self.recorded(since)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda i: (device, twin)[i % 2].seal(challenge).status, range(8)))
        self.assertEqual(sorted(answers), [202] + [409] * 7)
        self.assertTrue(device.result().json["passed"])
        causes = [each["cause"] for each in self.bank.show(verification).json["transitions"]]
        self.assertEqual((causes.count("evidence_sealed"), causes.count("judged")), (1, 1))
        self.assert_not_billed("match")


if __name__ == "__main__":
    main_of(__name__)
