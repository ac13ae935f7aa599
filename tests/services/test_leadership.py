from collections.abc import Iterator

import pytest
from sqlalchemy import text

from deploy_ui.db import engine
from deploy_ui.services.leadership import Leadership
from deploy_ui.settings import settings


@pytest.fixture
def leaders(database: str) -> Iterator[tuple[Leadership, Leadership]]:  # noqa: ARG001 -- it has to be there
    both = Leadership(), Leadership()
    yield both
    for each in both:
        each.release()


def test_only_one_may_act(leaders: tuple[Leadership, Leadership]) -> None:
    first, second = leaders
    assert (first.take(), second.take()) == (True, False)


def test_who_acts_goes_on_acting(leaders: tuple[Leadership, Leadership]) -> None:
    first, _ = leaders
    assert [first.take() for _ in range(3)] == [True, True, True]


def test_the_next_may_act_after_the_first_let_go(leaders: tuple[Leadership, Leadership]) -> None:
    first, second = leaders
    first.take()
    first.release()
    assert second.take()


def test_only_one_of_two_machines_may_act_on_one_postgresql(
    leaders: tuple[Leadership, Leadership],
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    if not database.startswith("postgresql"):
        pytest.skip("a SQLite database is of one machine")
    first, second = leaders
    assert first.take()
    monkeypatch.setenv("DEPLOY_UI_DATA_DIR", str(tmp_path_factory.mktemp("elsewhere")))
    settings.cache_clear()
    assert not second.take()
    first.release()
    assert second.take()


def test_who_loses_the_connection_does_not_act_before_having_the_lock_again(
    leaders: tuple[Leadership, Leadership], database: str
) -> None:
    if not database.startswith("postgresql"):
        pytest.skip("a SQLite database has no connection to lose")
    first, _ = leaders
    assert first.take()
    with engine().connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
    assert not first.take()
    assert first.take()
