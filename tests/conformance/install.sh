#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the vendors' own SDKs, pinned by hash, for the conformance tests; nothing outside build/.
#   build/tests/sdk/python                a PYTHONPATH for /usr/bin/python3
#   build/tests/sdk/node/node_modules     for build/tools/node/bin/node
# A second run with unchanged locks does nothing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
sdk=$root/build/tests/sdk
npm=$root/build/tools/node/bin/npm
wanted=$(cat "$here/requirements.lock" "$here/requirements-sources.lock" "$here/package-lock.json" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$sdk/stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi
if [ ! -x "$npm" ]; then
  echo "install: Node is missing; run tools/fetch.py first" >&2
  exit 1
fi
rm -rf "$sdk"
mkdir -p "$sdk/node"

echo "  vendor SDKs for Python …"
install_python() {
  /usr/bin/python3 -m pip --disable-pip-version-check --no-input install --quiet --no-deps --no-compile \
    --root-user-action ignore --no-warn-script-location --require-hashes --target "$sdk/python" "$@"
}
install_python --only-binary :all: -r "$here/requirements.lock"
install_python --no-build-isolation --use-pep517 -r "$here/requirements-sources.lock"

echo "  vendor SDKs for Node …"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$sdk/node/"
"$npm" --prefix "$sdk/node" ci --ignore-scripts --silent

echo "$wanted" > "$sdk/stamp"
