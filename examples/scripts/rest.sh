#!/usr/bin/env bash
# Registers a catalog file by the REST API and lists what it defines.
#
# usage: CALLBOARD_SERVER=… CALLBOARD_TOKEN=… rest.sh URL       the token needs the scope catalog:write
set -euo pipefail

url=$1

# The token goes in by a file descriptor: arguments are visible to others on the machine.
ask() {
  curl --silent --show-error --fail-with-body --header @<(printf 'Authorization: Bearer %s' "$CALLBOARD_TOKEN") \
    --header 'Content-Type: application/json' "$@"
}

body=$(jq --null-input --arg target "$url" '{ type: "url", target: $target }')

# What would it bring? Nothing is registered yet.
ask "$CALLBOARD_SERVER/api/catalog/locations?dryRun=true" --data "$body" |
  jq --raw-output '.entities[] | "would bring \(.kind):\(.metadata.name)"'

# `onConflict=refresh`: one that is registered already is read again.
ask "$CALLBOARD_SERVER/api/catalog/locations?onConflict=refresh" --data "$body" |
  jq --raw-output '"registered as \(.location.id)"'

# What it defines comes by itself, most often within a second.
sleep 3
ask --get "$CALLBOARD_SERVER/api/catalog/entities" --data-urlencode "filter=metadata.annotations.backstage.io/managed-by-origin-location=url:$url" |
  jq --raw-output '.[] | "\(.kind):\(.metadata.namespace // "default")/\(.metadata.name)"'
