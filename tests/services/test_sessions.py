from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from sqlmodel import select

from deploy_ui import clock, hints
from deploy_ui.db import reading
from deploy_ui.enums import Role
from deploy_ui.errors import SignedOut, TooMany
from deploy_ui.models import SignIn
from deploy_ui.services import passwords, people, sessions
from tests import factories
from tests.waiting import eventually

pytestmark = pytest.mark.usefixtures("database")

EMAIL, PASSWORD = "anna@example.org", "correct horse"
START = datetime(2030, 1, 1, tzinfo=UTC)

SetClock = Callable[[timedelta], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    def set_clock(since_start: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: START + since_start)

    set_clock(timedelta())
    return set_clock


@pytest.fixture(autouse=True)
def _anna(database: str) -> None:  # noqa: ARG001 -- needs its tables
    people.create(factories.viewer(Role.ADMIN), email=EMAIL, name="Anna", role=Role.EDITOR, password=PASSWORD)


def fail(email: str = EMAIL, *, address: str = "10.0.0.1") -> int:
    with pytest.raises(SignedOut, match="wrong_password") as caught:
        sessions.sign_in(email, "wrong", address=address)
    left = caught.value.facts["attempts_left"]
    assert isinstance(left, int)
    return left


def test_a_token_tells_who_holds_it() -> None:
    session = sessions.sign_in(" Anna@Example.ORG ", PASSWORD, address="10.0.0.1")
    assert session.viewer.email == EMAIL
    assert sessions.viewer(session.token) == session.viewer


@pytest.mark.parametrize("token", ["", "nonsense", "a\0b", "\ud800", "x" * 100_000])
def test_an_unknown_token_is_nobody(token: str) -> None:
    assert sessions.viewer(token) is None


def test_a_session_ends_by_itself(at: SetClock) -> None:
    session = sessions.sign_in(EMAIL, PASSWORD, address="")
    assert session.expires_at == START + timedelta(days=7)
    at(timedelta(days=7))
    assert sessions.viewer(session.token) is None


def test_the_token_is_not_stored() -> None:
    session = sessions.sign_in(EMAIL, PASSWORD, address="")
    with reading() as opened:
        [row] = opened.exec(select(SignIn)).all()
    assert session.token not in repr(row)
    assert session.token not in repr(session)


def test_signing_out_ends_this_session_only() -> None:
    one, other = (sessions.sign_in(EMAIL, PASSWORD, address="") for _ in range(2))
    sessions.sign_out(one.token)
    sessions.sign_out(one.token)
    assert sessions.viewer(one.token) is None
    assert sessions.viewer(other.token) is not None


def test_signing_out_tells_the_sockets_of_the_session(redis: Redis) -> None:
    session = sessions.sign_in(EMAIL, PASSWORD, address="")
    with redis.pubsub() as heard:  # type: ignore[no-untyped-call]
        heard.psubscribe(hints.CHANNEL + "session:*")
        sessions.sign_out(session.token)
        message = eventually(lambda: heard.get_message(ignore_subscribe_messages=True))
    assert message["channel"].decode() == f"{hints.CHANNEL}session:{people.token_hash(session.token)}"


def test_wrong_passwords_are_counted_down_until_the_account_waits(at: SetClock) -> None:
    assert [fail() for _ in range(5)] == [4, 3, 2, 1, 0]
    with pytest.raises(TooMany, match="too_many_attempts") as caught:
        sessions.sign_in(EMAIL, PASSWORD, address="10.9.9.9")
    assert caught.value.retry_after_s == 901
    at(timedelta(minutes=15))
    assert sessions.sign_in(EMAIL, PASSWORD, address="10.0.0.1").viewer.name == "Anna"


def test_refused_attempts_do_not_make_the_wait_longer(at: SetClock) -> None:
    for _ in range(5):
        fail()
    at(timedelta(minutes=14))
    with pytest.raises(TooMany) as caught:
        sessions.sign_in(EMAIL, "wrong", address="10.0.0.1")
    assert caught.value.retry_after_s == 61


def test_a_right_password_clears_the_count() -> None:
    for _ in range(4):
        fail()
    sessions.sign_in(EMAIL, PASSWORD, address="10.0.0.1")
    assert fail() == 4


def test_an_address_waits_after_twenty_wrong_passwords_over_all_accounts() -> None:
    for number in range(20):
        fail(f"{number}@example.org")
    with pytest.raises(TooMany):
        sessions.sign_in(EMAIL, PASSWORD, address="10.0.0.1")
    assert sessions.sign_in(EMAIL, PASSWORD, address="10.0.0.2").viewer.name == "Anna"


def test_ones_own_account_does_not_clear_what_an_address_tried_on_others() -> None:
    for number in range(19):
        fail(f"{number}@example.org")
    sessions.sign_in(EMAIL, PASSWORD, address="10.0.0.1")
    fail("19@example.org")
    with pytest.raises(TooMany):
        sessions.sign_in(EMAIL, PASSWORD, address="10.0.0.1")


def test_a_crowd_of_attempts_at_once_does_not_get_past_the_limit() -> None:
    def attempt(_: int) -> str:
        try:
            sessions.sign_in(EMAIL, "wrong", address="10.0.0.1")
        except (SignedOut, TooMany) as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(attempt, range(12)))
    assert codes.count("wrong_password") <= 5
    assert "in" not in codes


def test_an_unknown_account_looks_like_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    verify = passwords.verify

    def counting(password: str, password_hash: str | None) -> bool:
        compared.append(password_hash is None)
        return verify(password, password_hash)

    monkeypatch.setattr(passwords, "verify", counting)
    assert fail("nobody@example.org") == fail() == 4
    assert compared == [True, False]


def test_an_unknown_account_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []

    class Counting:
        def verify(self, password_hash: str, password: bytes) -> bool:
            verified.append((password_hash.split("$")[1:4], password))
            return False

    cost = passwords.hashed("correct horse").split("$")[1:4]
    passwords.verify("warm up", None)
    monkeypatch.setattr(passwords, "HASHER", Counting())
    assert not passwords.verify("wrong", None)
    assert verified == [(cost, b"wrong")]


@pytest.mark.parametrize("email", ["", "\0", "\ud800", "x" * 100_000, "' OR 1=1 --"])
def test_hostile_addresses_are_just_wrong(email: str) -> None:
    assert fail(email) == 4


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "x" * 1_000_000])
def test_hostile_passwords_are_just_wrong(password: str) -> None:
    with pytest.raises(SignedOut, match="wrong_password"):
        sessions.sign_in(EMAIL, password, address="")
