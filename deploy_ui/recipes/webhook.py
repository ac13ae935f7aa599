"""Receive callbacks, and check that they come from the deployment:   SECRET=whsec_… python webhook.py 8000"""

import base64
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

OLDEST_S = 300


def genuine(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Say whether a callback was signed with the secret, not long ago.

    Names of headers are in lower case; the body must be as it came, byte for byte.
    """
    event, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(time.time() - int(stamp)) > OLDEST_S:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"{event}.{stamp}.".encode() + body, "sha256"))
    given = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(each, b"v1," + signature) for each in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        good = genuine(os.environ["SECRET"], headers, body)
        if good:  # the same webhook-id may come more than once: do the work only once
            event = json.loads(body)
            print(event["type"], event["data"]["request_id"], flush=True)
        self.send_response(204 if good else 403)
        self.end_headers()


if __name__ == "__main__":
    HTTPServer(("", int(sys.argv[1])), Receiver).serve_forever()
