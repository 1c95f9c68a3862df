#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""All tests of this folder, and `N passed, N failed`; see run.sh."""

import pathlib
import sys
import unittest

suite = unittest.defaultTestLoader.discover(str(pathlib.Path(__file__).parent), pattern="*_test.py")
result = unittest.TextTestRunner(verbosity=2).run(suite)
bad = len(result.failures) + len(result.errors)
print(f"{result.testsRun - bad} passed, {bad} failed", flush=True)
sys.exit(1 if bad else 0)
