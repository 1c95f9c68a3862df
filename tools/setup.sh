# SPDX-License-Identifier: Apache-2.0
# Shared by ./run, ./test and .ci/run: packages, fetch, build. Sourced, not run; the caller sets
# `root` (the checkout), STEPS (how many steps it will announce) and `set -euo pipefail`.

python=/usr/bin/python3 # Debian's own; another Python earlier in PATH may be anything
logs=$root/build/logs
export DEBIAN_FRONTEND=noninteractive

step_number=0
seconds_of_step=0

# step TITLE: one line per stage, with the time since the start.
step() {
  step_number=$((step_number + 1))
  printf '\n── Step %d/%d  %s  (%d:%02d since start)\n' "$step_number" "$STEPS" "$1" $((SECONDS / 60)) $((SECONDS % 60))
  seconds_of_step=$SECONDS
}

done_in() { printf '   done in %d s\n' $((SECONDS - seconds_of_step)); }

# fail MESSAGE...: what went wrong and what to do about it, one line each.
fail() {
  printf '\n%s: %s\n' "${0##*/}" "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# packages_of LIST: the names in packaging/packages.toml for this distribution; nothing if it is not there.
packages_of() {
  awk -v table="[\"$distribution\"]" -v list="$1" '
    /^\[/ { inside = ($0 == table); taking = 0 }
    inside && $0 ~ "^" list " *= *\\[" { taking = 1 }
    inside && taking {
      line = $0
      sub(/^[a-z]+ *= */, "", line); sub(/#.*/, "", line)
      while (match(line, /"[^"]+"/)) {
        print substr(line, RSTART + 1, RLENGTH - 2)
        line = substr(line, RSTART + RLENGTH)
      }
      if (line ~ /\]/) taking = 0
    }' "$root/packaging/packages.toml"
}

# missing_of PACKAGE...: those that dpkg does not have installed.
missing_of() {
  dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii *//p' | sort -u > "$logs/installed"
  printf '%s\n' "$@" | sort -u | comm -23 - "$logs/installed"
}

# install_packages LIST...: the distribution's packages; asks dpkg first, so a complete machine needs no root.
install_packages() {
  mkdir -p "$logs"
  local id=unknown version=unknown
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && echo "${ID:-unknown}")
    version=$(. /etc/os-release && echo "${VERSION_ID:-unknown}")
  fi
  distribution=$id-$version
  [ "$(uname -m)" = x86_64 ] || fail "this machine is $(uname -m); for now the locked packages are for x86-64 only."
  local wanted list missing skip=${SELFSAME_SKIP_PACKAGES:-0}
  wanted=$(for list in "$@"; do packages_of "$list"; done)
  if [ -z "$wanted" ] && [ "$skip" = 1 ]; then
    echo "   SELFSAME_SKIP_PACKAGES=1: not looking for packages on $id $version"
    return
  fi
  if [ -z "$wanted" ]; then
    distribution=debian-12
    fail "this is $id $version; packaging/packages.toml knows Debian 12 and Ubuntu 24.04." \
      "Install what follows (Debian 12's names) under your distribution's names, then set SELFSAME_SKIP_PACKAGES=1:" \
      "$(for list in "$@"; do packages_of "$list"; done | tr '\n' ' ')"
  fi
  # shellcheck disable=SC2086
  missing=$(missing_of $wanted)
  if [ -z "$missing" ]; then
    echo "   all $(wc -w <<< "$wanted") packages are there"
    return
  fi
  if [ "$skip" = 1 ]; then
    echo "   SELFSAME_SKIP_PACKAGES=1: not installing $(wc -w <<< "$missing") packages: ${missing//$'\n'/ }"
    return
  fi
  local as_root=
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || fail "packages are missing, and this is neither root nor is there sudo." \
      "As root: apt-get install --no-install-recommends ${missing//$'\n'/ }"
    as_root="sudo --preserve-env=DEBIAN_FRONTEND"
  fi
  echo "   missing: ${missing//$'\n'/ }"
  echo "   package lists …"
  $as_root apt-get -q update > "$logs/apt.log" 2>&1 || { tail -n 8 "$logs/apt.log" >&2
    fail "apt-get update failed." "Is a package mirror reachable from this machine? The whole output: build/logs/apt.log"; }
  # shellcheck disable=SC2086
  $as_root apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends $missing 2>&1 | tee -a "$logs/apt.log" | show_apt_progress ||
    { tail -n 8 "$logs/apt.log" >&2
      fail "apt-get install failed." "The whole output: build/logs/apt.log"; }
}

# One counter on a terminal, a line at every tenth of the way elsewhere.
show_apt_progress() {
  local total=0 count=0 terminal=0 line
  [ -t 1 ] && terminal=1
  while IFS= read -r line; do
    case $line in
      *newly\ installed*)
        total=$(sed -n 's/.* \([0-9]*\) newly installed.*/\1/p' <<< "$line") ;;
      Need\ to\ get*)
        echo "   $total packages; ${line}" ;;
      Setting\ up\ *)
        count=$((count < total ? count + 1 : total))
        if [ $terminal = 1 ]; then printf '\r   %d of %d set up' "$count" "$total"
        elif [ $((count % (total / 5 + 1))) -eq 0 ]; then echo "   $count of $total set up"; fi ;;
    esac
  done
  [ $terminal = 0 ] || [ $count = 0 ] || echo
}

# The engine, networks, fixtures and Node, by hash (models/lock.toml); then the demo's video.
fetch_locked() {
  "$python" -I -c 'import tomllib' 2>/dev/null || fail "$python is older than 3.11." "Debian 12 and Ubuntu 24.04 have 3.11 and 3.12."
  "$python" "$root/tools/fetch.py"
  make_talking_person
}

# The talking person is 176x144, his face 50 pixels wide: enlarged three times it passes the size gate.
# The reference photo is one frame of it. Made here because MPEG encoders do not promise equal bytes.
make_talking_person() {
  local from=$root/build/fixtures/carphone_pristine.mp4 to=$root/build/fixtures
  [ -s "$to/talking.mp4" ] && [ -s "$to/talking.jpg" ] && return
  echo "   enlarging the talking person's video …"
  ffmpeg -nostdin -v error -y -i "$from" -vf scale=iw*3:ih*3:flags=bicubic -an -c:v libx264 -crf 16 -pix_fmt yuv420p \
    -movflags +faststart "$to/talking.new.mp4" || fail "ffmpeg could not enlarge build/fixtures/carphone_pristine.mp4."
  ffmpeg -nostdin -v error -y -ss 1 -i "$to/talking.new.mp4" -frames:v 1 -q:v 2 "$to/talking.new.jpg" ||
    fail "ffmpeg could not take a frame of build/fixtures/talking.mp4."
  mv "$to/talking.new.mp4" "$to/talking.mp4"
  mv "$to/talking.new.jpg" "$to/talking.jpg"
}

# As many compilers as cores, but no more than two for each 4 GB of memory: Beast's files take 1 GB each.
jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemTotal/ { print int($2 / 2000000) }' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((cores < memory ? cores : memory))
}

# build PRESET [TARGET]: configures once, then leaves it to Ninja what is stale.
build() {
  local preset=$1 target=${2:-all} free flags=()
  free=$(df -Pm "$root" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge 500 ] || fail "only ${free} MB are free where the build goes; it needs about 2000."
  if [ ! -f "$root/build/$preset/build.ninja" ]; then
    # CI keeps nothing that it builds: debug information would cost it a tenth of the compiler's time.
    [ "${CI:-}" = true ] && [ "$preset" = release ] && flags=(-DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O2 -DNDEBUG")
    (cd "$root" && cmake --preset "$preset" "${flags[@]}") > "$logs/configure-$preset.log" 2>&1 || { tail -n 30 "$logs/configure-$preset.log" >&2
      fail "cmake --preset $preset failed." "The whole output: build/logs/configure-$preset.log"; }
  fi
  (cd "$root" && NINJA_STATUS='   [%f/%t  %e s] ' cmake --build --preset "$preset" --parallel "$(jobs)" --target "$target") ||
    fail "the build of preset $preset failed; the compiler's words stand above."
}
