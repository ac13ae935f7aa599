"""Alerts over the API."""

import pytest

from deploy_ui.enums import Role
from deploy_ui.enums.alerts import AlertKind, AlertPhase
from deploy_ui.services import deployments
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.settings import settings
from tests import factories
from tests.api.conftest import As, Client
from tests.services.alerts import watch

HOOK = "http://127.0.0.1:9/hook?token=secret"


@pytest.fixture
def card(database: str, monkeypatch: pytest.MonkeyPatch) -> DeploymentCard:
    assert database
    monkeypatch.setenv("DEPLOY_UI_CALLBACK_NETWORKS", "127.0.0.0/8")
    settings.cache_clear()
    return factories.deployment()


def at(card: DeploymentCard, rest: str = "") -> str:
    return f"/api/v1/deployments/{card.slug}/alerts{rest}"


async def test_a_new_deployment_has_the_rules_that_are_sensible_for_every_one(
    reader: Client, card: DeploymentCard
) -> None:
    found = (await reader.get(at(card, "/rules"))).json()["items"]
    numbers = {each["kind"]: (each["threshold"], each["minutes"], each["least_requests"]) for each in found}
    assert numbers == {
        "error_rate": (0.05, 5, 20),
        "not_ready": (0, 5, 0),
        "crash_loop": (3, 10, 0),
        "memory": (0.95, 5, 0),
        "build_failed": (0, 0, 0),
    }
    assert all(each["enabled"] and not each["muted"] and each["phase"] == "quiet" for each in found)


async def test_a_rule_is_added_changed_muted_and_removed(editor: Client, card: DeploymentCard) -> None:
    made = await editor.post(at(card, "/rules"), json={"kind": "p99", "threshold": 0.25})
    assert (made.status_code, made.json()["minutes"]) == (201, 5)
    rule = at(card, f"/rules/{made.json()['id']}")
    changed = await editor.patch(rule, json={"minutes": 10})
    assert (changed.json()["threshold"], changed.json()["minutes"]) == (0.25, 10)
    muted = (await editor.post(f"{rule}/mute", json={"seconds": 3600})).json()
    assert muted["muted"]
    assert muted["muted_until"]
    assert not (await editor.post(f"{rule}/unmute")).json()["muted"]
    forever = (await editor.post(f"{rule}/mute", json={})).json()
    assert (forever["muted"], forever["muted_until"]) == (True, None)
    assert not (await editor.patch(rule, json={"enabled": False})).json()["enabled"]
    assert (await editor.delete(rule)).status_code == 204
    assert (await editor.patch(rule, json={})).json()["error"]["code"] == "alert_rule_not_found"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "error_rate", "threshold": 1.5}, "threshold"),
        ({"kind": "error_rate", "minutes": 61}, "minutes"),
        ({"kind": "error_rate", "least_requests": 0}, "least_requests"),
        ({"kind": "crash_loop", "threshold": 2.5}, "threshold"),
        ({"kind": "not_ready", "threshold": 3}, "threshold"),
        ({"kind": "build_failed", "minutes": 3}, "minutes"),
        ({"kind": "weather"}, "kind"),
        ({"kind": "memory", "minutes": "5"}, "minutes"),
    ],
)
async def test_numbers_out_of_bounds_are_refused(
    editor: Client, card: DeploymentCard, body: dict[str, object], field: str
) -> None:
    answer = await editor.post(at(card, "/rules"), json=body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


async def test_a_number_that_is_none_is_refused(editor: Client, card: DeploymentCard) -> None:
    headers = {"content-type": "application/json"}
    answer = await editor.post(at(card, "/rules"), content='{"kind": "p99", "threshold": NaN}', headers=headers)
    assert answer.status_code in {400, 422}


async def test_there_are_at_most_twenty_rules(editor: Client, card: DeploymentCard) -> None:
    for _ in range(15):
        assert (await editor.post(at(card, "/rules"), json={"kind": "queue_age"})).status_code == 201
    refused = await editor.post(at(card, "/rules"), json={"kind": "queue_age"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "alert_rules_many")


async def test_the_board_says_what_fires_and_what_is_over(reader: Client, card: DeploymentCard) -> None:
    watch.stand(card, AlertKind.MEMORY, AlertPhase.FIRING)
    watch.stand(card, AlertKind.MEMORY, AlertPhase.QUIET)
    watch.stand(card, AlertKind.ERROR_RATE, AlertPhase.FIRING, value=0.4)
    board = (await reader.get(at(card))).json()
    assert [(each["kind"], each["value"]) for each in board["firing"]] == [("error_rate", 0.4)]
    assert [each["kind"] for each in board["items"]] == ["memory"]
    assert (await reader.get(f"/api/v1/deployments/{card.slug}")).json()["alerts"] == 1


async def test_a_receiver_is_added_tested_and_removed(editor: Client, card: DeploymentCard) -> None:
    body = {"kind": "webhook", "address": HOOK, "language": "ru"}
    made = await editor.post(at(card, "/receivers"), json=body)
    assert (made.status_code, made.json()["shown"]) == (201, "http://127.0.0.1:9")
    receiver = at(card, f"/receivers/{made.json()['id']}")
    assert (await editor.post(f"{receiver}/test")).status_code == 202
    again = await editor.post(f"{receiver}/test")
    assert (again.status_code, again.json()["error"]["code"]) == (429, "alert_test_waiting")
    listed = await editor.get(at(card, "/receivers"))
    assert listed.json()["items"][0]["waiting"]
    assert "secret" not in listed.text + made.text
    assert (await editor.delete(receiver)).status_code == 204
    assert [(each.receiver_id, each.done_at is None) for each in watch.notices()] == [(None, False)]


@pytest.mark.parametrize(
    ("kind", "address", "code"),
    [
        ("webhook", "ftp://example.org/", "alert_url_wrong"),
        ("webhook", "http://user:pass@example.org/", "alert_url_wrong"),
        ("webhook", "http://169.254.169.254/latest", "alert_url_refused"),
        ("webhook", "http://[::ffff:10.0.0.1]/", "alert_url_refused"),
        ("webhook", "http://example.org/\r\nX: y", "alert_url_wrong"),
        ("email", "a@b\r\nBcc: c@d", "email_wrong"),
        ("email", "a@b, c@d", "email_wrong"),
        ("email", "nobody", "email_wrong"),
        ("email", "A <a@b>", "email_wrong"),
        ("email", f"{'a' * 300}@example.org", "email_wrong"),
    ],
)
async def test_addresses_that_may_not_be_used_are_refused(
    editor: Client, card: DeploymentCard, kind: str, address: str, code: str
) -> None:
    answer = await editor.post(at(card, "/receivers"), json={"kind": kind, "address": address})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert answer.json()["error"]["field"] == "address"


async def test_e_mails_need_a_mail_server(
    editor: Client, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"kind": "email", "address": "ops@example.org"}
    assert (await editor.post(at(card, "/receivers"), json=body)).json()["error"]["code"] == "smtp_missing"
    monkeypatch.setenv("DEPLOY_UI_SMTP_URL", "smtp://localhost")
    settings.cache_clear()
    assert (await editor.post(at(card, "/receivers"), json=body)).json()["shown"] == "ops@example.org"


async def test_readers_read_and_change_nothing(signed_in: As, card: DeploymentCard) -> None:
    reader = signed_in(Role.VIEWER)
    [rule, *_] = (await reader.get(at(card, "/rules"))).json()["items"]
    one = at(card, f"/rules/{rule['id']}")
    asked = [
        reader.post(at(card, "/rules"), json={"kind": "p99"}),
        reader.patch(one, json={}),
        reader.delete(one),
        reader.post(f"{one}/mute", json={}),
        reader.post(f"{one}/unmute"),
        reader.post(at(card, "/receivers"), json={"kind": "webhook", "address": HOOK}),
        reader.delete(at(card, "/receivers/1")),
        reader.post(at(card, "/receivers/1/test")),
    ]
    assert [(await each).status_code for each in asked] == [403] * len(asked)


async def test_nobody_changes_what_is_another_deployments(editor: Client, card: DeploymentCard) -> None:
    other = factories.deployment()
    [rule, *_] = (await editor.get(at(other, "/rules"))).json()["items"]
    receiver = await editor.post(at(other, "/receivers"), json={"kind": "webhook", "address": HOOK})
    asked = [
        editor.patch(at(card, f"/rules/{rule['id']}"), json={"enabled": False}),
        editor.delete(at(card, f"/rules/{rule['id']}")),
        editor.post(at(card, f"/receivers/{receiver.json()['id']}/test")),
        editor.delete(at(card, f"/receivers/{receiver.json()['id']}")),
        editor.delete(at(card, f"/rules/{2**70}")),
    ]
    assert [(await each).status_code for each in asked] == [404] * len(asked)


async def test_of_a_deleted_deployment_all_can_be_read_and_nothing_changed(
    editor: Client, card: DeploymentCard
) -> None:
    [rule, *_] = (await editor.get(at(card, "/rules"))).json()["items"]
    deployments.delete(factories.viewer(), card.slug)
    for place in ("", "/rules", "/receivers"):
        assert (await editor.get(at(card, place))).status_code == 200
    asked = [
        editor.post(at(card, "/rules"), json={"kind": "p99"}),
        editor.patch(at(card, f"/rules/{rule['id']}"), json={"enabled": False}),
        editor.post(at(card, f"/rules/{rule['id']}/mute"), json={}),
        editor.post(at(card, "/receivers"), json={"kind": "webhook", "address": HOOK}),
    ]
    assert [(await each).status_code for each in asked] == [410] * len(asked)
