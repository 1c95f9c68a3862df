#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The program as a person meets it: every command, exit codes, --json against schemas/, and the
# server's native API, TLS, first start and stop. Needs build/release/selfsame and build/fixtures.
cd "$(dirname "${BASH_SOURCE[0]}")" && exec /usr/bin/python3 -B cli_test.py
