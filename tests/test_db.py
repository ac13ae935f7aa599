import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, func, select

from deploy_ui import clock
from deploy_ui.db import engine, reading, transaction
from deploy_ui.models import SignInFailure

pytestmark = pytest.mark.usefixtures("database")


def count() -> int:
    with reading() as session:
        return session.exec(select(func.count(col(SignInFailure.id)))).one()


def failure() -> SignInFailure:
    return SignInFailure(account="a", address="b", at=clock.now())


def test_a_transaction_that_fails_leaves_nothing() -> None:
    def fail() -> None:
        with transaction() as session:
            session.add(failure())
            session.flush()
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert count() == 0


def test_writers_that_read_first_take_turns_instead_of_failing() -> None:
    def write(_: int) -> None:
        with transaction() as session:
            seen = session.exec(select(func.count(col(SignInFailure.id)))).one()
            session.add(SignInFailure(account=str(seen), address="", at=clock.now()))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with reading() as session:
        accounts = session.exec(select(SignInFailure.account)).all()
    assert sorted(map(int, accounts)) == list(range(40))


def test_readers_do_not_wait_for_a_writer() -> None:
    reading_done = threading.Event()

    def read() -> int:
        try:
            return count()
        finally:
            reading_done.set()

    with ThreadPoolExecutor(1) as pool, transaction() as session:
        session.add(failure())
        session.flush()
        seen = pool.submit(read)
        assert reading_done.wait(timeout=10)
    assert seen.result() == 0
    assert count() == 1


def test_sqlite_keeps_its_promises_on_every_connection() -> None:
    with engine().connect() as connection:
        pragmas = ("journal_mode", "foreign_keys", "synchronous")
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
        lowered = connection.exec_driver_sql("SELECT lower('\u0410\u0411'), lower(NULL), lower(5)").one()
    assert values == ["wal", 1, 2]
    assert tuple(lowered) == ("\u0430\u0431", None, 5)


def test_errors_name_no_values() -> None:
    with engine().connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(text("SELECT nothing FROM nowhere WHERE x = :x"), {"x": "TOPSECRET"})
    assert "TOPSECRET" not in str(failed.value)
