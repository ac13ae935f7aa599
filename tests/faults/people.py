"""What a person does, over the API and through the gateway."""

from dataclasses import dataclass
from typing import Any

import httpx

from deploy_ui.ids import new_id
from tests.launch.product import Product
from tests.waiting import eventually

ADMIN = {"email": "ada@example.org", "password": "a-password-for-tests"}
BUILD_S = 60
START_S = 30
SCRIPT = """
import os, signal, time
from pathlib import Path

MARK = "{mark}"
if "INSTANCE" not in os.environ:
    time.sleep({build_s})
if "TROUBLE" in os.environ:
    raise ValueError("told to fail")


class Model:
    def load(self):
        time.sleep(float(os.environ.get("LOAD_S", 0)))

    def predict(self, payload: dict) -> dict:
        if payload.get("sleep"):
            Path("busy").touch()
            time.sleep(payload["sleep"])
        for verb in {{"exit", "allocate_mb", "deaf"}} & payload.keys():
            print("about to", verb, flush=True)
            getattr(self, verb)(payload[verb])
        for number in range(payload.get("log", 0)):
            print(number, "x" * 1000)
        return {{"mark": MARK, "instance": os.environ["INSTANCE"]}}

    def exit(self, code):
        os._exit(code)

    def allocate_mb(self, number):
        self.taken = bytearray(os.urandom(1 << 20) * number)
        time.sleep(5)

    def deaf(self, _):
        os.kill(os.getpid(), signal.SIGSTOP)
"""
"""Answers with its image's mark and its own name. `busy` in its working folder says that it sleeps for a request."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account, who calls deployments with a key too."""

    product: Product
    api: httpx.Client

    @classmethod
    def signed_in(cls, product: Product) -> "Person":
        """Sign the administrator of the settings in."""
        base = f"http://127.0.0.1:{product.console_port}/api/v1"
        each_anew = httpx.Limits(max_keepalive_connections=0)  # the console may be another by then
        api = httpx.Client(base_url=base, timeout=30, trust_env=False, limits=each_anew)
        api.headers["Authorization"] = f"Bearer {api.post('/login', json=ADMIN).raise_for_status().json()['token']}"
        return cls(product, api)

    def asks(self, method: str, path: str, **values: Any) -> Any:
        """Ask the API. Raises `httpx.HTTPError` when it refuses or does not answer."""
        return self.api.request(method, path, **values).raise_for_status().json()

    def uploads(self, *, build_s: float = 0) -> str:
        """Upload an image whose build takes at least so long; return its id, and do not wait."""
        mark = new_id(6)
        form = {"name": f"image-{mark}", "script": SCRIPT.format(mark=mark, build_s=build_s)}
        made = self.asks("POST", "/images", files={name: (None, value) for name, value in form.items()})
        return str(made["id"])

    def has(self, image: str, status: str, timeout_s: float = BUILD_S) -> None:
        """Wait until an image has a status."""
        eventually(lambda: self.asks("GET", f"/images/{image}")["status"] == status, timeout_s)

    def image(self) -> str:
        """Upload an image and wait until it is ready."""
        image = self.uploads()
        self.has(image, "ready")
        return image

    def card(self, slug: str) -> Any:
        """Return a deployment's card."""
        return self.asks("GET", f"/deployments/{slug}")

    def live(self, slug: str) -> list[Any]:
        """Return the records of instances that have not ended."""
        return [each for each in self.records(slug) if each["status"] not in {"stopped", "failed"}]

    def records(self, slug: str) -> list[Any]:
        """Return the records of all instances."""
        return list(self.asks("GET", f"/deployments/{slug}/instances")["items"])

    def deploys(self, image: str, **values: Any) -> str:
        """Create a deployment and wait until it runs; return its slug."""
        made = self.asks("POST", "/deployments", json={"name": f"D {new_id(6)}", "image": image, **values})
        slug = str(made["slug"])
        eventually(lambda: self.runs(slug), START_S)
        return slug

    def key(self, slug: str) -> str:
        """Make a key; return its secret."""
        return str(self.asks("POST", f"/deployments/{slug}/keys", json={"name": "test"})["secret"])

    def runs(self, slug: str) -> bool:
        """Say whether a deployment runs as it was last wanted."""
        card = self.card(slug)
        return bool(card["settled"] and card["phase"] == "running")

    def url(self, slug: str) -> str:
        """Return where a deployment is called."""
        return f"http://127.0.0.1:{self.product.gateway_port}/{slug}/predict"

    def calls(self, slug: str, key: str, **payload: Any) -> httpx.Response:
        """Call a deployment once."""
        return httpx.post(self.url(slug), json=payload, headers={"X-API-Key": key}, timeout=30, trust_env=False)
