"""Cancel a call that has not ended:   KEY=dk_… python cancel.py c_…"""

import os
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

URL = os.environ.get("URL", "https://models.example.org/fraud-scoring")
KEY = os.environ["KEY"]

request = Request(f"{URL}/-/calls/{sys.argv[1]}/cancel", method="POST", headers={"X-API-Key": KEY})
try:
    with urlopen(request) as answer:
        sys.stdout.buffer.write(answer.read())
except HTTPError as error:
    sys.exit(f"HTTP {error.code}: {error.read().decode()}")
