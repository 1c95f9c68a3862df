#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The drawn documents: their truth satisfies the issuers' rules, their boxes are where the print is, the
# same seed gives the same bytes. Needs build/fixtures; half a minute.
cd "$(dirname "${BASH_SOURCE[0]}")" && exec /usr/bin/python3 -B documents_test.py "$@"
