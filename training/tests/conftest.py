# SPDX-License-Identifier: Apache-2.0
"""Let the tests find the package and the scripts beside it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
