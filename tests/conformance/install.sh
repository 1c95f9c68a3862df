#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the vendors' own SDKs, pinned by hash, for the conformance tests; nothing outside build/.
#   build/tests/sdk/python                a PYTHONPATH for /usr/bin/python3
#   build/tests/sdk/node/node_modules     for build/tools/node/bin/node
#   build/tests/sdk/toolchain/go/bin/go   builds build/tests/sdk/go/conformance
#   build/tests/sdk/jars, classes         for the distribution's Java, where it has one
# A second run with unchanged locks does nothing but look whether the Go programs changed. `install.sh node`: only Node's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
sdk=$root/build/tests/sdk
npm=$root/build/tools/node/bin/npm

# part NAME FUNCTION LOCK...: runs the function in an empty folder NAME when one of the locks changed.
part() {
  local folder=$sdk/$1 install=$2 wanted
  shift 2
  wanted=$(cat "$@" | sha256sum | cut -d' ' -f1)
  [ "$(cat "$folder/stamp" 2> /dev/null)" != "$wanted" ] || return 0
  rm -rf "$folder"
  mkdir -p "$folder"
  "$install" "$folder"
  echo "$wanted" > "$folder/stamp"
}

pip_install() {
  /usr/bin/python3 -m pip --disable-pip-version-check --no-input install --quiet --no-deps --no-compile \
    --root-user-action ignore --no-warn-script-location --require-hashes --target "$@"
}

python_sdks() {
  echo "  vendor SDKs for Python …"
  pip_install "$1" --only-binary :all: -r "$here/requirements.lock"
  pip_install "$1" --no-build-isolation --use-pep517 -r "$here/requirements-sources.lock"
}

node_sdks() {
  echo "  vendor SDKs for Node …"
  [ -x "$npm" ] || { echo "install: Node is missing; run tools/fetch.py first" >&2; return 1; }
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$1/"
  "$npm" --prefix "$1" ci --ignore-scripts --silent
}

go_toolchain() {
  echo "  Go …"
  pip_install "$1" --only-binary :all: -r "$here/go/toolchain.lock"
}

# Modules come by the hashes of go.sum, once; the compiler looks at the programs each time. Not optimised: it
# would take longer than it saves.
go_programs() {
  echo "  vendor SDKs for Go …"
  (cd "$here/go" && env -u GOROOT -u GOFLAGS GOTOOLCHAIN=local GOWORK=off GOPATH="$root/build/cache/go" GOCACHE="$root/build/cache/go-build" \
    GOFLAGS="-mod=readonly -modcacherw -buildvcs=false" CGO_ENABLED=0 \
    "$sdk/toolchain/go/bin/go" build -gcflags="all=-N -l" -ldflags="-s -w" -o "$sdk/go/conformance" . 2>&1 | sed '/^go: downloading /d' >&2)
}

if [ "${1:-}" = node ]; then
  part node node_sdks "$here/package-lock.json"
  exit
fi

# Jars come one by one, which is waiting mostly: meanwhile the others are installed.
jars=
if command -v javac > /dev/null && [ -f /usr/share/java/ivy.jar ]; then
  echo "  vendor SDKs for Java …"
  /usr/bin/python3 "$root/tools/fetch_jars.py" "$here/java/jars.lock" "$sdk/jars" &
  jars=$!
fi

java_programs() {
  javac -proc:none -cp "$sdk/jars/*" -d "$1" "$here"/java/*.java
}

part python python_sdks "$here/requirements.lock" "$here/requirements-sources.lock"
part node node_sdks "$here/package-lock.json"
part toolchain go_toolchain "$here/go/toolchain.lock"
go_programs
if [ -n "$jars" ]; then
  wait "$jars"
  part classes java_programs "$here/java/jars.lock" "$here"/java/*.java
fi
