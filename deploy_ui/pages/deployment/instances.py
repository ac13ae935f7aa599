"""The Instances tab."""

from typing import Any

import reflex as rx

from deploy_ui.components.icons import icon
from deploy_ui.components.layout import empty_state
from deploy_ui.components.links import link
from deploy_ui.components.status import instance_status
from deploy_ui.components.tables import Column, data_table, row, skeleton_rows
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t
from deploy_ui.states.deployment.instances import InstanceLine, InstancesState

RUNNING = (
    Column(t("instances.key"), width="88px", area="name"),
    Column(t("instances.status"), area="status"),
    Column(t("instances.revision"), width="76px", area="author"),
    Column(t("instances.started"), width="112px", right=True, area="last"),
    Column(t("instances.ready_in"), width="84px", right=True, area="author"),
    Column(t("instances.cpu"), width="144px", area="inst"),
    Column(t("instances.memory"), width="144px", area="image"),
    Column(t("instances.restarts"), width="88px", right=True, area="author"),
    Column(t("instances.node"), width="96px", area="author"),
    Column("", width="44px", area="menu"),
)
ENDED = (
    Column(t("instances.key"), width="88px", area="name"),
    Column(t("instances.status_reason"), area="status"),
    Column(t("instances.revision"), width="76px", area="author"),
    Column(t("instances.started"), width="112px", right=True, area="author"),
    Column(t("instances.ready_in"), width="84px", right=True, area="author"),
    Column(t("instances.ended"), width="112px", right=True, area="last"),
    Column(t("instances.lived"), width="76px", right=True, area="inst"),
    Column(t("instances.peak"), width="112px", right=True, area="author"),
    Column(t("instances.exit_code"), width="80px", right=True, area="image"),
    Column("", width="44px", area="menu"),
)


def instances() -> rx.Component:
    """Return the tab."""
    return rx.el.section(
        rx.cond(
            ~InstancesState.loaded,
            data_table(RUNNING, skeleton_rows(RUNNING, 3), aria_busy=True),
            rx.cond(
                (InstancesState.running.length() == 0) & (InstancesState.ended.length() == 0),
                empty_state("layers", t("instances.none"), t("instances.none_words")),
                rx.fragment(
                    _part(t("instances.running"), RUNNING, InstancesState.running, _running, name="running"),
                    rx.cond(
                        InstancesState.ended.length() > 0,
                        _part(
                            t("instances.ended_title"),
                            ENDED,
                            InstancesState.ended,
                            _ended,
                            name="ended",
                            note=t("instances.newest"),
                        ),
                    ),
                ),
            ),
        ),
        class_name="content content--wide",
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
            rx.el.h2(title, " ", rx.el.span(lines.length(), class_name="muted num"), class_name="h2"),
            rx.el.span(class_name="grow"),
            rx.el.span(note, class_name="small muted"),
            class_name="section__head section__head--table",
        ),
        data_table(columns, rx.foreach(lines, view), data_testid=f"instances-{name}"),
        class_name="section",
    )


def _running(each: InstanceLine) -> rx.Component:
    return row(
        RUNNING,
        [
            _key(each),
            instance_status(each.status, each.reason),
            rx.el.span("r", each.revision, class_name="muted"),
            when(each.started_at),
            _or_dash(each.ready_in),
            _meter(each.cpu, each.cpu_percent, t("instances.cores")),
            _meter(each.memory, each.memory_percent, t("instances.mib")),
            each.restarts,
            rx.el.span(each.node, class_name="muted ellipsis"),
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
            rx.el.span(instance_status(each.status, each.reason), title=each.message),
            rx.el.span("r", each.revision, class_name="muted"),
            when(each.started_at),
            _or_dash(each.ready_in),
            when(each.ended_at),
            each.lived,
            rx.cond(each.memory != "", rx.fragment(each.memory, " ", t("instances.mib")), "–"),
            rx.el.span(_or_dash(each.exit_code), class_name=rx.cond(each.exit_code == "0", "mono", "mono red")),
            _log_link(each),
        ],
        key=each.key,
        data_testid="instance",
        data_key=each.key,
    )


def _key(each: InstanceLine) -> rx.Component:
    return link(each.key, to=_log(each), class_name="mono strong rowlink")


def _log_link(each: InstanceLine) -> rx.Component:
    return link(
        icon("scroll-text", small=True),
        to=_log(each),
        class_name="iconbtn iconbtn--s",
        aria_label=t("instances.log", instance=each.key),
        title=t("instances.log", instance=each.key),
        data_testid="instance-log",
    )


def _log(each: InstanceLine) -> str:
    return f"/deployments/{rx.State.slug}/logs?instance={each.key}"


def _meter(value: rx.Var[str], share: rx.Var[int], unit: rx.Var[str]) -> rx.Component:
    bar = rx.el.span(rx.el.i(style={"width": f"{share}%"}), class_name="meter")
    return rx.cond(value != "", rx.el.span(bar, value, " ", unit, class_name="row num"), "–")


def _or_dash(value: rx.Var[str]) -> rx.Var[str]:
    return rx.cond(value != "", value, "–")
