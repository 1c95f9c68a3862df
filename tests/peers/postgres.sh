#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real PostgreSQL of its own, started by hand for a test and removed afterwards:
#   postgres.sh start DIR   makes DIR (new or empty), starts a server, prints its URL
#   postgres.sh down DIR    stops it at once, as a crash would; the data stays
#   postgres.sh up DIR      starts it again, at the same URL
#   postgres.sh stop DIR    stops it and removes DIR and the data; quiet when there is none
# It listens on a free port of 127.0.0.1 only, wants a password (it is in the URL), offers TLS
# (DIR/root.crt proves `localhost`), and its role may create databases. fsync is on, as in earnest.
# PostgreSQL refuses to run as root: root runs it as the user `postgres` of the package, everyone else
# as himself. The data is in a folder that only that user may enter (DIR/data names it).
#   SELFSAME_POSTGRES_BIN   another folder of initdb and postgres than the newest installed
set -Eeuo pipefail

usage() {
  sed -n '4,7s/^# *//p' "$0" >&2
  exit 2
}

fail() {
  echo "postgres.sh: $1" >&2
  exit 1
}

[ $# -eq 2 ] || usage
verb=$1
dir=$(realpath -m "$2")
cd /

bin=${SELFSAME_POSTGRES_BIN:-$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)}
[ -x "$bin/initdb" ] || fail "PostgreSQL is not installed (Debian 12: postgresql-15)"

# as_owner COMMAND...: as the user who may run a server. Not runuser: it wants PAM.
as_owner() {
  if [ "$(id -u)" -ne 0 ]; then "$@"; return; fi
  getent passwd postgres > /dev/null || fail "this is root, and there is no user postgres to run the server as"
  setpriv --reuid postgres --regid postgres --init-groups env -u TMPDIR HOME=/ "$@"
}

data_of() { cat "$dir/data" 2> /dev/null || fail "no server was started for $dir"; }

# Descriptors above 2 may belong to whoever waits for our end: the server must not keep them open.
launch() {
  local data=$1
  as_owner "$bin/pg_ctl" start --silent --wait --timeout=60 --pgdata="$data/cluster" --log="$data/log" \
    3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- > /dev/null 2>&1
}

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# certificate DATA: a key of the server's own, and a certificate that is its own root.
certificate() {
  as_owner openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$1/cluster/server.key" -out "$1/cluster/server.crt" \
    2> /dev/null || fail "openssl could not make a certificate"
  as_owner cat "$1/cluster/server.crt" > "$dir/root.crt"
}

start() {
  mkdir -p "$dir"
  [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty"
  local data password port attempt
  data=$(as_owner mktemp -d /tmp/selfsame-postgres-XXXXXX)
  echo "$data" > "$dir/data"
  trap stop ERR
  password=$(openssl rand -hex 16)
  as_owner "$bin/initdb" --pgdata="$data/cluster" --username=postgres --encoding=UTF8 --locale=C \
    --auth-local=trust --auth-host=scram-sha-256 --no-instructions > "$dir/initdb.log" 2>&1 ||
    { cat "$dir/initdb.log" >&2; stop; fail "initdb failed"; }
  certificate "$data"
  as_owner tee -a "$data/cluster/postgresql.conf" > /dev/null << END
listen_addresses = '127.0.0.1'
unix_socket_directories = '$data'
ssl = on
max_connections = 100
shared_buffers = 64MB
END
  for attempt in 1 2 3 4 5; do
    port=$(free_port)
    echo "port = $port" | as_owner tee -a "$data/cluster/postgresql.conf" > /dev/null
    if launch "$data"; then break; fi
    [ "$attempt" -lt 5 ] || { as_owner tail -n 20 "$data/log" >&2; stop; fail "the server did not start"; }
  done
  as_owner "$bin/psql" --quiet --no-psqlrc --host="$data" --port="$port" --username=postgres postgres > /dev/null << END
CREATE ROLE selfsame LOGIN CREATEDB PASSWORD '$password';
CREATE DATABASE selfsame OWNER selfsame;
END
  (umask 077 && echo "postgresql://selfsame:$password@127.0.0.1:$port/selfsame" > "$dir/url")
  cat "$dir/url"
}

down() { as_owner "$bin/pg_ctl" stop --silent --wait --mode=immediate --pgdata="$1/cluster" > /dev/null 2>&1; }

stop() {
  local data
  [ -f "$dir/data" ] || return 0
  data=$(cat "$dir/data")
  down "$data" || true
  case $data in
    /tmp/selfsame-postgres-*) as_owner rm -rf "$data" ;;
  esac
  rm -f "$dir"/{data,url,root.crt,initdb.log}
  rmdir "$dir" 2> /dev/null || true
}

case $verb in
  start) start ;;
  down) down "$(data_of)" ;;
  up) launch "$(data_of)" || fail "the server did not start again" ;;
  stop) stop ;;
  *) usage ;;
esac
