#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs schemathesis, pinned by hash, into build/tests/schemathesis: a PYTHONPATH for
# /usr/bin/python3. A second run with an unchanged lock does nothing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
to=$here/../../build/tests/schemathesis
wanted=$(sha256sum < "$here/requirements.lock" | cut -d' ' -f1)
if [ "$(cat "$to/stamp" 2> /dev/null)" = "$wanted" ]; then
  exit 0
fi
rm -rf "$to"
mkdir -p "$to"
echo "  schemathesis …"
/usr/bin/python3 -m pip --disable-pip-version-check --no-input install --quiet --no-deps --no-compile --only-binary :all: \
  --root-user-action ignore --no-warn-script-location --require-hashes --target "$to" -r "$here/requirements.lock"
echo "$wanted" > "$to/stamp"
