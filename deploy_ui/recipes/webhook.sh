#!/usr/bin/env bash
# Check a callback by its three headers, its body on stdin:
#   SECRET=whsec_… ./webhook.sh "$webhook_id" "$webhook_timestamp" "$webhook_signature" < body
set -euo pipefail
set -f # the signature is split at spaces, and nothing else

[[ $2 =~ ^[1-9][0-9]{0,11}$ ]] || { echo "no time stamp" >&2; exit 1; }
age=$(($(date +%s) - $2))
((age <= 300 && age >= -300)) || { echo "too old" >&2; exit 1; }

key=$(printf %s "${SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
wanted=$({ printf '%s.%s.' "$1" "$2"; cat; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
for signature in $3; do
  [[ $signature == "v1,$wanted" ]] && echo "genuine" && exit
done
echo "wrong signature" >&2
exit 1
