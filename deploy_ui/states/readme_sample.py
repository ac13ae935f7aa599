"""The sample README: an outline of its owner in the reader's language. Pure."""

import re

from deploy_ui.i18n.catalog import text
from deploy_ui.services.readmes.outlines import Outline
from deploy_ui.services.schema_fields import SchemaField

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&$])")
FENCE = re.compile("`{3,}")


def sample(language: str, outline: Outline, *, image: bool) -> str:
    """Return the text; what people named is written so that it reads as it is."""

    def say(key: str, **facts: object) -> str:
        return text(language, f"readme_sample.{key}", **facts)

    checks = [f"- [ ] {say(each)}" for each in ("check_called", "check_quality", "check_load")]
    about = say("about_image") if image else say("about")
    call = say("call_image", url=outline.url) if image else say("call", url=outline.url)
    parts = [
        f"# {plain(outline.name)}\n\n{about}",
        f"## {say('call_title')}\n\n{call}\n\n{fenced('bash', outline.command)}",
        f"## {say('input_title')}\n\n{_input(language, outline)}",
        f"## {say('output_title')}\n\n{say('output')}",
        f"## {say('limits_title')}\n\n> [!NOTE]\n> {say('limits')}",
        "\n".join([f"## {say('checks_title')}\n", *checks]),
        f"## {say('owner_title')}\n\n{say('owner')}",
    ]
    return "\n\n".join(parts) + "\n"


def plain(words: str) -> str:
    """Return words on one line that Markdown leaves as they are."""
    return SPECIAL.sub(r"\\\1", " ".join(words.split()))


def fenced(language: str, code: str) -> str:
    """Return a block of code, whatever is in it."""
    fence = "`" * max([3, *(len(each) + 1 for each in FENCE.findall(code))])
    return f"{fence}{language}\n{code}\n{fence}"


def _input(language: str, outline: Outline) -> str:
    if not outline.fields:
        return text(language, "readme_sample.input")
    titles = (text(language, f"readme_sample.{each}") for each in ("field", "kind", "required", "meaning"))
    head = f"| {' | '.join(titles)} |\n|---|---|---|---|"
    return "\n".join([head, *(_row(language, each) for each in outline.fields)])


def _row(language: str, field: SchemaField) -> str:
    required = text(language, "readme_sample.yes" if field.required else "readme_sample.no")
    return f"| **{plain(field.name)}** | {plain(field.type)} | {required} | {plain(field.description)} |"
