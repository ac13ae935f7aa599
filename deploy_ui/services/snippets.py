"""Programs that call a deployment, to copy: its address, a request that its image answers, the key from `KEY`."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pprint import pformat

from deploy_ui.enums import BodyKind
from deploy_ui.services import deployments, samples
from deploy_ui.services.trials.request import Trial
from deploy_ui.services.viewer import Viewer

KEY = "DEPLOY_UI_KEY"
"""The environment variable that the programs take the key from."""
LANGUAGES = ("curl", "python", "javascript")
LARGEST_WHOLE = 2**53 - 1
"""JavaScript's numbers are exact up to here."""
WIDTH = 96
FILE = "request.bin"
"""What the programs send to a model that takes bytes."""


@dataclass(frozen=True)
class Snippet:
    """One program."""

    language: str
    """Of `LANGUAGES`."""
    text: str


def rows(viewer: Viewer, slug: str) -> list[Snippet]:
    """Return the programs, one a language."""
    url = deployments.card(viewer, slug).url.rstrip("/")
    request = samples.sample(viewer, slug)
    return [Snippet(language, written(language, url, request)) for language in LANGUAGES]


def written(language: str, url: str, request: Trial) -> str:
    """Return a program that sends this request to a deployment at `url`. Pure."""
    return {"curl": _curl, "python": _python, "javascript": _javascript}[language](f"{url}{request.path}", request)


def _curl(url: str, request: Trial) -> str:
    body = _curl_body(request)
    method = "" if request.method == ("POST" if body else "GET") else f" -X {request.method}"
    lines = [f"curl --fail-with-body{method} {shlex.quote(url)}", f'  -H "X-API-Key: ${KEY}"']
    lines += [f"  -H {shlex.quote(f'{each.name}: {each.value}')}" for each in request.headers]
    return " \\\n".join([*lines, *body]) + "\n"


def _curl_body(request: Trial) -> list[str]:
    if request.kind == BodyKind.FILE:
        return [f"  --data-binary @{FILE}"]
    return [f"  --data-raw {shlex.quote(request.text)}"] if request.text else []


def _python(url: str, request: Trial) -> str:
    fields = [f'"X-API-Key": os.environ["{KEY}"]', *_pairs(request)]
    lines = [
        *("import os", "", "import httpx", "", "answer = httpx.request("),
        *(f"    {json.dumps(request.method)},", f"    {json.dumps(url)},"),
        *("    headers={", *(f"        {each}," for each in fields), "    },"),
        *_python_body(request),
        *("    timeout=60,", ")", "answer.raise_for_status()", "print(answer.text)"),
    ]
    return "\n".join(lines) + "\n"


def _python_body(request: Trial) -> list[str]:
    if request.kind == BodyKind.FILE:
        return [f'    content=open("{FILE}", "rb"),']
    if not request.text:
        return []
    found, value = _plain(request.text)
    if not found:
        return [f"    content={request.text!r},"]
    first, *rest = pformat(value, width=WIDTH, sort_dicts=False).split("\n")
    return ["\n".join([f"    json={first}", *(f"         {line}" for line in rest)]) + ","]


def _javascript(url: str, request: Trial) -> str:
    fields = [f'"X-API-Key": process.env.{KEY}', *_pairs(request)]
    lines = [
        *(['import { readFile } from "node:fs/promises";', ""] if request.kind == BodyKind.FILE else []),
        f"const answer = await fetch({json.dumps(url)}, {{",
        f"  method: {json.dumps(request.method)},",
        *("  headers: {", *(f"    {each}," for each in fields), "  },"),
        *_javascript_body(request),
        "});",
        "if (!answer.ok) throw new Error(`HTTP ${answer.status}: ${await answer.text()}`);",
        "console.log(await answer.text());",
    ]
    return "\n".join(lines) + "\n"


def _javascript_body(request: Trial) -> list[str]:
    if request.kind == BodyKind.FILE:
        return [f'  body: await readFile("{FILE}"),']
    if not request.text:
        return []
    found, value = _plain(request.text)
    if not found:
        return [f"  body: {json.dumps(request.text)},"]
    first, *rest = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    return ["\n".join([f"  body: JSON.stringify({first}", *(f"  {line}" for line in rest)]) + "),"]


def _pairs(request: Trial) -> list[str]:
    """Return the headers as entries of an object; what JSON writes of their letters, both languages read."""
    return [f"{json.dumps(each.name)}: {json.dumps(each.value)}" for each in request.headers]


def _plain(body: str) -> tuple[bool, object]:
    """Return whether the body is JSON that both languages write as their own values without loss, and its value."""
    try:
        value = json.loads(body, parse_constant=_refuse, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return False, None
    return isinstance(value, dict | list) and _exact(value), value


def _object(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs) or "__proto__" in found:
        raise ValueError
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _exact(value: object) -> bool:
    match value:
        case dict():
            return all(map(_exact, value.values()))
        case list():
            return all(map(_exact, value))
        case int():
            return abs(value) <= LARGEST_WHOLE
    return True
