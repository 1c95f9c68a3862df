#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Megvii FaceID behind the gateway and Raw over HTTP, against a real server: every code of the guides'
# tables that a client can cause, and sessions that a device answers. Needs build/release/selfsame with
# the programs beside it, build/fixtures, ffmpeg and espeak-ng; about a minute.
# The last line says `N passed, N failed[, N skipped]`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec /usr/bin/python3 -B megvii_test.py "$@"
