#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tools around the server: fetching by hash, package lists, the demo client.
cd "$(dirname "${BASH_SOURCE[0]}")" && exec /usr/bin/python3 -B tools_test.py
