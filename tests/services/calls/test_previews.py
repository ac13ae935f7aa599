from typing import Any

import pytest

from deploy_ui.enums import CallStatus, Role
from deploy_ui.errors import AppError, Forbidden
from deploy_ui.services.calls import bodies, previews
from deploy_ui.services.calls.previews import SHOWN_BYTES, Preview
from deploy_ui.services.viewer import Viewer
from tests import factories

JSON = "application/json"


@pytest.fixture
def editor(database: str) -> Viewer:
    assert database
    return factories.viewer()


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        pytest.param(b"", JSON, "", id="empty"),
        pytest.param(b'{"a": "<b>"}', JSON, '{"a": "<b>"}', id="json"),
        pytest.param("éà".encode(), "", "éà", id="nothing named"),
        pytest.param(b"a\xffb", "text/plain; charset=utf-8", "a\ufffdb", id="broken letters in what calls itself text"),
        pytest.param(b"\x89PNG\xff", "image/png", "", id="binary"),
        pytest.param(b"a\0b", "text/plain", "", id="text with a zero"),
        pytest.param(b"\x93NUMPY", "", "", id="binary without a type"),
    ],
)
def test_a_body_begins_with_text_or_is_binary(editor: Viewer, body: bytes, kind: str, text: str) -> None:
    card = factories.deployment(editor)
    headers: list[Any] = [["Content-Type", kind]] if kind else []
    call_id = factories.call(card, body=body, answer=body, headers=headers, answer_headers=headers)
    found = previews.preview(editor, card.slug, call_id)
    assert found.request == found.answer == Preview(size=len(body), text=text, more=False)


def test_a_long_text_is_cut_between_letters(editor: Viewer) -> None:
    card = factories.deployment(editor)
    body = ("x" + "é" * SHOWN_BYTES).encode()
    found = previews.preview(editor, card.slug, factories.call(card, body=body)).request
    assert found == Preview(size=len(body), text="x" + "é" * (SHOWN_BYTES // 2 - 1), more=True)


def test_a_packed_body_is_binary(editor: Viewer) -> None:
    card = factories.deployment(editor)
    headers = [["content-encoding", "gzip"], ["content-type", JSON]]
    call_id = factories.call(card, answer=b"packed", status=CallStatus.COMPLETED, answer_headers=headers)
    assert previews.preview(editor, card.slug, call_id).answer == Preview(size=6, text="", more=False)


def test_a_long_body_is_read_from_its_file(editor: Viewer) -> None:
    card = factories.deployment(editor)
    body = bodies.Body("c_long.body")
    body.add(b"y" * (bodies.MOST_IN_ROW + 1))
    stored = body.store()
    call_id = factories.call(card, body_file=stored.file, body_size=stored.size)
    assert previews.preview(editor, card.slug, call_id).request == Preview(stored.size, "y" * SHOWN_BYTES, more=True)
    bodies.remove(stored.file)
    assert previews.preview(editor, card.slug, call_id).request == Preview(stored.size, "", more=False)


def test_viewers_and_other_deployments_see_nothing(editor: Viewer) -> None:
    card, other = factories.deployment(editor), factories.deployment(editor)
    call_id = factories.call(card, body=b"secret")
    with pytest.raises(Forbidden):
        previews.preview(factories.viewer(Role.VIEWER), card.slug, call_id)
    with pytest.raises(AppError):
        previews.preview(editor, other.slug, call_id)
