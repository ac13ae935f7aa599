"""Copy as cURL, checked as people use it: a real shell reads the command, a real curl sends it, a server records it."""

from pathlib import Path

import pytest

from deploy_ui.enums import BodyKind
from deploy_ui.errors import Invalid
from deploy_ui.services.trials import bodies, curl
from deploy_ui.services.trials.request import METHODS, Field, Header, Trial
from tests import factories
from tests.services.trials.hostile import NAMES, TEXTS
from tests.services.trials.recorder import Got, Recorder
from tests.services.trials.shells import SHELLS, paste, run

SLUG = "fraud"
SECRET = "dk_mine"
BOUNDARY = "BOUNDARY"


def sends(recorder: Recorder, trial: Trial, shell: str = "bash", folder: Path | None = None) -> Got:
    """Return what the command of a request sends."""
    return run(recorder, curl.command_with(SECRET, SLUG, trial), shell, folder)


def content(trial: Trial, folder: Path) -> bytes:
    """Return the body that the console would send."""
    told = (
        each if isinstance(each, bytes) else (folder / each.filename).read_bytes()
        for each in bodies.pieces(trial, BOUNDARY)
    )
    return b"".join(told)


def form_of(got: Got) -> bytes:
    """Return a multipart body with a boundary that does not depend on who made it."""
    boundary = got.values("content-type")[0].rpartition("; boundary=")[2]
    return got.body.replace(boundary.encode(), BOUNDARY.encode())


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
def test_any_text_arrives_as_it_is(recorder: Recorder, text: str, shell: str) -> None:
    got = sends(recorder, Trial(kind=BodyKind.TEXT, text=text), shell)
    assert got.body == text.encode()
    assert (got.method, got.target) == ("POST", f"/{SLUG}/predict")
    assert got.values("content-type") == ["text/plain; charset=utf-8"]
    assert got.values("x-api-key") == [SECRET]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
def test_any_text_arrives_in_a_form(recorder: Recorder, tmp_path: Path, text: str) -> None:
    form = Trial(kind=BodyKind.FORM, fields=[Field(text[:200], text), Field("other", "1")])
    got = sends(recorder, form)
    assert got.body == content(form, tmp_path)
    assert got.values("content-type") == ["application/x-www-form-urlencoded"]
    multipart = Trial(kind=BodyKind.MULTIPART, fields=[Field(text[:200], text), Field("other", "1")])
    got = sends(recorder, multipart)
    assert form_of(got) == content(multipart, tmp_path)
    assert got.values("content-type")[0].startswith("multipart/form-data; boundary=")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_arrives(recorder: Recorder, method: str) -> None:
    got = sends(recorder, Trial(method=method))
    assert (got.method, got.body) == (method, b"")
    assert got.values("content-type") == []


@pytest.mark.parametrize("method", [each for each in METHODS if each != "HEAD"])
def test_every_method_that_may_have_a_body_brings_it(recorder: Recorder, method: str) -> None:
    got = sends(recorder, Trial(method=method, kind=BodyKind.JSON, text='{"a": "it\'s"}'))
    assert (got.method, got.body) == (method, b'{"a": "it\'s"}')
    assert got.values("content-type") == ["application/json"]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/"),
        ("/a[1-3]/b[x]", "/a[1-3]/b[x]"),
        ("/a{b,c}", "/a%7Bb,c%7D"),
        ("/p?q=a b&c='d'", "/p?q=a%20b&c='d'"),
        ("/p?a=1&b=$HOME&c=!!&d=`id`", "/p?a=1&b=$HOME&c=!!&d=%60id%60"),
        ("/p?ids[]=1&ids[]=2", "/p?ids[]=1&ids[]=2"),
        ("/a/../b/./c", "/a/../b/./c"),
        ("/a/.", "/a/."),
        ("/a%2Fb%20c", "/a%2Fb%20c"),
        ("/\u043f\u0443\u0442\u044c", "/%D0%BF%D1%83%D1%82%D1%8C"),
        ("/a?b?c=/../d", "/a?b?c=/../d"),
        ("/a;b=c@d:e", "/a;b=c@d:e"),
        ("//evil.example/x", "//evil.example/x"),
        ("/@evil.example/", "/@evil.example/"),
        ('/"<>\\^|', "/%22%3C%3E%5C%5E%7C"),
        ("/x?", "/x?"),
        ("/100%", "/100%"),
    ],
)
def test_a_path_arrives_as_the_console_sends_it(recorder: Recorder, path: str, target: str) -> None:
    trial = Trial(method="GET", path=path)
    assert trial.target == target
    assert sends(recorder, trial).target == f"/{SLUG}{target}"


@pytest.mark.parametrize(
    ("name", "value", "arrives"),
    [
        ("X-Quotes", 'it\'s "odd"', 'it\'s "odd"'),
        ("X-Dollar", "$HOME $(id) `id` !! !id", "$HOME $(id) `id` !! !id"),
        ("X-Backslash", "\\ \\\\ \\n", "\\ \\\\ \\n"),
        ("X-Empty", "", ""),
        ("X-Spaces", "  a  b\t", "a  b"),
        ("X-Tab", "a\tb'\t'c", "a\tb'\t'c"),
        ("X-Only-Spaces", "  ", ""),
        ("X-Colon", ":a:", ":a:"),
        ("X-Semicolon", ";", ";"),
        ("X-At", "@/etc/hostname", "@/etc/hostname"),
        ("X-Percent", "%s %0a", "%s %0a"),
        ("X!#$&'*+.^_`|~-", "odd name", "odd name"),
        ("-X", "hyphen", "hyphen"),
        ("Accept", "", ""),
        ("Accept", "text/html", "text/html"),
        ("User-Agent", "mine", "mine"),
        ("Accept-Encoding", "gzip", "gzip"),
        ("Cookie", "a=1; b='2'", "a=1; b='2'"),
        ("Referer", "http://x/", "http://x/"),
    ],
)
def test_a_header_arrives(recorder: Recorder, name: str, value: str, arrives: str) -> None:
    got = sends(recorder, Trial(method="GET", headers=[Header(name, value)]))
    assert got.values(name) == [arrives]


def test_headers_of_one_name_all_arrive_in_order(recorder: Recorder) -> None:
    got = sends(recorder, Trial(headers=[Header("X-A", "1"), Header("x-a", "2"), Header("X-A", "1")]))
    assert got.values("x-a") == ["1", "2", "1"]


@pytest.mark.parametrize("kind", [BodyKind.JSON, BodyKind.TEXT, BodyKind.FORM, BodyKind.FILE, BodyKind.NONE])
def test_the_own_content_type_is_said_once(recorder: Recorder, tmp_path: Path, kind: BodyKind) -> None:
    (tmp_path / "a.bin").write_bytes(b"1")
    told = Header("content-TYPE", "application/x-mine; a='b'")
    trial = Trial(headers=[told], kind=kind, text="1", fields=[Field("a", "1")], filename="a.bin")
    assert sends(recorder, trial, folder=tmp_path).values("content-type") == [told.value]


BYTES = bytes(range(256)) * 5 + b"\r\n--x--\r\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_the_body_by_its_name(recorder: Recorder, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BYTES)
    trial = Trial(method="PUT", kind=BodyKind.FILE, filename=name)
    got = sends(recorder, trial, folder=tmp_path)
    assert (got.method, got.body) == ("PUT", BYTES)
    assert got.values("content-type") == [bodies.content_type(trial, "")]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_goes_into_a_form_by_its_name(recorder: Recorder, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BYTES)
    fields = [Field("file", part="file-0", filename=name, type="image/png"), Field("a", "@b"), Field("c", "<d;type=e")]
    trial = Trial(kind=BodyKind.MULTIPART, fields=fields)
    assert form_of(sends(recorder, trial, folder=tmp_path)) == content(trial, tmp_path)


@pytest.mark.parametrize("name", ["a=b", "it's", 'say "hi"', "a;b", "a b", "\u0438\u043c\u044f", "-F", "@x", "a\r\nb"])
def test_any_field_name_arrives(recorder: Recorder, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.bin").write_bytes(BYTES)
    fields = [Field(name, "1"), Field(name, part="file-1", filename="a.bin")]
    trial = Trial(kind=BodyKind.MULTIPART, fields=fields)
    assert form_of(sends(recorder, trial, folder=tmp_path)) == content(trial, tmp_path)
    form = Trial(kind=BodyKind.FORM, fields=[Field(name, "1+1=2&x"), Field("a&b=c+d e", "")])
    assert sends(recorder, form).body == content(form, tmp_path)


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/mixed", 'multipart/related; boundary="a b"; c=d'])
def test_the_own_multipart_type_gets_the_right_boundary(recorder: Recorder, tmp_path: Path, kind: str) -> None:
    trial = Trial(headers=[Header("Content-Type", kind)], kind=BodyKind.MULTIPART, fields=[Field("a", "1")])
    got = sends(recorder, trial, folder=tmp_path)
    assert form_of(got) == content(trial, tmp_path)
    told = got.values("content-type")
    assert len(told) == 1
    boundary = told[0].rpartition("; boundary=")[2]
    assert got.body.startswith(f"--{boundary}\r\n".encode())
    assert told[0].startswith(kind.partition(";")[0])


def test_a_form_without_fields_is_a_body_still(recorder: Recorder, tmp_path: Path) -> None:
    trial = Trial(kind=BodyKind.MULTIPART)
    assert form_of(sends(recorder, trial)) == content(trial, tmp_path)


@pytest.mark.parametrize("name", ["a\0b", "a\x1b[201~b", "a\rb", "a\nb"])
def test_a_file_no_terminal_could_name_is_refused(name: str, data_dir: Path) -> None:
    assert data_dir
    with pytest.raises(Invalid, match="trial_filename"):
        curl.command_with(SECRET, SLUG, Trial(kind=BodyKind.FILE, filename=name))


def test_a_folder_is_not_part_of_a_files_name(recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(BYTES)
    assert sends(recorder, Trial(kind=BodyKind.FILE, filename="../../a.bin"), folder=tmp_path).body == BYTES


def test_what_is_pasted_at_a_terminal_arrives(recorder: Recorder) -> None:
    text = "".join(each for name, each in TEXTS.items() if "over" not in name and "mega" not in name)
    trial = Trial(kind=BodyKind.TEXT, text=text, headers=[Header("X-Odd", "!! $HOME 'a'")])
    paste(curl.command_with(SECRET, SLUG, trial), recorder)
    got = recorder.last()
    assert got.body == text.encode()
    assert got.values("x-odd") == ["!! $HOME 'a'"]


def test_a_command_opens_with_a_key_of_the_consoles_own(slug: str, recorder: Recorder) -> None:
    trial = Trial(kind=BodyKind.JSON, text="{}")
    got = run(recorder, curl.command(factories.viewer(), slug, trial))
    assert got.values("x-api-key")[0].startswith("dk_")
    own = Trial(headers=[Header("Authorization", "Bearer dk_own")])
    got = run(recorder, curl.command(factories.viewer(), slug, own))
    assert (got.values("authorization"), got.values("x-api-key")) == (["Bearer dk_own"], [])
