#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The server under more than it can do. Needs build/release/selfsame, build/fixtures and ffmpeg.
#
#   tests/load/run.sh                          a short form of each, about 45 s (this is what ./test runs)
#   tests/load/run.sh overload --minutes 5     half, full and twice the capacity, and afterwards
#   tests/load/run.sh flat --requests 10000    resident memory over many mixed requests
#   tests/load/run.sh fair --minutes 1         one modest customer beside a tenfold flood, and dear videos
#   tests/load/run.sh crowd                    thousands of idle, slow and half-open connections
#
# Generator and server share the cores, so capacity is what is left to the server beside the generator.
# Everything asserted is a ratio within one run, a count, or memory. Figures go to build/bench/load.json
# (of the short forms: load-short.json), one object per command under its name, with `when`, `cores`, `passed`, `failed` and
#   overload: capacity_per_s; full, half, once, twice, after = {seconds, sent, accepted, refused, failed,
#             accepted_ms {p50, p95, p99, max}, refused_ms {...}, refused_share, rss_mb_max,
#             cpu_ms_per_accepted (the server's, whatever it did)}; cheap_ms (errors
#             and refused signatures at twice the capacity); p99_ratio = twice.accepted_ms.p99 / full.accepted_ms.p99
#             (the short form has too few answers for that: p95_ratio); generator_cpu_share (of one core)
#   flat:     requests, videos, rss_mb = [[requests done, MB], ...], rss_mb_max, rss_mb_end,
#             growth_mb_per_1000 (over the second half)
#   fair:     alone, beside_flood, beside_videos = as full, of the modest customer; flood
#   crowd:    rss_mb = {before, idle, slow, half_open, heavy, after}, per_idle_kb, live = as full
cd "$(dirname "${BASH_SOURCE[0]}")" && exec /usr/bin/python3 -B load_test.py "$@"
