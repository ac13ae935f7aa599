"""Submit a call, wait for its end, fetch the answer:   echo '{"x": 1}' | KEY=dk_… python call.py"""

import json
import os
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

URL = os.environ.get("URL", "https://models.example.org/fraud-scoring")
KEY = os.environ["KEY"]
ASYNC = {"X-Async-Request": "true", "Content-Type": "application/json"}


def ask(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    with urlopen(Request(url, body, {"X-API-Key": KEY, **(headers or {})})) as answer:
        content: bytes = answer.read()
        return content


try:
    call = json.loads(ask(f"{URL}/predict", sys.stdin.buffer.read(), ASYNC))
    print("accepted:", call["request_id"], file=sys.stderr)
    while call["status"] in {"queued", "running"}:
        time.sleep(1)
        call = json.loads(ask(f"{URL}/-/calls/{call['request_id']}"))
    sys.stdout.buffer.write(ask(f"{URL}/-/calls/{call['request_id']}/result"))
except HTTPError as error:
    sys.exit(f"HTTP {error.code}: {error.read().decode()}")
