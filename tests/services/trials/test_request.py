"""What of a typed request can be sent, and what is refused with the place to mend."""

import pytest

from deploy_ui.enums import BodyKind
from deploy_ui.errors import Invalid, TooLarge
from deploy_ui.services.trials import request
from deploy_ui.services.trials.request import ASYNCHRONOUS, METHODS, Field, Header, Trial


def test_the_usual_can_be_sent() -> None:
    for method in METHODS:
        request.check(Trial(method=method))
    headers = [Header("X-A", "tab\tand ~"), Header("x-a", ""), Header("Authorization", "Bearer x")]
    request.check(Trial(headers=headers, kind=BodyKind.JSON, text='{"a": [1, null]}'))
    request.check(Trial(kind=BodyKind.JSON))  # no body at all
    request.check(Trial(kind=BodyKind.TEXT, text="{"))


@pytest.mark.parametrize(
    ("trial", "code", "field"),
    [
        pytest.param(Trial(method="BREW"), "trial_method", "method", id="method"),
        pytest.param(Trial(method="get"), "trial_method", "method", id="small letters"),
        pytest.param(Trial(method="GET /x HTTP/1.1\r\n"), "trial_method", "method", id="line break in the method"),
        pytest.param(Trial(path="/" + "x" * 70_000), "trial_path", "path", id="longer than an address"),
        pytest.param(Trial(path="/\ud800"), "text_broken", "path", id="half a character in the path"),
        pytest.param(Trial(headers=[Header("", "y")]), "header_name", "headers", id="no name"),
        pytest.param(Trial(headers=[Header("X Y", "z")]), "header_name", "headers", id="space in a name"),
        pytest.param(Trial(headers=[Header("X:", "z")]), "header_name", "headers", id="colon in a name"),
        pytest.param(Trial(headers=[Header("X\r\nY", "z")]), "header_name", "headers", id="line break in a name"),
        pytest.param(Trial(headers=[Header(":path", "/")]), "header_name", "headers", id="HTTP/2 address"),
        pytest.param(Trial(headers=[Header("\u0425", "z")]), "header_name", "headers", id="no ASCII in a name"),
        pytest.param(Trial(headers=[Header("X", "y\r\nZ: 1")]), "header_value", "headers", id="line break"),
        pytest.param(Trial(headers=[Header("X", "y\n")]), "header_value", "headers", id="line end at the end"),
        pytest.param(Trial(headers=[Header("X", "y\r")]), "header_value", "headers", id="carriage return"),
        pytest.param(Trial(headers=[Header("X", "a\0b")]), "header_value", "headers", id="NUL"),
        pytest.param(Trial(headers=[Header("X", "caf\u00e9")]), "header_value", "headers", id="no ASCII in a value"),
        pytest.param(Trial(headers=[Header("X", "1")] * 51), "trial_headers_many", "headers", id="many headers"),
        pytest.param(Trial(kind=BodyKind.TEXT, text="\ud800"), "text_broken", "body", id="half a character"),
        pytest.param(Trial(kind=BodyKind.JSON, text="{"), "body_not_json", "body", id="broken JSON"),
        pytest.param(Trial(kind=BodyKind.JSON, text="[" * 100_000), "body_not_json", "body", id="deep JSON"),
        pytest.param(Trial(kind=BodyKind.JSON, text="1" * 5000), "body_not_json", "body", id="a long number"),
        pytest.param(Trial(method="HEAD", kind=BodyKind.TEXT), "trial_head_body", "body", id="HEAD with a body"),
        pytest.param(
            Trial(kind=BodyKind.FORM, fields=[Field("a", part="file-0")]), "trial_form_file", "body", id="file"
        ),
        pytest.param(
            Trial(kind=BodyKind.FORM, fields=[Field("a")] * 101), "form_too_many_fields", "body", id="many fields"
        ),
        pytest.param(Trial(kind=BodyKind.MULTIPART, fields=[Field("")]), "trial_field_name", "body", id="no name"),
        pytest.param(
            Trial(kind=BodyKind.MULTIPART, fields=[Field("a", part="file-0", filename="b", type="x\r\nY: z")]),
            "trial_field_type",
            "body",
            id="line break in a type",
        ),
        pytest.param(
            Trial(headers=[Header("Content-Type", "application/json")], kind=BodyKind.MULTIPART, fields=[Field("a")]),
            "trial_multipart_type",
            "headers",
            id="multipart that says it is JSON",
        ),
    ],
)
def test_what_cannot_be_sent_names_its_field(trial: Trial, code: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        request.check(trial)
    assert (caught.value.code, caught.value.facts["field"]) == (code, field)


def test_a_wrong_header_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        request.check(Trial(headers=[Header("X-Fine", "1"), Header("X-Odd", "a\r\nX-Key: b")]))
    assert caught.value.facts["name"] == "X-Odd"


@pytest.mark.parametrize("name", sorted(request.HOP_BY_HOP))
def test_what_the_connection_says_itself_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="header_ours"):
        request.check(Trial(headers=[Header(name.title(), "evil.example")]))


@pytest.mark.parametrize(
    "path",
    [
        *("", "predict", "evil.example/", "http://evil.example/", "https:/evil", "@evil.example/", ":80/", "\\\\evil"),
        *("?a=1", "#a", "/a#b", "/a\r\nX: y", "/a\nb", "/a\0", "/a\x7f", "/a\tb", " /a"),
    ],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(Invalid, match="trial_path"):
        request.check(Trial(path=path))


@pytest.mark.parametrize(
    "path",
    [
        *("/..", "/../", "/../other/predict", "/a/../../other", "/./../other", "//../other", "/a//..//../other"),
        *("/%2e%2e/other", "/%2E%2e/other", "/.%2e/other", "/a/%2e%2e/%2e./other", "/..%2fother", "/..%2Fother"),
        *("/..\\other", "/..%5cother", "\\..\\other", "/a\\..\\..\\other"),
    ],
)
def test_dots_do_not_lead_out_of_the_deployment(path: str) -> None:
    with pytest.raises(Invalid, match="trial_path"):
        request.check(Trial(path=path))


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/"),
        ("//evil.example/x", "//evil.example/x"),
        ("/@evil.example", "/@evil.example"),
        ("/http://evil.example/", "/http://evil.example/"),
        ("/a b?c=d e", "/a%20b?c=d%20e"),
        ("/a/../b", "/a/../b"),
        ("/?next=/../..", "/?next=/../.."),
        ("/%2e%2e.", "/%2e%2e."),
        ("/...", "/..."),
        ("/\u043a\u043e\u0442?q=\U0001f431", "/%D0%BA%D0%BE%D1%82?q=%F0%9F%90%B1"),
        ('/"<>\\^`{|}', "/%22%3C%3E%5C%5E%60%7B%7C%7D"),
        ("/100%25/a+b", "/100%25/a+b"),
        ("/\u2028x", "/%E2%80%A8x"),
    ],
)
def test_any_other_path_goes_over_the_wire_encoded(path: str, target: str) -> None:
    request.check(Trial(path=path))
    assert Trial(path=path).target == target


def test_broken_json_names_its_place() -> None:
    with pytest.raises(Invalid) as caught:
        request.check(Trial(kind=BodyKind.JSON, text='{\n  "a": tru\n}'))
    assert (caught.value.facts["line"], caught.value.facts["column"]) == (2, 8)


@pytest.mark.parametrize(
    "trial",
    [
        Trial(kind=BodyKind.TEXT, text="\u0436" * (request.MOST_TEXT // 2 + 1)),
        Trial(kind=BodyKind.FORM, fields=[Field("a", "x" * (request.MOST_TEXT // 2))] * 2),
    ],
    ids=["text", "fields"],
)
def test_a_typed_body_over_the_limit_is_refused(trial: Trial) -> None:
    with pytest.raises(TooLarge):
        request.check(trial)


@pytest.mark.parametrize("typed", ["true", "TRUE", "false", ""])
def test_an_asynchronous_call_is_asked_for_once(typed: str) -> None:
    trial = Trial(headers=[Header("x-async-request", typed), ASYNCHRONOUS, Header("X", "1")])
    assert trial.asynchronous
    assert trial.given_headers == [Header("X", "1"), ASYNCHRONOUS]


def test_what_asks_for_nothing_asynchronous_is_sent_as_typed() -> None:
    trial = Trial(headers=[Header("X-Async-Request", " no ")])
    assert not trial.asynchronous
    assert trial.given_headers == [Header("X-Async-Request", "no")]


def test_an_empty_key_is_no_key() -> None:
    headers = [Header("X-API-Key", ""), Header("authorization", "  "), Header("X-Empty", "")]
    assert Trial(headers=headers).given_headers == [Header("X-Empty", "")]
