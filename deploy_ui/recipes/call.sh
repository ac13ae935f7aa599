#!/usr/bin/env bash
# Submit a call, wait for its end, fetch the answer:   echo '{"x": 1}' | KEY=dk_… ./call.sh
set -euo pipefail

URL=${URL:-https://models.example.org/fraud-scoring}
api() { curl --silent --show-error --fail-with-body -H "X-API-Key: $KEY" "$@"; }
fail() { echo "$call" >&2; exit 1; }
field() { sed -nE "s/.*\"$1\": *\"([^\"]+)\".*/\1/p"; }

call=$(api "$URL/predict" -H "X-Async-Request: true" -H "Content-Type: application/json" --data-binary @-) || fail
id=$(field request_id <<< "$call")
echo "accepted: $id" >&2

until [[ $(field status <<< "$call") =~ ^(completed|error|canceled)$ ]]; do
  sleep 1
  call=$(api "$URL/-/calls/$id") || fail
done
api "$URL/-/calls/$id/result"
