"""Nothing that a README holds runs, asks for anything, or passes for the console's own; and nothing makes it hang."""

import re
from html.parser import HTMLParser

import pytest

from tests.readme import attacks
from tests.readme.conftest import Render

ELEMENTS = frozenset(
    (  # noqa: SIM905 - words are easier to read than a list of them
        "a abbr b bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 "
        "h3 h4 h5 h6 hr i img input ins kbd li mark ol p picture pre q rp rt ruby s samp section small source "
        "span strike strong sub summary sup table tbody td tfoot th thead time tr tt ul var wbr "
    ).split()
)
ATTRIBUTES = frozenset(
    (  # noqa: SIM905 - words are easier to read than a list of them
        "align alt aria-describedby aria-hidden aria-label aria-labelledby checked cite class colspan data- "
        "columns data-draw data-footnote-backref data-footnote-ref data-footnotes data-language datetime "
        "decoding dir disabled height href id itemscope itemtype lang loading name open referrerpolicy rel "
        "role rowspan scope span src srcset start summary tabindex target title type valign value vspace "
        "width hspace border axis abbr headers char charoff clear color compact coords face frame noshade "
        "nowrap rev rules shape size longdesc bgcolor cellpadding cellspacing "
    ).split()
)
CLASSES = re.compile(r"(md-[\w-]+|data-footnote-backref|sr-only|footnotes|contains-task-list|task-list-item)\Z")
ADDRESSES = re.compile(r"(https?://|mailto:|#|/files/[\w.-]+\Z)")
PICTURES = re.compile(r"(https://|/files/[\w.-]+\Z)")
LONGEST_MS = 20_000


class Inspector(HTMLParser):
    """Collects what must not be there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        if tag not in ELEMENTS:
            self.wrong.append(f"<{tag}>")
        given = dict(attrs)
        for name, value in attrs:
            if wrong(tag, name, value or ""):
                self.wrong.append(f"<{tag} {name}={value!r}>")
        if tag == "a" and (given.get("href") or "#")[:1] != "#" and given.get("rel") != "noopener nofollow noreferrer":
            self.wrong.append(f"<a> without its rel: {attrs}")


def wrong(tag: str, name: str, value: str) -> bool:
    if name not in ATTRIBUTES:
        return True
    if name in {"id", "name"}:
        return not value.startswith("user-content-")
    if name == "class":
        return not all(CLASSES.match(each) for each in value.split())
    if name in {"src", "srcset"}:
        return not PICTURES.match(value)
    if name in {"href", "cite", "longdesc"}:
        return not ADDRESSES.match(value)
    return name == "type" and (tag, value) != ("input", "checkbox")


def test_nothing_is_left_that_could_act(render: Render) -> None:
    surrounded = "before {0}\n\n{0}\n\n<div>\n\n{0}\n\n</div>\n\n> {0}\n\nafter"
    texts = [*attacks.ALL, *(surrounded.format(each) for each in attacks.ALL)]
    answers = render([{"text": text} for text in texts])
    found = {text: inspected(each["html"]) for text, each in zip(texts, answers, strict=True)}
    assert {text: wrong for text, wrong in found.items() if wrong} == {}


def test_all_of_them_together(render: Render) -> None:
    [found] = render([{"text": "\n\n".join(attacks.ALL)}])
    assert inspected(found["html"]) == []


def inspected(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.wrong


def test_there_are_enough_of_them() -> None:
    assert len(set(attacks.ALL)) == len(attacks.ALL) >= 150


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 200_000, id="1 MB of words"),
        pytest.param("# h\n\ntext *em* `code`\n\n" * 40_000, id="1 MB of headings"),
        pytest.param("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 10_000, id="10 000 rows of a table"),
        pytest.param(">" * 10_000 + " x", id="deep quotes"),
        pytest.param("- " * 5_000 + "x", id="deep lists"),
        pytest.param("*a **a " * 10_000, id="open emphasis"),
        pytest.param("[" * 20_000, id="open brackets"),
        pytest.param("[a](" * 10_000, id="open links"),
        pytest.param("`" * 1 + "".join("`" * n + " " for n in range(1, 300)), id="runs of backquotes"),
        pytest.param("<div>" * 10_000, id="deep HTML"),
        pytest.param("<a>" * 5_000 + "</b>" * 5_000, id="crossed HTML"),
        pytest.param("![" * 1_000 + "]()" * 1_000, id="nested pictures"),  # ten times as deep is given up by the page
        pytest.param("a@" * 50_000, id="almost addresses"),
        pytest.param("www." + "a." * 50_000, id="a long host"),
        pytest.param("[a]: x\n" * 20_000 + "[a]" * 5_000, id="many definitions"),
        pytest.param(
            "".join(f"[^{n}]: note\n\n" for n in range(3_000)) + "".join(f"[^{n}] " for n in range(3_000)), id="notes"
        ),
        pytest.param("&" * 100_000, id="ampersands"),
        pytest.param("\0\ufeff\u2028" * 10_000, id="control characters"),
        pytest.param("<!--" * 20_000, id="open comments"),
        pytest.param("~~a " * 20_000, id="open strikes"),
    ],
)
def test_it_ends(render: Render, text: str) -> None:
    [found] = render([{"text": text}])
    assert found["ms"] < LONGEST_MS


@pytest.mark.parametrize(
    "html",
    ["<img src=x onerror=alert(1)>", "<script></script>", "<p id=x></p>", "<a href=javascript:x rel=noopener>x</a>"],
)
def test_the_inspection_sees_what_it_looks_for(html: str) -> None:
    assert inspected(html)
