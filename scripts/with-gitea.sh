#!/usr/bin/env bash
# Runs a command beside a Gitea of its own, and stops it when the command ends.
#
# usage: scripts/with-gitea.sh FOLDER COMMAND ...   FOLDER holds the program `gitea` and, in `static`, what it serves: `cargo xtask gitea`
# The command finds the server in CALLBOARD_TEST_GITEA: its port on loopback, a space, and a token that may do everything.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
"$root/scripts/apt.sh" git=git curl=curl
gitea=$(realpath "$1")
shift
port=$((20000 + RANDOM % 10000))
data=$(mktemp -d "${TMPDIR:-/tmp}/callboard-gitea.XXXXXX")

# It refuses to run as root.
as=(env HOME="$data")
[[ $(id -u) != 0 ]] || as=(setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$data" USER=nobody)

cp "$gitea/gitea" "$data/gitea"
cp -r "$gitea/static" "$data/static"
cat >"$data/app.ini" <<EOF
RUN_MODE = prod
RUN_USER = $("${as[@]}" id -un)
WORK_PATH = $data
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = $port
ROOT_URL = http://127.0.0.1:$port/
STATIC_ROOT_PATH = $data/static
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = $data/gitea.db
SQLITE_JOURNAL_MODE = WAL
[security]
INSTALL_LOCK = true
SECRET_KEY = test
[service]
DISABLE_REGISTRATION = true
[webhook]
ALLOWED_HOST_LIST = loopback
[indexer]
ISSUE_INDEXER_TYPE = db
[actions]
ENABLED = false
[cron.update_checker]
ENABLED = false
[log]
LEVEL = Warn
EOF
chmod 755 "$data/gitea"
[[ $(id -u) != 0 ]] || chown -R nobody:nogroup "$data"

server=
# shellcheck disable=SC2329  # by the trap
stop() {
  [[ -z $server ]] || { kill "$server" && wait "$server"; } >/dev/null 2>&1 || true
  rm -rf "$data"
}
trap stop EXIT

cd "$data"
run() {
  "${as[@]}" ./gitea --config app.ini "$@"
}
run migrate >"$data/log" 2>&1 || { cat "$data/log" >&2; exit 1; }
run admin user create --admin --username root-of-tests --password "$RANDOM-of-tests" --email root@example.test \
  --must-change-password=false >>"$data/log" 2>&1
token=$(run admin user generate-access-token --username root-of-tests --token-name tests --scopes all --raw 2>>"$data/log")
"${as[@]}" ./gitea --config app.ini web >>"$data/log" 2>&1 &
server=$!

for _ in $(seq 300); do
  if curl --silent --fail --output /dev/null "http://127.0.0.1:$port/api/healthz"; then
    cd "$OLDPWD"
    CALLBOARD_TEST_GITEA="$port $token" "$@"
    exit
  fi
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
tail -20 "$data/log" >&2
echo "error: Gitea did not start" >&2
exit 1
