# SPDX-License-Identifier: Apache-2.0
"""Figures on other projects' photos."""

import numpy as np

from evaluate import other_figures


def row(owner, kind, half, day):
    return {"repository": f"{owner}/name", "kind": kind, "person": "00", "half": half, "looked_at": day}


def test_photos_are_counted_apart_by_half_and_day():
    rows = [row("a", "live", "judgement", "2026-11-27"), row("a", "screen", "judgement", "2026-11-27"),
            row("b", "live", "choice", "2026-11-28"), row("b", "print", "choice", "2026-11-28"),
            row("c", "live", "judgement", "2026-11-28")]
    found = other_figures(np.array([.9, .8, .3, .2, .9]), rows)
    assert list(found) == ["2026-11-27 judgement", "2026-11-28 choice", "2026-11-28 judgement", "a", "b", "c"]
    assert found["2026-11-27 judgement"]["apcer"][:2] == [1, 1]
    assert found["2026-11-28 choice"]["bpcer"][:2] == [1, 1]
    assert found["2026-11-28 choice"]["apcer"][:2] == [0, 1]
    assert found["2026-11-28 judgement"]["bpcer"][:2] == [0, 1]
