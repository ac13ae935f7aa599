"""The comparison with another image: what differs, and how much is the same."""

from typing import Any

import reflex as rx

from deploy_ui.components.amounts import size
from deploy_ui.components.buttons import button
from deploy_ui.components.layout import callout, skeleton
from deploy_ui.components.links import link, text_link
from deploy_ui.components.status import image_status
from deploy_ui.components.tables import Column, data_table, row, search_field, toolbar
from deploy_ui.components.text_diff import text_diff
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.services.image_comparison import Choice, FactChange, FileChange, PackageChange
from deploy_ui.states.image.card import ImageState
from deploy_ui.states.image.compare import CompareState

FACTS = ("kind", "entry", "command", "ready_path", "python", "size_bytes", "packages_bytes", "env_names", "env_values")
CHANGES = ("added", "removed", "changed", "unknown")


def _columns(name: str) -> tuple[Column, ...]:
    return (
        Column(t(f"compare.{name}"), area="name"),
        Column(t("compare.before"), width="30%", area="fact"),
        Column(t("compare.after"), width="30%", area="fact"),
        Column("", width="152px", area="status"),
    )


PACKAGE_COLUMNS, FILE_COLUMNS = _columns("package"), _columns("file")
FACT_COLUMNS = _columns("fact")[:3]


def compare() -> rx.Component:
    """Return the view."""
    chosen = CompareState.other != ""
    differences = rx.cond(CompareState.found, _differences(), rx.el.div(skeleton(height="200px"), aria_busy=True))
    failed = callout(CompareState.problem, kind="error", data_testid="compare-problem")
    return rx.el.section(
        rx.cond(~chosen | CompareState.choosing | (CompareState.problem != ""), _choose()),
        rx.cond(CompareState.problem != "", failed, rx.cond(chosen, differences)),
        class_name="content content--wide compare",
        data_testid="compare",
    )


def _choose() -> rx.Component:
    none = rx.el.p(t("compare.no_choice"), class_name="muted")
    return rx.el.div(
        rx.el.h2(t("compare.choose", name=ImageState.card.name), class_name="h2 wrap"),
        toolbar(search_field(CompareState.search, CompareState.look_for, t("images.search"))),
        rx.cond(
            CompareState.choices.length() > 0,
            rx.el.div(rx.foreach(CompareState.choices, _choice), class_name="files files--long"),
            none,
        ),
        class_name="choosing",
        data_testid="choices",
    )


def _choice(each: Choice) -> rx.Component:
    return link(
        rx.el.span(each.name, class_name="strong ellipsis", title=each.name),
        rx.cond(each.related, rx.el.span(t("compare.related"), class_name="badge")),
        rx.el.span(image_status(each.status), class_name="size small only-wide"),
        rx.el.span(when(each.created_at), class_name="muted small"),
        to=f"/images/{ImageState.card.id}/compare?with={each.id}",
        class_name="filerow filerow--read filerow--link",
        key=each.id,
        data_testid="choice",
    )


def _differences() -> rx.Component:
    found = CompareState.found
    return rx.fragment(
        _head(),
        rx.cond(CompareState.same, callout(t("compare.same"), data_testid="compare-same")),
        rx.cond(
            found.before.deleted | found.after.deleted, callout(t("compare.deleted"), data_testid="compare-deleted")
        ),
        _part(t("compare.facts"), found.facts.length(), data_table(FACT_COLUMNS, rx.foreach(found.facts, _fact))),
        _text(t("new_image.script"), "python", **_urls(found.before.entry, found.after.entry)),
        _text(t("new_image.requirements"), "text", **_urls(found.before.requirements, found.after.requirements)),
        _packages(),
        _files(),
        _schemas(),
    )


def _head() -> rx.Component:
    found = CompareState.found
    swap = link(
        t("compare.swap"),
        to=f"/images/{found.before.id}/compare?with={found.after.id}",
        class_name="btn btn--ghost btn--s",
    )
    return rx.el.div(
        rx.el.span(t("compare.from"), class_name="muted"),
        text_link(found.before.name, f"/images/{found.before.id}/info", title=found.before.name, data_testid="before"),
        rx.el.span(t("compare.to"), class_name="muted"),
        rx.el.span(found.after.name, class_name="strong", title=found.after.name),
        rx.el.span(class_name="grow"),
        swap,
        button(t("compare.another"), small=True, on_click=CompareState.choose_other, data_testid="another"),
        class_name="comparehead",
    )


def _part(
    title: rx.Var[str], count: rx.Var[int], table: rx.Component, *, note: Any = "", data_testid: str = ""
) -> rx.Component:
    """Return a table with its title; folded to one line where nothing differs."""
    nothing = rx.el.p(t("compare.no_difference"), class_name="small muted")
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, class_name="h2"),
            rx.el.span(count, class_name="muted num"),
            rx.el.span(note, class_name="small muted"),
            class_name="section__head section__head--note",
        ),
        rx.cond(count > 0, table, nothing),
        class_name="section",
        data_testid=data_testid,
    )


def _fact(each: FactChange) -> rx.Component:
    name = rx.match(each.field, *((field, t(f"compare.fact_{field}")) for field in FACTS), each.field)
    return row(FACT_COLUMNS, [name, _fact_value(each, each.before), _fact_value(each, each.after)], key=each.field)


def _fact_value(each: FactChange, value: rx.Var[str]) -> rx.Component:
    masked = rx.cond(each.field == "env_values", value + " =••••", rx.cond(value != "", value, "–"))
    return rx.cond(
        each.is_size,
        rx.el.span(size(value.to(int)), class_name="num"),
        rx.el.span(masked, class_name="mono", title=value),
    )


def _urls(before: rx.Var[str], after: rx.Var[str]) -> dict[str, rx.Var[str]]:
    found = CompareState.found
    return {
        "before_url": rx.cond(before != "", f"/api/v1/images/{found.before.id}/files/{before}", ""),
        "after_url": rx.cond(after != "", f"/api/v1/images/{found.after.id}/files/{after}", ""),
    }


def _text(title: rx.Var[str], language: str, **texts: rx.Var[str]) -> rx.Component:
    view = text_diff(
        language=language, label=title, class_name="panel panel--code", data_testid=f"diff-{language}", **texts
    )
    head = rx.el.div(rx.el.h2(title, class_name="h2"), class_name="section__head")
    return rx.el.section(head, view, class_name="section")


def _packages() -> rx.Component:
    found = CompareState.found
    table = rx.fragment(
        data_table(PACKAGE_COLUMNS, rx.foreach(found.packages, _package)), _more(CompareState.more_packages)
    )
    count = found.packages.length() + CompareState.more_packages
    note = t_count("compare.same_packages", found.same_packages)
    return _part(t("image.lock"), count, table, note=note, data_testid="diff-packages")


def _package(each: PackageChange) -> rx.Component:
    return row(
        PACKAGE_COLUMNS,
        [
            rx.el.span(each.name, class_name="mono ellipsis", title=each.name),
            _version(each.before),
            _version(each.after),
            _change(each.change),
        ],
        key=each.name,
        data_testid="package",
        data_change=each.change,
    )


def _version(version: rx.Var[str]) -> rx.Component:
    return rx.el.span(rx.cond(version != "", version, "–"), class_name="mono", title=version)


def _files() -> rx.Component:
    found = CompareState.found
    table = rx.fragment(data_table(FILE_COLUMNS, rx.foreach(found.files, _file)), _more(CompareState.more_files))
    count = found.files.length() + CompareState.more_files
    note = t_count("compare.same_files", found.same_files)
    return _part(t("new_image.files"), count, table, note=note, data_testid="diff-files")


def _file(each: FileChange) -> rx.Component:
    return row(
        FILE_COLUMNS,
        [
            rx.el.span(each.path, class_name="mono ellipsis", title=each.path),
            rx.cond(each.change == "added", "–", size(each.before)),
            rx.cond(each.change == "removed", "–", size(each.after)),
            _change(each.change),
        ],
        key=each.path,
        data_testid="file",
        data_change=each.change,
    )


def _change(change: rx.Var[str]) -> rx.Component:
    looks = {"added": "green", "removed": "red", "changed": "blue", "unknown": "amber"}
    return rx.match(
        change,
        *((each, rx.el.span(t(f"compare.{each}"), class_name=f"badge badge--{looks[each]}")) for each in CHANGES),
        rx.fragment(),
    )


def _more(count: rx.Var[int]) -> rx.Component:
    return rx.cond(count > 0, rx.el.div(t_count("compare.more", count), class_name="tablefoot"))


def _schemas() -> rx.Component:
    schemas = CompareState.schemas
    title = t("image.schema")
    return rx.cond(
        schemas.too_long,
        rx.el.section(callout(t("compare.schema_long")), class_name="section"),
        _text(title, "json", before=schemas.before, after=schemas.after),
    )
