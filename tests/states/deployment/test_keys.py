from datetime import timedelta

import pytest

from deploy_ui import clock
from deploy_ui.enums import Role
from deploy_ui.gateway.routes import KeyUse
from deploy_ui.services import key_use, keys
from deploy_ui.services.calls import callback_secrets
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.keys import KeysState
from tests import factories
from tests.states.conftest import Opens
from tests.states.tab import Tab

FORM = {"name": "antifraud", "life": "never", "addresses": ""}


@pytest.fixture
def slug(editor: Viewer) -> str:
    return factories.deployment(editor, name="Fraud scoring").slug


async def test_the_secret_is_shown_once_and_forgotten_when_it_was_saved(tab: Tab, slug: str) -> None:
    await tab.card(slug, "keys")
    await tab.send(KeysState.create(FORM))
    assert tab["KeysState.secret"].startswith("dk_")
    await tab.send(KeysState.saved())
    assert tab["KeysState.secret"] == ""
    assert "dk_" not in tab.known()


@pytest.mark.parametrize("there", ["/deployments", "/images", "/deployments/fraud-scoring/general"])
async def test_leaving_the_tab_forgets_the_secret(tab: Tab, slug: str, there: str) -> None:
    await tab.card(slug, "keys")
    await tab.send(KeysState.create(FORM))
    await tab.open(there, slug=slug, tab=there.rsplit("/", 1)[-1])
    await tab.sees(lambda seen: "dk_" not in seen.known())


async def test_a_lost_connection_does_not_lose_the_secret(tab: Tab, slug: str) -> None:
    await tab.card(slug, "keys")
    await tab.send(KeysState.create(FORM))
    await tab.card(slug, "keys")  # what the browser does when it is back
    await tab.sees(lambda seen: seen["KeysState.loaded"])
    assert tab["KeysState.secret"].startswith("dk_")


async def test_the_copied_command_calls_with_the_secret(tab: Tab, slug: str) -> None:
    await tab.card(slug, "keys")
    await tab.send(KeysState.create(FORM))
    assert f"X-API-Key: {tab['KeysState.secret']}" in tab["KeysState.command"]
    assert f"/{slug}/predict" in tab["KeysState.command"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"name": " "}, "name"), ({"addresses": "10.0.0.0/33"}, "addresses"), ({"name": "x" * 64}, "name")],
)
async def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(
    tab: Tab, slug: str, editor: Viewer, typed: dict[str, str], field: str
) -> None:
    await tab.card(slug, "keys")
    await tab.send(KeysState.ask())
    await tab.send(KeysState.create({**FORM, **typed}))
    assert list(tab["KeysState.wrong"]) == [field]
    assert tab["KeysState.creating"]
    assert keys.rows(editor, slug) == []


async def test_several_addresses_may_stand_on_lines_or_between_commas(tab: Tab, slug: str, editor: Viewer) -> None:
    await tab.card(slug, "keys")
    await tab.send(KeysState.create({**FORM, "addresses": "10.0.0.0/8, 203.0.113.7\n2001:db8::/32"}))
    assert keys.rows(editor, slug)[0].addresses == ["10.0.0.0/8", "203.0.113.7/32", "2001:db8::/32"]


async def test_a_key_made_elsewhere_arrives_by_itself(tab: Tab, slug: str, editor: Viewer) -> None:
    await tab.card(slug, "keys")
    await tab.sees(lambda seen: seen["KeysState.loaded"])
    keys.create(editor, slug, name="from elsewhere")
    await tab.sees(lambda seen: [each.name for each in seen["KeysState.rows"]] == ["from elsewhere"])


async def test_a_revoked_key_is_asked_about_first(tab: Tab, slug: str, editor: Viewer) -> None:
    made = keys.create(editor, slug, name="old").row
    await tab.card(slug, "keys")
    await tab.send(KeysState.ask_revoke(made.id))
    assert keys.rows(editor, slug)[0].status == "active"
    await tab.send(KeysState.revoke())
    assert keys.rows(editor, slug)[0].status == "revoked"
    assert not tab["KeysState.revoking"]


async def test_the_question_before_a_revocation_tells_how_often_the_key_was_used(
    tab: Tab, slug: str, editor: Viewer
) -> None:
    made = keys.create(editor, slug, name="old").row
    await tab.card(slug, "keys")
    key_use.note([KeyUse(made.id, slug, clock.now(), 12)])
    await tab.send(KeysState.ask_revoke(made.id))
    assert tab["KeysState.asked"].calls == 12


async def test_a_rotation_shows_the_new_secret_and_lets_the_old_key_work_on(
    tab: Tab, slug: str, editor: Viewer
) -> None:
    made = keys.create(editor, slug, name="ci").row
    await tab.card(slug, "keys")
    await tab.send(KeysState.ask_rotate(made.id))
    await tab.send(KeysState.rotate({"overlap": "hour"}))
    assert tab["KeysState.secret"].startswith("dk_")
    assert not tab["KeysState.rotating"]
    assert [row.status for row in keys.rows(editor, slug)] == ["active", "active"]


async def test_a_key_may_end_on_a_day_of_ones_own(tab: Tab, slug: str, editor: Viewer) -> None:
    end = (clock.now() + timedelta(days=3)).replace(microsecond=0)
    await tab.card(slug, "keys")
    await tab.send(KeysState.create(FORM | {"life": "date", "until": end.isoformat().replace("+00:00", ".000Z")}))
    assert keys.rows(editor, slug)[0].expires_at == end


@pytest.mark.parametrize("until", ["", "soon", "2020-01-01T00:00:00Z", "2030-01-01T00:00:00"])
async def test_a_day_that_is_none_is_said_at_its_field(tab: Tab, slug: str, editor: Viewer, until: str) -> None:
    await tab.card(slug, "keys")
    await tab.send(KeysState.create(FORM | {"life": "date", "until": until}))
    assert list(tab["KeysState.wrong"]) == ["expires_at"]
    assert keys.rows(editor, slug) == []


async def test_a_viewer_sees_keys_and_changes_none(new_tab: Opens, slug: str, editor: Viewer) -> None:
    made = keys.create(editor, slug, name="old").row
    reader = new_tab(factories.viewer(Role.VIEWER))
    await reader.card(slug, "keys")
    await reader.sees(lambda seen: len(seen["KeysState.rows"]) == 1)
    for event in (
        KeysState.create(FORM),
        KeysState.disable(made.id),
        KeysState.ask(),
        KeysState.ask_revoke(made.id),
        KeysState.ask_rotate(made.id),
        KeysState.ask_replace(),
        KeysState.replace(),
    ):
        await reader.send(event)
        assert reader["NoticeState.kind"] == "error"
    assert [each.status for each in keys.rows(editor, slug)] == ["active"]


async def test_keys_of_another_deployment_are_never_shown(tab: Tab, slug: str, editor: Viewer) -> None:
    keys.create(editor, slug, name="of the first")
    other = factories.deployment(editor).slug
    await tab.card(slug, "keys")
    await tab.sees(lambda seen: seen["KeysState.rows"])
    await tab.send(KeysState.create(FORM))
    await tab.card(other, "keys")
    await tab.sees(lambda seen: seen["KeysState.shown_slug"] == other)
    assert (tab["KeysState.rows"], tab["KeysState.secret"]) == ([], "")


async def test_the_callback_secret_is_replaced_after_a_question_and_never_in_the_state(
    tab: Tab, slug: str, editor: Viewer
) -> None:
    before = callback_secrets.secret(editor, slug)
    await tab.card(slug, "keys")
    await tab.send(KeysState.ask_replace())
    assert tab["KeysState.asks_replace"]
    assert callback_secrets.secret(editor, slug) == before
    await tab.send(KeysState.replace())
    assert (tab["KeysState.asks_replace"], tab["KeysState.secrets_replaced"]) == (False, 1)
    assert callback_secrets.secret(editor, slug) != before
    assert "whsec_" not in tab.known()


async def test_what_the_api_refused_is_told_in_words(tab: Tab, slug: str) -> None:
    await tab.card(slug, "keys")
    await tab.send(KeysState.refused("deployment_deleted", {}))
    assert (tab["NoticeState.kind"], tab["NoticeState.words"] != "") == ("error", True)
