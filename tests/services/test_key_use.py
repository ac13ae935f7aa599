from datetime import timedelta

import pytest

from deploy_ui import clock
from deploy_ui.db import engine
from deploy_ui.gateway.routes import KeyUse
from deploy_ui.services import key_use, keys
from deploy_ui.services.viewer import Viewer
from tests import factories

NOW = clock.now().replace(minute=30, second=0, microsecond=0)


@pytest.fixture
def editor(database: str, monkeypatch: pytest.MonkeyPatch) -> Viewer:  # noqa: ARG001 -- needs its tables
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return factories.viewer(name="Anna")


@pytest.fixture
def slug(editor: Viewer) -> str:
    return factories.deployment(editor, name="Iris").slug


@pytest.fixture
def key(editor: Viewer, slug: str) -> str:
    return keys.create(editor, slug, name="ci").row.id


def test_the_newest_use_of_a_key_is_remembered(editor: Viewer, slug: str, key: str) -> None:
    later, earlier = NOW, NOW - timedelta(minutes=1)
    key_use.note([KeyUse(key, slug, later), KeyUse("console", slug, later)])
    key_use.note([KeyUse(key, slug, earlier)])
    assert keys.rows(editor, slug)[0].last_used_at == later


def test_calls_of_the_last_day_are_summed(editor: Viewer, slug: str, key: str) -> None:
    other = keys.create(editor, slug, name="other").row.id
    key_use.note([KeyUse(key, slug, NOW, 3), KeyUse(key, slug, NOW - timedelta(hours=23), 4)])
    key_use.note([KeyUse(key, slug, NOW - timedelta(minutes=1), 2), KeyUse(key, slug, NOW - timedelta(hours=24), 100)])
    assert {row.id: row.calls for row in keys.rows(editor, slug)} == {key: 9, other: 0}


def test_a_change_tells_the_calls_too(editor: Viewer, slug: str, key: str) -> None:
    key_use.note([KeyUse(key, slug, NOW, 3)])
    assert keys.change(editor, slug, key, disabled=True).calls == 3
    assert keys.revoke(editor, slug, key).calls == 3


def test_old_hours_are_dropped(slug: str, key: str) -> None:
    key_use.note([KeyUse(key, slug, NOW, 1), KeyUse(key, slug, NOW - timedelta(days=3), 1)])
    key_use.forget_old(NOW)
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT calls FROM key_hour").all() == [(1,)]
