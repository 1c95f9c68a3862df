#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what drives a browser, pinned by hash, into build/tests/page/node_modules. A second run does nothing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
to=$root/build/tests/page
npm=$root/build/tools/node/bin/npm
wanted=$(sha256sum < "$here/package-lock.json" | cut -d' ' -f1)
[ "$(cat "$to/stamp" 2> /dev/null)" != "$wanted" ] || exit 0
[ -x "$npm" ] || { echo "install: Node is missing; run tools/fetch.py first" >&2; exit 1; }
rm -rf "$to"
mkdir -p "$to"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$to/"
"$npm" --prefix "$to" ci --ignore-scripts --silent
echo "$wanted" > "$to/stamp"
