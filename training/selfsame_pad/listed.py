# SPDX-License-Identifier: Apache-2.0
"""Photos of public repositories that a list names: repository, commit, path, sha256 and what else its head says.

Where the path itself holds a person's name, the id of the file's blob stands in its place, and no commit.
They are read from clones of their repositories, which lie in one folder as OWNER+NAME (a bare
clone, or its git directory named repo inside).
"""

import csv
import hashlib
import subprocess

import cv2
import numpy as np


def listed(path):
    """The rows of a list, each a dictionary."""
    with path.open() as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def photo(clones, row):
    """The picture (BGR) of one row; ends the program where it is not the listed one."""
    clone = clones / row["repository"].replace("/", "+")
    clone = clone / "repo" if (clone / "repo").is_dir() else clone
    named = f"{row['commit']}:{row['path']}" if row["commit"] else row["path"]
    data = subprocess.run(["git", "-C", str(clone), "show", named],
                          check=True, capture_output=True).stdout
    if hashlib.sha256(data).hexdigest() != row["sha256"]:
        raise SystemExit(f"not the listed photo: {row['repository']} {row['path']}")
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
