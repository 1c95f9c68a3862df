#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The native API over HTTP: whole verification sessions against a real server, webhooks, repeated and
# broken requests, documents; then schemathesis, which holds the server against the OpenAPI document it serves.
# Needs build/release/selfsame, build/fixtures and the ffmpeg program; about a minute.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
./install.sh
exec /usr/bin/python3 -B native_test.py
