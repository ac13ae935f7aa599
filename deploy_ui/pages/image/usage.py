"""The Usage tab: every deployment that runs the image or ran it before, and whether it can be deleted."""

import reflex as rx

from deploy_ui.components.buttons import icon_button
from deploy_ui.components.layout import callout, empty_state
from deploy_ui.components.links import link
from deploy_ui.components.menus import menu, menu_item
from deploy_ui.components.status import phase_status
from deploy_ui.components.tables import Column, data_table, row, skeleton_rows, toolbar
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.states.image.card import ImageState
from deploy_ui.states.image.usage import UsageLine, UsageState

COLUMNS = (
    Column(t("usage.deployment"), area="name"),
    Column(t("usage.status"), width="176px", area="status"),
    Column(t("usage.revisions"), width="112px", area="fact"),
    Column(t("usage.instances"), width="112px", right=True, area="fact"),
    Column(t("usage.from"), width="176px", right=True, area="fact"),
    Column(t("usage.until"), width="176px", right=True, area="fact"),
    Column("", width="44px", area="menu"),
)


def usage() -> rx.Component:
    """Return the tab."""
    some = UsageState.now_count + UsageState.before_count > 0
    return rx.el.section(
        rx.cond(UsageState.loaded, rx.cond(some, _table(), _none()), data_table(COLUMNS, skeleton_rows(COLUMNS, 3))),
        class_name="content",
        data_testid="usage",
    )


def _table() -> rx.Component:
    shown = UsageState.now_count + rx.cond(UsageState.with_former, UsageState.before_count, 0)
    former = rx.el.button(
        rx.el.span(class_name="switch", aria_checked=UsageState.with_former),
        t("usage.former"),
        type="button",
        role="switch",
        aria_checked=UsageState.with_former,
        on_click=UsageState.show_former,
        class_name="switchline",
        data_testid="former",
    )
    return rx.fragment(
        toolbar(
            rx.el.p(t("usage.words"), class_name="muted small-text"),
            end=rx.cond(UsageState.before_count > 0, former, rx.fragment()),
        ),
        _verdict(),
        data_table(
            COLUMNS,
            rx.fragment(
                _group(t("usage.now"), UsageState.now_count),
                rx.foreach(UsageState.now, _row),
                rx.cond(
                    UsageState.with_former & (UsageState.before_count > 0),
                    rx.fragment(
                        _group(t("usage.before"), UsageState.before_count), rx.foreach(UsageState.before, _row)
                    ),
                ),
            ),
            data_testid="usage-table",
        ),
        rx.el.div(rx.el.span(t_count("usage.count", shown)), class_name="tablefoot"),
    )


def _verdict() -> rx.Component:
    """Say whether the image can be deleted, and why not or what that would take away."""
    wanted, older = UsageState.wanted, UsageState.older
    in_use = rx.el.div(
        rx.cond(wanted > 0, rx.el.div(t_count("usage.wanted", wanted))),
        rx.cond(older > 0, rx.el.div(t_count("usage.older", older))),
    )
    safe = callout(t("usage.safe"), data_testid="verdict", data_verdict="safe")
    lost = callout(
        t("usage.costs"),
        rx.el.ul(rx.foreach(UsageState.lost, lost_line), class_name="bulleted"),
        kind="warning",
        data_testid="verdict",
        data_verdict="costs",
    )
    barred = callout(in_use, kind="warning", data_testid="verdict", data_verdict="barred")
    verdict = rx.cond(UsageState.now_count > 0, barred, rx.cond(UsageState.lost.length() > 0, lost, safe))
    return rx.cond(ImageState.card.deleted, rx.fragment(), rx.el.div(verdict, class_name="verdict"))


def lost_line(each: UsageLine) -> rx.Component:
    """Return a deployment that could not be rolled back any more, with the revisions."""
    name = link(each.name, to=f"/deployments/{each.slug}/general", class_name="link")
    return rx.el.li(name, " ", rx.el.span(each.revisions, class_name="muted"), key=each.slug)


def _group(words: rx.Var[str], count: rx.Var[int]) -> rx.Component:
    cell = rx.el.td(words, rx.el.span(count, class_name="count"), col_span=len(COLUMNS))
    return rx.cond(count > 0, rx.el.tr(cell, class_name="group"))


def _row(each: UsageLine) -> rx.Component:
    target = rx.cond(each.deleted, f"/deployments/{each.slug}", f"/deployments/{each.slug}/general")
    until = rx.cond(each.used_until, when(each.used_until, exact=True), t("usage.until_now"))
    return row(
        COLUMNS,
        [
            link(each.name, to=target, title=each.name, class_name="rowlink ellipsis"),
            phase_status(each.phase.to(str)),
            rx.el.span(each.revisions, class_name="muted", title=each.revisions),
            rx.cond(each.instances != "", each.instances, "–"),
            rx.el.span(when(each.used_from, exact=True), class_name="muted"),
            rx.el.span(until, class_name="muted"),
            _menu(each, target),
        ],
        key=each.slug,
        class_name=rx.cond(each.used_until, "ended", ""),
        data_testid="user",
        data_slug=each.slug,
    )


def _menu(each: UsageLine, target: rx.Var[str]) -> rx.Component:
    return menu(
        icon_button("ellipsis", t("common.actions_for", name=each.name), small=True, data_testid="user-actions"),
        menu_item(t("usage.open"), icon_name="arrow-right", on_select=rx.redirect(target)),
        rx.cond(
            each.deleted,
            rx.fragment(),
            menu_item(
                t("usage.logs"), icon_name="scroll-text", on_select=rx.redirect(f"/deployments/{each.slug}/logs")
            ),
        ),
    )


def _none() -> rx.Component:
    return empty_state("rocket", t("usage.none"), t("usage.none_words"), data_testid="no-usage")
