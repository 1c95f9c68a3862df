#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Attacks that once worked, each with the answer it gets now: slide shows, videos made to cost, a
# re-split signature, quotas, closed pipes, endless lines; and one script for each attack on a capture
# or a session (attack_*.py, which run by themselves too). Needs build/release/selfsame,
# build/fixtures and the ffmpeg program; about two minutes.
cd "$(dirname "${BASH_SOURCE[0]}")" && exec /usr/bin/python3 -B attacks_test.py
