#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own, and stops the server when the command ends.
#
# usage: scripts/with-postgres.sh COMMAND ...       e.g. scripts/with-postgres.sh cargo nextest run -p storage
# The command finds the server in CALLBOARD_TEST_POSTGRES. Each test makes a database of its own in it.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
"$root/scripts/apt.sh" '/usr/lib/postgresql/*/bin/initdb=postgresql'
bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)

# Data of tests only: in memory-like speed (no fsync) and gone at the end. The folder is directly below the
# temporary one because a socket's path may have 107 bytes, and because the server's user must be able to enter it.
data=$(mktemp -d "${TMPDIR:-/tmp}/callboard-postgres.XXXXXX")

# The server refuses to run as root: then it runs as the user that Debian's package made.
as_server() {
  if [[ $(id -u) == 0 ]]; then
    (cd "$data" && setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$data" "$@")
  else
    (cd "$data" && "$@")
  fi
}
[[ $(id -u) != 0 ]] || chown postgres: "$data"

stop() {
  as_server "$bin/pg_ctl" -D "$data/cluster" -w -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$data"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

free_port() {
  local port
  while port=$((20000 + RANDOM % 20000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

as_server "$bin/initdb" -D "$data/cluster" -U callboard -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$data/initdb.log" 2>&1 ||
  { cat "$data/initdb.log" >&2; exit 1; }
port=$(free_port)
as_server "$bin/pg_ctl" -D "$data/cluster" -w -t 30 -l "$data/server.log" start -o "-h 127.0.0.1 -p $port -k $data -F \
  -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" >/dev/null ||
  { cat "$data/server.log" >&2; exit 1; }

export CALLBOARD_TEST_POSTGRES="postgres://callboard@127.0.0.1:$port/postgres"
"$@"
