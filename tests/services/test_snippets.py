"""The programs are run as people would: by bash, Python and Node, against a server that records."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from deploy_ui.enums import BodyKind
from deploy_ui.services import snippets
from deploy_ui.services.snippets import KEY, LANGUAGES
from deploy_ui.services.trials.request import Header, Trial
from tests import factories

JSON = Header("Content-Type", "application/json")
BODIES = [
    '{"features": [0.1, -2, 1e3], "name": "it\'s $HOME `id` \\"q\\" \\\\ !x"}',
    '{"text": "\u0441\u0442\u0440\u043e\u043a\u0430 🔑 \\u2028", "none": null, "yes": true}',
    '{"big": 12345678901234567890, "twice": 1, "twice": 2}',
    '{"__proto__": {"a": 1}}',
    "[1, 2, 3]",
    "not JSON: it's $5\nand a line",
    "",
]


@dataclass
class Recorder:
    """What arrived."""

    url: str
    bodies: list[bytes] = field(default_factory=list)
    seen: list[tuple[str, str, str | None, str | None]] = field(default_factory=list)
    """Method, path, key, content type."""


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            found.bodies.append(self.rfile.read(int(self.headers.get("content-length") or 0)))
            found.seen.append((self.command, self.path, self.headers["x-api-key"], self.headers["content-type"]))
            status = 200 if self.headers["x-api-key"] == "secret" else 401
            self.send_response(status)
            self.send_header("content-length", "3")
            self.end_headers()
            self.wfile.write(b"yes" if status == 200 else b"no!")

        do_POST = do_GET = do_PUT = answer  # noqa: N815 - the names http.server looks for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Recorder(f"http://127.0.0.1:{server.server_port}/fraud-scoring")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def run(language: str, text: str, folder: Path, key: str = "secret") -> subprocess.CompletedProcess[str]:
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    name, program = {
        "curl": ("call.sh", "bash"),
        "python": ("call.py", sys.executable),
        "javascript": ("call.mjs", str(node)),
    }[language]
    (folder / name).write_text(text, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | {KEY: key}
    return subprocess.run([program, name], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("body", BODIES)
def test_a_program_sends_what_it_says(language: str, body: str, recorder: Recorder, tmp_path: Path) -> None:
    request = Trial(path="/predict?a=1&b=it's", headers=[JSON], text=body)
    done = run(language, snippets.written(language, recorder.url, request), tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "yes"), done.stderr
    [(method, path, *rest)] = recorder.seen
    assert (method, unquote(path)) == ("POST", "/fraud-scoring/predict?a=1&b=it's")  # browsers' fetch encodes quotes
    assert rest == ["secret", "application/json"]
    [sent] = recorder.bodies
    assert sent.decode() == body or json.loads(sent) == json.loads(body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_methods_and_no_body(language: str, recorder: Recorder, tmp_path: Path) -> None:
    done = run(language, snippets.written(language, recorder.url, Trial(method="GET", path="/health")), tmp_path)
    assert (done.returncode, recorder.bodies) == (0, [b""]), done.stderr
    assert recorder.seen[0][:2] == ("GET", "/fraud-scoring/health")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_that_takes_bytes_is_sent_a_file(language: str, recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / snippets.FILE).write_bytes(b"\0\xff\r\n" * 100)
    request = Trial(headers=[Header("Content-Type", "application/octet-stream")], kind=BodyKind.FILE)
    done = run(language, snippets.written(language, recorder.url, request), tmp_path)
    assert (done.returncode, recorder.bodies) == (0, [b"\0\xff\r\n" * 100]), done.stderr
    assert recorder.seen[0][0] == "POST"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_an_error_of_the_program(language: str, recorder: Recorder, tmp_path: Path) -> None:
    done = run(language, snippets.written(language, recorder.url, Trial(text="{}")), tmp_path, key="wrong")
    assert done.returncode != 0
    assert "401" in done.stdout + done.stderr


@pytest.mark.usefixtures("database")
def test_the_programs_have_the_real_address_and_no_key() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, name="Fraud scoring")
    rows = snippets.rows(editor, card.slug)
    assert [each.language for each in rows] == list(LANGUAGES)
    assert all(card.url in each.text and KEY in each.text for each in rows)
