#!/usr/bin/env bash
# The same by the command.
#
# usage: CALLBOARD_SERVER=… CALLBOARD_TOKEN=… command.sh URL    the token needs the scope catalog:write
set -euo pipefail

url=$1

callboard whoami
callboard locations add --dry-run "$url"
# One that is registered already is none that could be added: that is no failure here.
callboard locations list -o json | jq --exit-status --arg url "$url" 'any(.target == $url)' > /dev/null || callboard locations add "$url"

callboard get component --filter "metadata.annotations.backstage.io/managed-by-origin-location=url:$url"
# For other commands: JSON, or one name a line.
callboard get component --filter spec.lifecycle=deprecated -o json | jq --raw-output '.[] | "\(.metadata.name)\t\(.spec.owner)"'
