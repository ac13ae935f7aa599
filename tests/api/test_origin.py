import pytest
from starlette.datastructures import Headers

from deploy_ui.api.origin import is_our_page

CONSOLE = "https://console.example.org"


@pytest.mark.parametrize("origin", [CONSOLE, "http://10.0.0.5:3000", "https://10.0.0.5:3000"])
def test_our_pages_are_those_of_the_address_people_see_and_of_the_one_asked(origin: str) -> None:
    assert is_our_page(Headers({"origin": origin, "host": "10.0.0.5:3000"}), CONSOLE)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "10.0.0.5:3000"),
        ("null", "10.0.0.5:3000"),
        ("", ""),
        ("http://", ""),
        ("file://", ""),
        ("http://[::1", "10.0.0.5:3000"),
        ("ftp://10.0.0.5:3000", "10.0.0.5:3000"),
        ("http://10.0.0.5:3000/", "10.0.0.5:3000"),
        ("http://me@10.0.0.5:3000", "10.0.0.5:3000"),
        ("http://10.0.0.5:3000.evil.example", "10.0.0.5:3000"),
    ],
)
def test_anything_else_is_another_site(origin: str, host: str) -> None:
    assert not is_our_page(Headers({"origin": origin, "host": host}), CONSOLE)


def test_a_page_that_does_not_say_where_it_comes_from_is_not_ours() -> None:
    assert not is_our_page(Headers({"host": "10.0.0.5:3000"}), CONSOLE)
