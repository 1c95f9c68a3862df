#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# More than 300 hostile inputs against a running server: pictures, videos, base64, JSON, forms, multipart,
# signatures, HTTP and slow clients. Each has its documented answer, a bound on time, and leaves no row
# and no blob. Needs build/release/selfsame, build/fixtures and the ffmpeg program.
#   SELFSAME_TEST_BINARY     another server than build/release/selfsame
#   SELFSAME_TEST_PATIENCE   how many times slower that one may be (sanitizers: 20); default 1
#   SELFSAME_HOSTILE         only the cases whose name contains this
cd "$(dirname "${BASH_SOURCE[0]}")" && exec /usr/bin/python3 -B hostile_test.py
