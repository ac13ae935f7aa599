#!/usr/bin/env bash
# Cancel a call that has not ended:   KEY=dk_… ./cancel.sh c_…
set -euo pipefail

URL=${URL:-https://models.example.org/fraud-scoring}
curl --silent --show-error --fail-with-body -X POST -H "X-API-Key: $KEY" "$URL/-/calls/$1/cancel"
