"""The console's test request: what is sent, what is refused, and the same request as cURL."""

import json
import shutil
import subprocess
from typing import Any

import httpx
import pytest

from deploy_ui.enums import Role
from deploy_ui.errors import Forbidden, Invalid, TooLarge, Unavailable
from deploy_ui.services import trials
from deploy_ui.services.trials import Header, Trial
from tests import factories

JSON = Header("Content-Type", "application/json")
HOSTILE = 'it\'s $HOME `id` !! \\ "q" %s\n\u0441\u043b\u043e\u0432o\ttab {a,b} *'


def answering(status: int = 200, **values: Any) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """Stand in for the gateway: keep what came and give one answer."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, **values)

    return httpx.MockTransport(handle), seen


@pytest.fixture
def slug(database: str) -> str:
    """Give a deployment."""
    assert database
    return factories.deployment(name="Fraud scoring").slug


async def test_a_request_goes_to_this_deployment_with_a_console_key(slug: str) -> None:
    transport, seen = answering(json={"a": 1})
    answer = await trials.send(
        factories.viewer(), slug, Trial(path="/predict?x=1", headers=[JSON], body="{}"), transport=transport
    )
    assert str(seen[0].url) == f"http://127.0.0.1:8080/{slug}/predict?x=1"
    assert seen[0].headers["x-api-key"].startswith("dk_")
    assert (answer.status, json.loads(answer.body), answer.json) == (200, {"a": 1}, True)


async def test_a_pasted_key_is_used_instead(slug: str) -> None:
    transport, seen = answering()
    await trials.send(
        factories.viewer(), slug, Trial(headers=[Header("authorization", "Bearer dk_mine")]), transport=transport
    )
    assert seen[0].headers["authorization"] == "Bearer dk_mine"
    assert "x-api-key" not in seen[0].headers


async def test_a_viewer_may_not_call(slug: str) -> None:
    transport, seen = answering()
    with pytest.raises(Forbidden):
        await trials.send(factories.viewer(Role.VIEWER), slug, Trial(), transport=transport)
    assert seen == []


async def test_a_gateway_that_is_away_is_said(slug: str) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        message = "refused"
        raise httpx.ConnectError(message, request=request)

    with pytest.raises(Unavailable, match="gateway_unreachable"):
        await trials.send(factories.viewer(), slug, Trial(), transport=httpx.MockTransport(refuse))


async def test_a_huge_answer_is_cut(slug: str) -> None:
    transport, _ = answering(content=b"x" * (trials.MOST_ANSWER + 1), headers={"content-type": "application/json"})
    answer = await trials.send(factories.viewer(), slug, Trial(), transport=transport)
    assert (answer.truncated, answer.json, len(answer.body)) == (True, False, trials.MOST_ANSWER)


async def test_bytes_are_not_shown_as_text(slug: str) -> None:
    transport, _ = answering(content=b"\x89PNG\0\0", headers={"content-type": "application/octet-stream"})
    answer = await trials.send(factories.viewer(), slug, Trial(), transport=transport)
    assert (answer.binary, answer.body, answer.size) == (True, "", 6)


async def test_a_redirect_is_shown_not_followed(slug: str) -> None:
    transport, seen = answering(302, headers={"location": "http://127.0.0.1:1/"})
    answer = await trials.send(factories.viewer(), slug, Trial(), transport=transport)
    assert (answer.status, len(seen)) == (302, 1)


@pytest.mark.parametrize("charset", ["utf-99", "hex", "idna", "", "\x00"])
async def test_an_encoding_that_is_none_is_read_as_utf_8(slug: str, charset: str) -> None:
    head = {"content-type": f"text/plain; charset={charset}"}
    transport, _ = answering(content="gr\u00fcn".encode(), headers=head)
    answer = await trials.send(factories.viewer(), slug, Trial(), transport=transport)
    assert answer.body == "gr\u00fcn"


async def test_half_a_character_in_an_answer_stays_escaped(slug: str) -> None:
    transport, _ = answering(content=b'{"a": "\\ud800"}', headers={"content-type": "application/json"})
    answer = await trials.send(factories.viewer(), slug, Trial(), transport=transport)
    assert answer.body.encode()
    assert "\\ud800" in answer.body


async def test_the_instance_that_answered_is_named(slug: str) -> None:
    transport, _ = answering(headers={"x-instance": "k4c9aa" + "x" * 100, "x-request-id": "req-1"})
    answer = await trials.send(factories.viewer(), slug, Trial(), transport=transport)
    assert (answer.instance, answer.request_id) == ("k4c9aa" + "x" * 14, "req-1")


async def test_a_path_too_long_for_an_address_is_refused(slug: str) -> None:
    transport, seen = answering()
    with pytest.raises(Invalid, match="trial_path"):
        await trials.send(factories.viewer(), slug, Trial(path="/" + "x" * 70_000), transport=transport)
    assert seen == []


@pytest.mark.parametrize(
    ("trial", "code"),
    [
        pytest.param(Trial(method="BREW"), "trial_method", id="method"),
        pytest.param(Trial(path="http://evil/"), "trial_path", id="another address"),
        pytest.param(Trial(path="@evil/"), "trial_path", id="user part of an address"),
        pytest.param(Trial(path="/a b"), "trial_path", id="space"),
        pytest.param(Trial(path="/a\r\nX: y"), "trial_path", id="line break in the path"),
        pytest.param(Trial(headers=[Header("X\r\nY", "z")]), "header_name", id="line break in a name"),
        pytest.param(Trial(headers=[Header("X", "y\r\nZ: 1")]), "header_value", id="line break in a value"),
        pytest.param(Trial(headers=[Header("X", "caf\u00e9")]), "header_value", id="no ASCII in a value"),
        pytest.param(Trial(body="\ud800"), "text_broken", id="half a character"),
        pytest.param(Trial(headers=[JSON], body="1" * 5000), "body_not_json", id="a number of 5000 digits"),
        pytest.param(Trial(headers=[Header("Host", "evil")]), "header_ours", id="host"),
        pytest.param(Trial(headers=[Header("X", "1")] * 51), "trial_headers_many", id="too many headers"),
        pytest.param(Trial(headers=[JSON], body="{"), "body_not_json", id="broken JSON"),
        pytest.param(Trial(headers=[JSON], body="[" * 100_000), "body_not_json", id="deep JSON"),
    ],
)
def test_what_cannot_be_sent_names_its_field(trial: Trial, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        trials.check(trial)


def test_broken_json_names_its_place() -> None:
    with pytest.raises(Invalid) as caught:
        trials.check(Trial(headers=[JSON], body='{\n  "a": tru\n}'))
    assert (caught.value.facts["line"], caught.value.facts["column"]) == (2, 8)


def test_a_body_over_the_limit_is_refused() -> None:
    with pytest.raises(TooLarge):
        trials.check(Trial(body="x" * (trials.MOST_BODY + 1)))


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_curl_means_to_a_shell_what_was_asked(slug: str, shell: str) -> None:
    headers = [Header("X-Odd", "a'b $c !d"), Header("X-Empty", "")]
    command = trials.curl(factories.viewer(), slug, Trial(path="/p?a=1&b=$x", headers=headers, body=HOSTILE))
    words = _words(shell, command)
    assert words[:4] == ["curl", "-X", "POST", f"http://127.0.0.1:8080/{slug}/p?a=1&b=$x"]
    assert words[4:8] == ["-H", "X-Odd: a'b $c !d", "-H", "X-Empty;"]
    assert words[-4:] == ["-H", "Content-Type:", "--data-raw", HOSTILE]


def test_curl_sends_brackets_and_dots_as_they_are(slug: str) -> None:
    words = _words("sh", trials.curl(factories.viewer(), slug, Trial(method="HEAD", path="/a/../b[1-2]")))
    assert words[:5] == ["curl", "--head", "--globoff", "--path-as-is", f"http://127.0.0.1:8080/{slug}/a/../b[1-2]"]


def test_a_call_with_a_key_of_ones_own_is_a_command_too(slug: str) -> None:
    words = _words("sh", trials.curl_with("dk_mine", slug, Trial(headers=[JSON], body="{}")))
    assert words[3:] == [
        f"http://127.0.0.1:8080/{slug}/predict",
        *("-H", "X-API-Key: dk_mine", "-H", "Content-Type: application/json", "--data-raw", "{}"),
    ]


def _words(shell: str, command: str) -> list[str]:
    """Return how a real shell splits the command."""
    program = shutil.which(shell)
    assert program is not None
    printing = command.replace("curl", "printf '%s\\0' curl", 1)
    run = subprocess.run([program, "-c", printing], capture_output=True, check=True, env={"HOME": "/home/x"})
    return run.stdout.decode().split("\0")[:-1]


ASKED = Header("X-Async-Request", "true")
ACCEPTED = {"request_id": "c_aaaaaaaaaaaaaaaa", "status": "queued"}


async def test_an_accepted_asynchronous_call_has_its_id(slug: str) -> None:
    transport, _ = answering(202, json=ACCEPTED)
    answer = await trials.send(factories.viewer(), slug, Trial(headers=[ASKED]), transport=transport)
    assert answer.call_id == ACCEPTED["request_id"]


@pytest.mark.parametrize(
    ("headers", "status", "told"),
    [
        pytest.param([], 202, ACCEPTED, id="a model's own 202"),
        pytest.param([ASKED], 400, ACCEPTED, id="refused"),
        pytest.param([ASKED], 202, [], id="no object"),
        pytest.param([ASKED], 202, {}, id="no id"),
        pytest.param([ASKED], 202, {"request_id": "../../x"}, id="no id of ours"),
        pytest.param([ASKED], 202, {"request_id": {"a": 1}}, id="not even a text"),
    ],
)
async def test_any_other_answer_has_no_call(slug: str, headers: list[Header], status: int, told: Any) -> None:
    transport, _ = answering(status, json=told)
    answer = await trials.send(factories.viewer(), slug, Trial(headers=headers), transport=transport)
    assert answer.call_id == ""


@pytest.mark.parametrize("typed", ["true", "TRUE", "false", ""])
async def test_an_asynchronous_call_is_asked_for_once(slug: str, typed: str) -> None:
    transport, seen = answering(202, json=ACCEPTED)
    trial = Trial(headers=[Header("x-async-request", typed), ASKED])
    await trials.send(factories.viewer(), slug, trial, transport=transport)
    assert seen[0].headers.get_list("x-async-request") == ["true"]
    assert trials.curl(factories.viewer(), slug, trial).lower().count("x-async-request: true") == 1


async def test_what_asks_for_nothing_asynchronous_is_sent_as_typed(slug: str) -> None:
    transport, seen = answering()
    await trials.send(factories.viewer(), slug, Trial(headers=[Header("X-Async-Request", "no")]), transport=transport)
    assert seen[0].headers["x-async-request"] == "no"
