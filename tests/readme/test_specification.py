"""READMEs mean what GitHub's would: the specification's examples, and its extensions beside GitHub's own renderer.

What the reference renderer makes is sanitised and dressed as ours is, so that only the reading of Markdown is compared.
"""

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from tests.readme.conftest import Render

EXTENDED = {
    "<https://foo.bar/baz bim>\n",
    "<foo\\+@bar.example.com>\n",
    "< https://foo.bar >\n",
    "https://example.com\n",
    "foo@bar.example.com\n",
}
"""Examples of addresses that CommonMark leaves alone and GitHub makes links of."""
EXTENSIONS = [
    "| a | b |\n|---|:-:|\n| 1 | 2 |",
    "| left | right |\n|:-----|------:|\n| 1 | 2 |\n| 3 | 4 |",
    "a | b\n- | -\n1 | 2",
    "| a |\n|---|\n| `x \\| y` | more |\n| one |",
    "| a | b |\n|---|\n| no table |",
    "| a | b |\n|---|---|\n| 1 | 2 |\n> quoted",
    "| a | b |\n|---|---|\n\nafter",
    "| only | head |\n|------|------|",
    "| *a* | **b** |\n|---|---|\n| [l](https://example.com) | ~~s~~ |",
    "text\n| a | b |\n|---|---|\n| 1 | 2 |",
    "- list\n\n  | a |\n  |---|\n  | 1 |",
    "> | a |\n> |---|\n> | 1 |",
    "| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 1 |",
    "|a|\n|-|\n|\\||",
    "~~gone~~ and ~one~",
    "~~over\nlines~~",
    "~~new\n\nparagraph~~",
    "a~~b~~c ~~ d ~~",
    "**bold ~~struck *and* more~~**",
    "- [ ] open\n- [x] done\n- [X] also done",
    "- [x] outer\n  - [ ] inner\n  - plain",
    "1. [ ] first\n2. [x] second",
    "- [ ]no space\n- [] nothing\n- [y] letter",
    "* [ ] star\n+ [x] plus",
    "www.example.com",
    "Visit www.example.com/help for more.",
    "www.example.com/a.b?c=d&e=f.",
    "(www.example.com/search?q=(business))",
    "www.example.com/search?q=(business))+ok",
    "www.example.com/search?q=business&hl;",
    "www.example.com/he<lp",
    "http://example.com",
    "(Visit https://encrypted.example.com/search?q=(business))",
    "https://example.com/a_b_c and *https://example.com*",
    "someone@example.com",
    "hello@mail+xyz.example isn't, hello+xyz@mail.example is.",
    "a.b-c_d@a.b and a.b-c_d@a.b. and a.b-c_d@a.b- and a.b-c_d@a.b_",
    "`www.example.com` and [www.example.com](https://example.org)",
    "https://\u043f\u0440\u0438.example/\u043f\u0443\u0442\u044c",
]


def test_the_specifications_examples_are_read_as_it_says(render: Render, specification: list[dict[str, str]]) -> None:
    plain = [each for each in specification if each["markdown"] not in EXTENDED]
    assert len(plain) > 600
    ours = render([{"text": each["markdown"]} for each in plain])
    theirs = render([{"html": each["html"]} for each in plain])
    differing = [
        (case["section"], case["markdown"], one["html"], other["html"])
        for case, one, other in zip(plain, ours, theirs, strict=True)
        if one["html"] != other["html"]
    ]
    assert differing == []


def test_the_extensions_are_read_as_github_reads_them(render: Render) -> None:
    texts = [*EXTENSIONS, *sorted(EXTENDED)]
    ours = [_unmarked(each["html"]) for each in render([{"text": text} for text in texts])]
    theirs = [_unmarked(each["html"]) for each in render([{"html": github(text)} for text in texts])]
    assert dict(zip(texts, ours, strict=True)) == dict(zip(texts, theirs, strict=True))


@pytest.mark.parametrize("kind", ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"])
def test_alerts(render: Render, kind: str) -> None:
    [found] = render([{"text": f"> [!{kind}]\n> Read **this**."}])
    assert found["html"] == (
        f'<div class="md-alert md-alert--{kind.lower()}"><p class="md-alert__title">{kind.capitalize()}</p>'
        f"<p>Read <strong>this</strong>.</p></div>"
    )


def test_footnotes_lead_there_and_back(render: Render) -> None:
    [found] = render([{"text": "One[^a], two[^b], one again[^a].\n\n[^a]: First *note*.\n[^b]: Second."}])
    html = found["html"]
    assert html.count('href="#fn-a"') == 2  # the page looks for names of READMEs with their prefix
    assert html.index("First <em>note</em>") < html.index("Second.")
    assert 'href="#fnref-a"' in html
    assert 'id="user-content-fn-a"' in html


def test_headings_of_the_same_name_have_anchors_of_their_own(render: Render) -> None:
    [found] = render([{"text": "# Same\n\n# Same\n\n[up](#same) [second](#same-1)"}])
    assert ('href="#same"' in found["html"], 'href="#same-1"' in found["html"]) == (True, True)


@pytest.mark.parametrize(
    ("markdown", "piece"),
    [
        ("Inline $a_1$ here", '<span class="md-math md-math--inline" data-draw="math">a_1</span>'),
        ("$$\nx^2\n$$", '<div class="md-math" data-draw="math">x^2</div>'),
        ("costs $5 and $6", "costs $5 and $6"),
        ("```mermaid\ngraph TD; A-->B\n```", 'data-draw="diagram"'),
        ("```python\nx = 1\n```", 'data-language="python"'),
        ("<details><summary>More</summary>\n\n**hidden**\n\n</details>", "<details><summary>More</summary>"),
        ("H<sub>2</sub>O <kbd>Ctrl</kbd>", "H<sub>2</sub>O <kbd>Ctrl</kbd>"),
        ("mailto:someone@example.com", 'href="mailto:someone@example.com"'),  # GitHub links the word before it, too
        ("ftp://example.com javascript:alert(1)", "<p>ftp://example.com javascript:alert(1)</p>"),
        ("~~~not struck~~~", 'class="md-code"'),
        ("![cat](files/cat-1.png)", 'src="/files/cat-1.png"'),
        ("![cat](https://example.com/cat.png)", 'src="https://example.com/cat.png"'),
        (
            "<picture><source media='x' srcset='https://a.example/b.png'><img src='https://a.example/c.png'></picture>",
            "srcset",
        ),
    ],
)
def test_what_else_is_drawn(render: Render, markdown: str, piece: str) -> None:
    [found] = render([{"text": markdown}])
    assert piece in found["html"]


@pytest.mark.parametrize("size", [600, 1200, 5000, 20_000])
def test_a_long_text_means_the_same_as_its_parts(render: Render, size: int) -> None:
    """It is parsed in pieces; where the pieces are cut must not be seen."""
    block = (
        "para *one*\n\n- a\n- b\n\n  still b\n\n```\ncode\n\nmore code\n```\n\n> quote\n\n"
        "<div>\n\nin *div*\n\n</div>\n\n| a |\n|---|\n| 1 |\n\n"
    )
    text = block * (size // len(block) + 1)
    [whole, part] = render([{"text": text}, {"text": block}])
    assert whole["html"] == part["html"] * (size // len(block) + 1)


def github(markdown: str) -> str:
    """Return what GitHub's renderer makes of it, raw HTML and all."""
    return str(cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE))


def _unmarked(html: str) -> str:
    """Leave out the classes that mark task lists, and spaces beside their boxes."""
    for name in (' class="contains-task-list"', ' class="task-list-item"'):
        html = html.replace(name, "")
    return html
