#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every liveness code of the pure-API table and an input that produces it: made from the locked
# fixtures by ffmpeg, sent signed to a running server. Needs build/release/selfsame, build/fixtures
# and the ffmpeg program.
cd "$(dirname "${BASH_SOURCE[0]}")" && exec /usr/bin/python3 -B codes_test.py "$@"
