"""The Instances tab."""

from typing import Any

import reflex as rx

from deploy_ui.components.amounts import decimal, duration, memory, used_memory
from deploy_ui.components.buttons import button_link
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout, empty_state
from deploy_ui.components.links import link
from deploy_ui.components.status import instance_status
from deploy_ui.components.tables import Column, chip, chips, data_table, row, skeleton_rows, toolbar
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment.start_steps import running_step
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.instances import FILTERS, InstanceLine, InstancesState

NEARLY_FULL = 90
"""Percent of a limit from which on its bar is amber."""
RUNNING = (
    Column(t("instances.key"), width="116px", area="name"),
    Column(t("instances.status"), area="status"),
    Column(t("instances.started"), width="124px", right=True, area="fact"),
    Column(t("instances.ready_in"), width="100px", right=True, area="fact"),
    Column(t("instances.cpu"), width="120px", area="fact"),
    Column(t("instances.memory"), width="128px", area="fact"),
    Column(t("instances.restarts"), width="108px", right=True, area="fact"),
    Column(t("instances.node"), width="88px", area="fact"),
    Column("", width="44px", area="menu"),
)
ENDED = (
    Column(t("instances.key"), width="112px", area="name"),
    Column(t("instances.status_reason"), area="status"),
    Column(t("instances.started"), width="124px", right=True, area="fact"),
    Column(t("instances.ready_in"), width="100px", right=True, area="fact"),
    Column(t("instances.ended"), width="116px", right=True, area="fact"),
    Column(t("instances.peak"), width="100px", right=True, area="fact"),
    Column(t("instances.restarts"), width="108px", right=True, area="fact"),
    Column(t("instances.exit_code"), width="92px", right=True, area="fact"),
    Column("", width="44px", area="menu"),
)


def instances() -> rx.Component:
    """Return the tab."""
    nothing = InstancesState.counts[""] == 0
    return rx.el.section(
        rx.cond(
            InstancesState.loaded & (InstancesState.shown_slug == rx.State.slug),
            rx.cond(nothing, _none(), _parts()),
            data_table(RUNNING, skeleton_rows(RUNNING, 3), aria_busy=True),
        ),
        class_name="content content--wide",
        data_testid="instances",
    )


def _parts() -> rx.Component:
    shown, ended = InstancesState.shown, InstancesState.ended
    title = rx.cond(shown == "failed", t("instances.failed_title"), t("instances.ended_title"))
    note = t_count("instances.newest", CardState.log_days)
    return rx.fragment(
        rx.cond(InstancesState.shortage, _shortage()),
        toolbar(_filters()),
        rx.cond(
            (shown == "") | (shown == "running"),
            _part(t("instances.running"), RUNNING, InstancesState.running, _running, name="running"),
        ),
        rx.cond(
            (shown == "ended") | (shown == "failed") | (ended.length() > 0),
            _part(title, ENDED, ended, _ended, name="ended", note=note),
        ),
    )


def _filters() -> rx.Component:
    address = f"/deployments/{rx.State.slug}/instances"
    return chips(
        chip(
            t("common.all"),
            InstancesState.counts[""],
            pressed=InstancesState.shown == "",
            to=address,
            data_testid="show-all",
        ),
        *(
            chip(
                t(f"instances.show.{name}"),
                InstancesState.counts[name],
                pressed=InstancesState.shown == name,
                to=f"{address}?status={name}",
                data_testid=f"show-{name}",
            )
            for name in FILTERS
        ),
        label=t("instances.status"),
    )


def _none() -> rx.Component:
    words = rx.cond(CardState.at_rest, t("instances.none_at_rest"), t("instances.none_words"))
    return empty_state("layers", t("instances.none"), words, data_testid="no-instances")


def _shortage() -> rx.Component:
    found, slug = InstancesState.shortage, rx.State.slug
    return callout(
        rx.el.div(
            rx.el.span(
                rx.el.span(t_count("instances.short", found.times, instance=found.instance), class_name="strong"),
                " ",
                t("instances.short_help", memory=memory(CardState.card.memory_mb)),
                class_name="grow",
            ),
            button_link(t("instances.change_memory"), f"/deployments/{slug}/general", look="soft", small=True),
            button_link(
                t("instances.open_log"), f"/deployments/{slug}/logs?instance={found.instance}", look="soft", small=True
            ),
            class_name="row row--wrap",
        ),
        kind="warning",
        data_testid="shortage",
    )


def _part(
    title: rx.Var[str],
    columns: tuple[Column, ...],
    lines: rx.Var[list[InstanceLine]],
    view: Any,
    *,
    name: str,
    note: rx.Var[str] | str = "",
) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, " ", rx.el.span(lines.length(), class_name="count"), class_name="h2"),
            rx.el.span(class_name="grow"),
            rx.el.span(note, class_name="small muted"),
            class_name="section__head section__head--table",
        ),
        rx.cond(
            lines.length() > 0,
            data_table(columns, rx.foreach(lines, view), data_testid=f"instances-{name}"),
            rx.el.p(t(f"instances.none_{name}"), class_name="muted", data_testid=f"none-{name}"),
        ),
        class_name="section",
    )


def _running(each: InstanceLine) -> rx.Component:
    cores = t("instances.cores", cores=decimal(each.cpu), of=decimal(CardState.card.cpu))
    share = rx.cond(each.cpu_percent < 1, t("instances.idle"), t("unit.percent", number=each.cpu_percent))
    return row(
        RUNNING,
        [
            _key(each),
            _status(each),
            when(each.started_at, clock=True),
            _span(each.ready_in_s),
            rx.cond(each.cpu.is_none(), "–", _meter(share, each.cpu_percent, cores)),
            rx.cond(each.memory_mb.is_none(), "–", _meter(used_memory(each.memory_mb), each.memory_percent, _limit())),
            each.restarts,
            rx.el.span(each.node, class_name="muted"),
            _log_link(each),
        ],
        key=each.key,
        data_testid="instance",
        data_key=each.key,
    )


def _ended(each: InstanceLine) -> rx.Component:
    return row(
        ENDED,
        [
            _key(each),
            _status(each),
            when(each.started_at, clock=True),
            _span(each.ready_in_s),
            when(each.ended_at),
            rx.cond(each.memory_mb.is_none(), "–", used_memory(each.memory_mb)),
            each.restarts,
            _exit_code(each),
            _log_link(each),
        ],
        key=each.key,
        class_name="ended",
        data_testid="instance",
        data_key=each.key,
    )


def _status(each: InstanceLine) -> rx.Component:
    """Return the status, and how far a start has come; what the machine said of it is in the tooltip."""
    status = instance_status(each.status, each.reason)
    return rx.el.span(status, rx.cond(each.step, running_step(each.step)), class_name="row", title=each.message)


def _exit_code(each: InstanceLine) -> rx.Component:
    look = rx.cond((each.exit_code == "0") | (each.exit_code == ""), "mono", "mono red")
    return rx.el.span(rx.cond(each.exit_code != "", each.exit_code, "–"), class_name=look)


def _span(seconds: rx.Var[float | None]) -> Any:
    return rx.cond(seconds.is_none(), "–", duration(seconds))


def _limit() -> rx.Var[str]:
    return t("instances.of_limit", limit=memory(CardState.card.memory_mb))


def _meter(words: rx.Var[str], percent: rx.Var[int], title: rx.Var[str]) -> rx.Component:
    look = rx.cond(percent >= NEARLY_FULL, "meter meter--full", "meter")
    return rx.el.span(
        rx.el.span(rx.el.i(style={"width": f"{percent}%"}), class_name=look),
        rx.el.span(words, class_name="num"),
        class_name="row",
        title=title,
    )


def _key(each: InstanceLine) -> rx.Component:
    """Return the instance's key and revision; a click anywhere in its row leads to its log."""
    revision = t("timeline.revision", revision=each.revision)
    return link(
        each.key,
        " ",
        rx.el.span("r", each.revision, class_name="muted", title=revision, aria_label=revision),
        to=_log_address(each),
        class_name="rowlink mono",
        data_testid="instance-link",
    )


def _log_address(each: InstanceLine) -> str:
    return f"/deployments/{rx.State.slug}/logs?instance={each.key}"


def _log_link(each: InstanceLine) -> rx.Component:
    label = t("instances.log", instance=each.key)
    return link(
        icon("scroll-text"),
        to=_log_address(each),
        class_name="iconbtn iconbtn--s",
        aria_label=label,
        title=label,
        data_testid="instance-log",
    )
