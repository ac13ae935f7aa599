from collections.abc import Iterator

import pytest

from deploy_ui.states import tabs
from deploy_ui.states.tabs import GONE_S, Following


@pytest.fixture
def sockets() -> Iterator[set[str]]:
    """Give the sockets that are connected."""
    connected, before = {"socket"}, tabs._connected
    tabs.ask(connected.__contains__)
    yield connected
    tabs.ask(before)


def test_it_goes_on_while_the_tab_is_connected(sockets: set[str]) -> None:
    assert sockets
    with Following("tab", "follow", "socket") as following:
        assert following.goes_on(0)
        assert following.goes_on(1e6)


def test_it_ends_once_the_tab_is_gone_for_good(sockets: set[str]) -> None:
    with Following("tab", "follow", "socket") as following:
        sockets.clear()
        assert following.goes_on(5)
        assert following.goes_on(5 + GONE_S - 1)
        assert not following.goes_on(5 + GONE_S)


def test_a_tab_that_came_back_in_time_is_not_gone(sockets: set[str]) -> None:
    with Following("tab", "follow", "socket") as following:
        sockets.clear()
        assert following.goes_on(0)
        sockets.add("socket")
        assert following.goes_on(GONE_S)
        sockets.clear()
        assert following.goes_on(GONE_S + 1)


def test_a_later_call_takes_the_place_of_an_earlier_one(sockets: set[str]) -> None:
    assert sockets
    with Following("tab", "follow", "socket") as first:
        with Following("tab", "follow", "socket") as second:
            assert (first.goes_on(0), second.goes_on(0)) == (False, True)
        assert not first.goes_on(0)


def test_other_tabs_and_other_handlers_go_on(sockets: set[str]) -> None:
    assert sockets
    with (
        Following("tab", "follow", "socket") as one,
        Following("tab", "other", "socket") as two,
        Following("other", "follow", "socket") as three,
    ):
        assert all(each.goes_on(0) for each in (one, two, three))


def test_nothing_is_remembered_of_what_ended() -> None:
    with Following("tab", "follow", "socket"), Following("tab", "follow", "socket"):
        pass
    assert tabs._newest == {}
