from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest

from deploy_ui import clock
from deploy_ui.db import engine
from deploy_ui.enums import EventKind, KeyStatus, Role
from deploy_ui.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from deploy_ui.services import deployments, events, fleet, keys
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.viewer import Viewer
from tests import factories


@pytest.fixture
def editor(database: str) -> Viewer:  # noqa: ARG001 -- needs its tables
    return factories.viewer(name="Anna")


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor, name="Iris")


def claims(secret: str) -> dict[str, Any]:
    decoded: dict[str, Any] = jwt.decode(secret.removeprefix("dk_"), options={"verify_signature": False})
    return decoded


def grants() -> list[str]:
    [member] = fleet.members()
    return [grant.id for grant in member.grants]


def test_a_new_key_shows_its_secret_once(editor: Viewer, card: DeploymentCard) -> None:
    made = keys.create(editor, card.slug, name=" ci ")
    assert made.secret.startswith("dk_")
    assert made.row.hint == made.secret[-4:]
    assert keys.rows(editor, card.slug) == [made.row]
    assert (made.row.name, made.row.status, made.row.created_by) == ("ci", KeyStatus.ACTIVE, "Anna")


def test_a_key_speaks_of_its_deployment_and_its_row(editor: Viewer, card: DeploymentCard) -> None:
    expires_at = clock.now().replace(microsecond=0) + timedelta(days=1)
    made = keys.create(editor, card.slug, name="ci", expires_at=expires_at)
    said = claims(made.secret)
    assert (said["sub"], said["jti"], said["exp"]) == ("iris", made.row.id, int(expires_at.timestamp()))


def test_the_secret_is_stored_nowhere(editor: Viewer, card: DeploymentCard) -> None:
    secret = keys.create(editor, card.slug, name="ci").secret
    with engine().connect() as connection:
        stored = [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM key")]
    assert len(stored) == 1
    assert secret[-20:] not in str(stored)


def test_only_live_keys_are_granted(editor: Viewer, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    live, disabled, revoked, expiring = (
        keys.create(editor, card.slug, name=name, expires_at=now + timedelta(hours=1) if name == "d" else None).row.id
        for name in "abcd"
    )
    keys.change(editor, card.slug, disabled, disabled=True)
    keys.revoke(editor, card.slug, revoked)
    assert grants() == sorted([live, expiring])
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=2))
    assert grants() == [live]
    statuses = {row.id: row.status for row in keys.rows(editor, card.slug)}
    assert [statuses[each] for each in (live, disabled, revoked, expiring)] == [
        KeyStatus.ACTIVE,
        KeyStatus.DISABLED,
        KeyStatus.REVOKED,
        KeyStatus.EXPIRED,
    ]


def test_a_disabled_key_can_be_switched_on_again(editor: Viewer, card: DeploymentCard) -> None:
    key = keys.create(editor, card.slug, name="ci").row
    assert keys.change(editor, card.slug, key.id, disabled=True).status == KeyStatus.DISABLED
    assert keys.change(editor, card.slug, key.id, disabled=False, name="build").status == KeyStatus.ACTIVE
    assert keys.rows(editor, card.slug)[0].name == "build"


def test_a_revoked_key_stays_revoked(editor: Viewer, card: DeploymentCard) -> None:
    key = keys.create(editor, card.slug, name="ci").row
    keys.revoke(editor, card.slug, key.id)
    assert keys.revoke(editor, card.slug, key.id).status == KeyStatus.REVOKED
    with pytest.raises(Conflict, match="key_revoked"):
        keys.change(editor, card.slug, key.id, disabled=False)


def test_the_timeline_tells_of_keys_without_their_secrets(editor: Viewer, card: DeploymentCard) -> None:
    made = keys.create(editor, card.slug, name="ci")
    keys.change(editor, card.slug, made.row.id, disabled=True)
    keys.change(editor, card.slug, made.row.id, disabled=True)
    keys.revoke(editor, card.slug, made.row.id)
    rows = events.rows(editor, card.slug)[:3]
    assert [row.kind for row in rows] == [EventKind.KEY_REVOKED, EventKind.KEY_CHANGED, EventKind.KEY_CREATED]
    assert rows[1].facts == {"key": "ci", "disabled": True}


def test_addresses_become_blocks(editor: Viewer, card: DeploymentCard) -> None:
    made = keys.create(editor, card.slug, name="ci", addresses=["10.1.2.3", " 10.0.0.9/8 ", "::1", "10.1.2.3", ""])
    assert made.row.addresses == ["10.1.2.3/32", "10.0.0.0/8", "::1/128"]
    [member] = fleet.members()
    assert member.grants[0].addresses == ("10.1.2.3/32", "10.0.0.0/8", "::1/128")


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"name": ""}, "name_missing", "name"),
        ({"name": "x" * 64}, "name_too_long", "name"),
        ({"addresses": ["example.org"]}, "address_wrong", "addresses"),
        ({"addresses": ["10.0.0.0/33"]}, "address_wrong", "addresses"),
        ({"addresses": ["10.0.0.1"] * 51}, "addresses_too_many", "addresses"),
        ({"expires_at": clock.now() - timedelta(seconds=1)}, "expiry_past", "expires_at"),
        ({"expires_at": datetime(2999, 1, 1)}, "expiry_past", "expires_at"),  # noqa: DTZ001 -- a naive one
    ],
)
def test_a_wrong_value_is_named(
    editor: Viewer, card: DeploymentCard, values: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        keys.create(editor, card.slug, **{"name": "ci", **values})
    assert (caught.value.code, caught.value.field) == (code, field)
    assert keys.rows(editor, card.slug) == []


def test_a_key_of_another_deployment_is_not_found(editor: Viewer, card: DeploymentCard) -> None:
    key = keys.create(editor, card.slug, name="ci").row
    other = factories.deployment(editor)
    for key_id in (key.id, "nothing", "a\0b", ""):
        with pytest.raises(NotFound, match="key_not_found"):
            keys.revoke(editor, other.slug, key_id)


def test_a_deleted_deployment_gets_no_keys(editor: Viewer, card: DeploymentCard) -> None:
    deployments.delete(editor, card.slug)
    with pytest.raises(Gone):
        keys.create(editor, card.slug, name="ci")
    with pytest.raises(Gone):
        keys.console_key(editor, card.slug)


def test_the_consoles_own_key_lives_minutes_and_has_no_row(editor: Viewer, card: DeploymentCard) -> None:
    said = claims(keys.console_key(editor, card.slug))
    assert (said["sub"], said["kind"], said["exp"] - said["iat"]) == ("iris", "console", 300)
    assert keys.rows(editor, card.slug) == []


@pytest.mark.parametrize(
    "verb",
    [
        pytest.param(lambda viewer, slug, _: keys.create(viewer, slug, name="ci"), id="create"),
        pytest.param(lambda viewer, slug, key: keys.change(viewer, slug, key, name="x"), id="change"),
        pytest.param(keys.revoke, id="revoke"),
        pytest.param(lambda viewer, slug, key: keys.rotate(viewer, slug, key, overlap=timedelta(hours=1)), id="rotate"),
        pytest.param(lambda viewer, slug, _: keys.console_key(viewer, slug), id="console key"),
    ],
)
def test_a_viewer_reads_keys_and_changes_none(
    editor: Viewer, card: DeploymentCard, verb: Callable[[Viewer, str, str], object]
) -> None:
    made = keys.create(editor, card.slug, name="ci")
    viewer = factories.viewer(Role.VIEWER)
    with pytest.raises(Forbidden):
        verb(viewer, card.slug, made.row.id)
    assert keys.rows(viewer, card.slug) == [made.row]


def test_a_rotated_key_works_until_the_overlap_ends(
    editor: Viewer, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    old = keys.create(editor, card.slug, name="ci", addresses=["10.0.0.0/8"]).row
    new = keys.rotate(editor, card.slug, old.id, overlap=timedelta(hours=1))
    assert (new.row.name, new.row.addresses, new.row.replaced) == ("ci", ["10.0.0.0/8"], False)
    assert new.row.id != old.id
    assert new.secret.startswith("dk_")
    assert grants() == sorted([old.id, new.row.id])
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1, seconds=1))
    assert grants() == [new.row.id]
    rows = {row.id: row for row in keys.rows(editor, card.slug)}
    assert (rows[old.id].status, rows[old.id].replaced) == (KeyStatus.EXPIRED, True)
    assert events.rows(editor, card.slug)[0].kind == EventKind.KEY_ROTATED


def test_a_rotation_without_overlap_ends_the_old_key_at_once(editor: Viewer, card: DeploymentCard) -> None:
    old = keys.create(editor, card.slug, name="ci").row
    new = keys.rotate(editor, card.slug, old.id, overlap=timedelta(0))
    assert grants() == [new.row.id]


def test_a_rotated_key_gets_the_life_of_the_old_one_and_never_lengthens_it(
    editor: Viewer, card: DeploymentCard
) -> None:
    soon = clock.now() + timedelta(minutes=5)
    old = keys.create(editor, card.slug, name="ci", expires_at=soon).row
    new = keys.rotate(editor, card.slug, old.id, overlap=timedelta(days=1)).row
    rows = {row.id: row for row in keys.rows(editor, card.slug)}
    assert rows[old.id].expires_at == old.expires_at
    assert new.expires_at is not None
    assert timedelta(minutes=4) < new.expires_at - new.created_at <= timedelta(minutes=5)


@pytest.mark.parametrize("how", ["disabled", "revoked", "rotated"])
def test_only_an_active_key_is_rotated_and_once(editor: Viewer, card: DeploymentCard, how: str) -> None:
    key = keys.create(editor, card.slug, name="ci").row
    ways: dict[str, Callable[[], object]] = {
        "disabled": lambda: keys.change(editor, card.slug, key.id, disabled=True),
        "revoked": lambda: keys.revoke(editor, card.slug, key.id),
        "rotated": lambda: keys.rotate(editor, card.slug, key.id, overlap=timedelta(hours=1)),
    }
    ways[how]()
    with pytest.raises(Conflict, match="key_not_rotatable"):
        keys.rotate(editor, card.slug, key.id, overlap=timedelta(hours=1))


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=91)])
def test_an_overlap_out_of_bounds_is_refused(editor: Viewer, card: DeploymentCard, overlap: timedelta) -> None:
    key = keys.create(editor, card.slug, name="ci").row
    with pytest.raises(Invalid, match="key_overlap"):
        keys.rotate(editor, card.slug, key.id, overlap=overlap)
