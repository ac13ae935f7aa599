"""Conventions of the console that hold over all its pages."""

import re
from collections import Counter

import pytest

from deploy_ui.components.status import DOTS
from deploy_ui.deploy_ui import PAGES
from deploy_ui.enums import ImageStatus, InstanceStatus, KeyStatus, Phase
from deploy_ui.states.session import SessionState
from tests import tree

OPEN_TO_ALL = {"/", "/sign-in", "/set-up", "/readme/[token]", "404"}


def test_routes_are_unique() -> None:
    routes = Counter(page.route for page in PAGES)
    assert [route for route, times in routes.items() if times > 1] == []


def test_only_the_pages_before_sign_in_are_open_to_all() -> None:
    assert {page.route for page in PAGES if not page.signed_in} == OPEN_TO_ALL


def test_every_other_page_first_finds_out_who_is_there() -> None:
    firsts = {page.route: page.loads[0] for page in PAGES if page.signed_in}
    assert {route for route, first in firsts.items() if first is not SessionState.enter} == set()


@pytest.mark.parametrize("status", [*Phase, *InstanceStatus, *ImageStatus, *KeyStatus])
def test_every_status_has_a_look(status: str) -> None:
    styles = "".join(path.read_text() for path in tree.files({".css"}))
    assert re.search(rf"\.dot--{DOTS[status]}\b", styles)
