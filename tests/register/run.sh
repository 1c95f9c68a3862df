#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The register: filled, listed and erased by the command line, asked by the Tencent actions, and behind
# an operator's own source that fails in every way. Needs build/release/selfsame, build/fixtures and the
# ffmpeg program.
#   SELFSAME_TEST_BINARY   another server than build/release/selfsame
cd "$(dirname "${BASH_SOURCE[0]}")" && exec /usr/bin/python3 -B register_test.py
