"""A test request as a command for a POSIX shell, which sends the same bytes as the console would.

Nothing is special within single quotes that end on their line. What a terminal would not take as it is (control
characters), what an interactive bash reads as history on lines after the first, what is longer than one argument may
be, and what `curl --form` has no words for comes through a pipe.
"""

import re
import secrets

from deploy_ui.enums import BodyKind
from deploy_ui.errors import Invalid
from deploy_ui.services.trials import addressing, bodies
from deploy_ui.services.trials.bodies import FilePiece, Piece
from deploy_ui.services.trials.request import Field, Trial, check
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

LONGEST_ARGUMENT = 96 * 1024
"""Linux takes 128 KiB in one argument; quotes and encoding make it longer."""
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
"""What a terminal takes for a key when it is pasted: tab completes a name. A line end within quotes is one."""
CONTROL_OR_LINE_END = re.compile(r"[\x00-\x1f\x7f]")
ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
"""What is better readable than its number."""
TAB = """'"$(printf '\\t')"'"""
"""A tab amid single quotes, for what cannot come through a pipe."""
STDIN = ["--data-binary", "@-"]


def command(viewer: Viewer, slug: str, trial: Trial) -> str:
    """Return the command, with a console key that opens for five minutes."""
    check(trial)
    boundary = _boundary()
    return _command(slug, trial, addressing.headers(viewer, slug, trial, boundary), boundary)


def command_with(secret: str, slug: str, trial: Trial) -> str:
    """Return the command, with this key."""
    boundary = _boundary()
    return _command(slug, trial, [("X-API-Key", secret), *addressing.with_type(trial, boundary)], boundary)


def _boundary() -> str:
    return f"----deploy-ui-{secrets.token_hex(12)}"


def _command(slug: str, trial: Trial, headers: addressing.Lines, boundary: str) -> str:
    pieces = bodies.pieces(trial, boundary)
    method = ["--head"] if trial.method == "HEAD" else ["-X", trial.method]
    url = f"{settings().gateway}/{slug}{trial.target}"
    lines = [["curl", *method, *_literal(trial.target), _quoted(url)]]
    body = _form(trial.fields) if _is_plain_form(trial) else None
    lines += [_header(name, value) for name, value in _own_lines(trial, headers, boundary, form=body is not None)]
    piped = ""
    if body is None:
        body, piped = _body(trial, pieces)
    return piped + " \\\n  ".join(" ".join(line) for line in [*lines, *body])


def _own_lines(trial: Trial, headers: addressing.Lines, boundary: str, *, form: bool) -> addressing.Lines:
    """Return the headers to name: with `--form` curl says itself where one part ends and the next begins."""
    if not form:
        return headers
    if not trial.content_type:
        return [each for each in headers if each[0].lower() != "content-type"]
    return [(name, value.removesuffix(f"; boundary={boundary}")) for name, value in headers]


def _header(name: str, value: str) -> list[str]:
    return ["-H", _quoted(f"{name}: {value}" if value else f"{name};")]  # "name:" would remove one


def _body(trial: Trial, pieces: list[Piece]) -> tuple[list[list[str]], str]:
    """Return the options that bring the body, and what is piped in before."""
    if not pieces:
        return [], ""
    if trial.kind == BodyKind.FILE:
        return [["--data-binary", _quoted(f"@{_file(trial.filename)}")]], ""
    if trial.kind == BodyKind.FORM and all(map(_fits, (each.value for each in trial.fields))):
        named = [(bodies.encoded([Field(each.name)]).decode(), each.value) for each in trial.fields]
        return [["--data-urlencode", _quoted(f"{name}{value}")] for name, value in named], ""
    if trial.kind in {BodyKind.JSON, BodyKind.TEXT} and _fits(trial.text):
        return [["--data-raw", _quoted(trial.text)]], ""
    return [STDIN], _pipe(pieces)


def _form(fields: list[Field]) -> list[list[str]]:
    """Return the fields as options of their own."""
    return [
        _file_field(each) if each.part else ["--form-string", _quoted(f"{each.name}={each.value}")] for each in fields
    ]


def _file_field(field: Field) -> list[str]:
    file, name = _in_double(_file(field.filename)), _in_double(field.filename)
    return ["-F", _quoted(f"{field.name}=@{file};type={bodies.type_of(field)};filename={name}")]


def _is_plain_form(trial: Trial) -> bool:
    """Say whether `--form` sends the same: of another type than its own, it would call the fields attachments."""
    usual = trial.content_type.partition(";")[0].strip().lower() in {"", "multipart/form-data"}
    return trial.kind == BodyKind.MULTIPART and bool(trial.fields) and usual and all(map(_has_words, trial.fields))


def _has_words(field: Field) -> bool:
    """Say whether `--form` can express a field: it ends a name at the first equals sign, a type at a semicolon."""
    texts = (field.name, field.value, field.filename)
    return bool("=" not in field.name and ";" not in field.type and all(map(_fits, texts)))


def _fits(text: str) -> bool:
    return _is_plain(text) and len(text.encode()) <= LONGEST_ARGUMENT


def _is_plain(text: str) -> bool:
    """Say whether a text can be typed within single quotes.

    An interactive bash takes a caret at the beginning of any line for history, and before 5.0 an exclamation mark on a
    line that its quotes did not begin on.
    """
    return not CONTROL.search(text) and "\n^" not in text and "!" not in text.partition("\n")[2]


def _pipe(pieces: list[Piece]) -> str:
    """Return what writes the pieces one behind the other. `printf` is the shell's own, so its arguments may be long."""
    steps = [
        f"cat {_quoted(_file(each.filename))}" if isinstance(each, FilePiece) else _printed(each) for each in pieces
    ]
    return f"{steps[0]} | " if len(steps) == 1 else f"{{ {'; '.join(steps)}; }} | "


def _printed(piece: bytes) -> str:
    text = piece.decode()
    if _is_plain(text):
        return f"printf %s {_quoted(text)}"
    escaped = CONTROL_OR_LINE_END.sub(_escaped, text.replace("\\", "\\\\"))
    return f"printf %b {_quoted(escaped)}"


def _escaped(found: re.Match[str]) -> str:
    return ESCAPES.get(found[0], f"\\0{ord(found[0]):03o}")


def _file(filename: str) -> str:
    """Return where the shell finds a file that the browser knows by its name only: in the folder one is in."""
    name = filename.rpartition("/")[2] or "file"
    if CONTROL_OR_LINE_END.search(name):
        raise Invalid("trial_filename", field="body")
    return f"./{name}" if name.startswith("-") else name


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''").replace("\t", TAB) + "'"


def _in_double(text: str) -> str:
    """Quote within an argument, as curl reads it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _literal(target: str) -> list[str]:
    """Return the options without which curl would read brackets as ranges, or resolve dots before sending."""
    path = target.partition("?")[0]
    return [*(["--globoff"] if set("[]") & set(target) else []), *(["--path-as-is"] if "/." in path else [])]
