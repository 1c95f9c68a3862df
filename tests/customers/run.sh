#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is settled with customers: every field by the command line, each reached over HTTP in the words
# of the surfaces, balances and the ledger, sandbox customers. Needs build/release/selfsame and
# build/fixtures; about half a minute.
cd "$(dirname "${BASH_SOURCE[0]}")" && exec /usr/bin/python3 -B run.py
