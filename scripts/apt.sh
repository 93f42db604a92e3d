#!/usr/bin/env bash
# Installs Debian packages of which the named programs are missing.
#
# usage: scripts/apt.sh PROGRAM=PACKAGE ...     e.g. scripts/apt.sh chromium=chromium
#        scripts/apt.sh --update                only reads the package lists anew
# A PROGRAM with a slash is a file name pattern, for what is not on the PATH.
set -euo pipefail

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "needs root to run: $*" >&2
    return 1
  fi
}

present() {
  case $1 in
  */*) compgen -G "$1" >/dev/null ;;
  *) command -v "$1" >/dev/null ;;
  esac
}

if [[ ${1-} == --update ]]; then
  as_root apt-get update -qq >&2
  exit
fi

missing=()
for pair in "$@"; do
  present "${pair%%=*}" || missing+=("${pair#*=}")
done
((${#missing[@]})) || exit 0

command -v apt-get >/dev/null || {
  echo "missing: ${missing[*]}; there is no apt-get here, so install them by hand" >&2
  exit 1
}
echo "installing ${missing[*]} with apt-get" >&2
if [[ " ${missing[*]} " == *" postgresql "* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
  # The tests run a cluster of their own: no second one on the standard port.
  as_root mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
as_root apt-get update -qq >&2
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
