"""The Async calls tab: toolbar, list, and the open call beside it."""

import reflex as rx

from deploy_ui.components.amounts import decimal
from deploy_ui.components.buttons import button, button_link
from deploy_ui.components.layout import empty_state
from deploy_ui.components.status import CALL_RUNS, word
from deploy_ui.components.tables import chip, chips, data_table, search_field, skeleton_rows, toolbar
from deploy_ui.enums import CallStatus
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment.call_panel import call_panel
from deploy_ui.pages.deployment.call_recipes import call_recipes, recipes_button
from deploy_ui.pages.deployment.call_rows import COLUMNS, call_row
from deploy_ui.pages.deployment.calls_bulk import bulk_bar, cancel_question
from deploy_ui.states.deployment.call_actions import CallActions
from deploy_ui.states.deployment.calls import CallsState
from deploy_ui.states.deployment.calls_address import NARROWINGS, PAGE, PERIODS
from deploy_ui.states.session import SessionState


def calls() -> rx.Component:
    """Return the tab."""
    here = CallsState.shown_slug == rx.State.slug
    opened = here & (CallsState.asked.call != "")
    return rx.el.div(
        rx.el.section(
            rx.cond(
                CallsState.loaded & here,
                rx.cond(CallsState.anything, _list(), _none()),
                rx.fragment(_room(), data_table(COLUMNS, skeleton_rows(COLUMNS), aria_busy=True)),
            ),
            class_name="content content--wide",
        ),
        rx.cond(opened, call_panel()),
        cancel_question(),
        call_recipes(),
        class_name=rx.cond(opened, "withpanel withpanel--open", "withpanel"),
        data_testid="calls-tab",
    )


def _room() -> rx.Component:
    """Return room for what stands over the table."""
    return rx.fragment(toolbar(), toolbar())


def _list() -> rx.Component:
    rows = rx.foreach(CallsState.rows, call_row)
    return rx.fragment(
        _search(),
        toolbar(_filters()),
        rx.cond(CallsState.newer, _newer()),
        rx.cond(
            CallsState.rows.length() > 0,
            rx.fragment(data_table(COLUMNS, rows, data_testid="calls"), _foot()),
            _no_match(),
        ),
        bulk_bar(),
    )


def _search() -> rx.Component:
    waiting = (CallsState.asked.status == CallStatus.QUEUED) & (CallsState.counts[CallStatus.QUEUED.value] > 0)
    cancel = button(
        t("calls.cancel_queued"),
        look="danger",
        icon_name="x",
        on_click=CallActions.ask_queued,
        data_testid="cancel-queued",
    )
    return toolbar(
        search_field(CallsState.asked.search, CallsState.look_for, t("calls.search")),
        end=rx.fragment(rx.cond(SessionState.may_edit & waiting, cancel), _period(), recipes_button()),
    )


def _period() -> rx.Component:
    return rx.el.select(
        *(rx.el.option(t(f"calls.period.{name}"), value=name) for name in PERIODS),
        value=CallsState.asked.period,
        on_change=CallsState.choose_period,
        class_name="field",
        aria_label=t("calls.created"),
        data_testid="period",
    )


def _filters() -> rx.Component:
    status = CallsState.asked.status
    return chips(
        chip(
            t("common.all"),
            decimal(CallsState.total),
            pressed=status == "",
            to=CallsState.addresses["all"],
            data_testid="show-all",
        ),
        *(
            chip(
                word(CallStatus, "call_status", each),
                decimal(CallsState.counts[each.value]),
                status=rx.Var.create(CALL_RUNS if each == CallStatus.RUNNING else each.value),
                pressed=status == each,
                to=CallsState.addresses[each.value],
                data_testid=f"show-{each}",
            )
            for each in CallStatus
        ),
        label=t("calls.status"),
    )


def _newer() -> rx.Component:
    label = t("calls.newer")
    return rx.el.div(
        button(
            label, look="soft", icon_name="arrow-up", small=True, on_click=CallsState.show_newer, data_testid="newer"
        ),
        class_name="calls__newer",
    )


def _foot() -> rx.Component:
    shown, asked = CallsState.rows.length(), CallsState.asked
    period = rx.match(asked.period, *((name, t(f"calls.of_period.{name}")) for name in PERIODS), "")
    counted = t_count("calls.shown_of", CallsState.matching, shown=decimal(shown), number=decimal(CallsState.matching))
    more = button_link(
        t("calls.more"),
        CallsState.addresses["more"],
        look="ghost",
        small=True,
        prevent_scroll_reset=True,
        replace=True,
        on_click=CallsState.show_more(asked.show + PAGE),
        data_testid="more",
    )
    return rx.el.div(
        rx.el.span(
            rx.cond(asked.search == "", rx.fragment(counted, " ", period), t_count("calls.found", shown)),
            data_testid="calls-shown",
        ),
        rx.cond(CallsState.more, more),
        rx.cond(CallsState.full, _turn("calls.older", "older")),
        rx.cond(asked.before != "", _turn("calls.newest", "newest")),
        rx.el.span(class_name="grow"),
        _kept(),
        class_name="tablefoot tablefoot--wrap",
    )


def _turn(words: str, name: str) -> rx.Component:
    """Return the way to another part of the list."""
    return button_link(t(words), CallsState.addresses[name], look="ghost", small=True, data_testid=name)


def _kept() -> rx.Component:
    return rx.el.span(t_count("calls.kept", CallsState.call_days), class_name="small muted", data_testid="calls-kept")


def _none() -> rx.Component:
    test = button_link(t("calls.to_test"), f"/deployments/{rx.State.slug}/test", data_testid="calls-to-test")
    return empty_state(
        "hourglass",
        t("calls.none"),
        rx.fragment(t("calls.none_words"), " ", rx.el.code("X-Async-Request: true", class_name="inline"), "."),
        rx.el.div(recipes_button(primary=True), test, class_name="empty__actions"),
        rx.el.p(_kept()),
        data_testid="no-calls",
    )


def _no_match() -> rx.Component:
    everything = button_link(t("calls.show_every"), CallsState.addresses["every"], data_testid="show-every")
    return empty_state(
        "search-x",
        t("calls.no_match"),
        rx.match(CallsState.narrowed, *((each, t(f"calls.fits_not.{each}")) for each in NARROWINGS), ""),
        rx.el.div(everything, class_name="empty__actions"),
        data_testid="no-match",
    )
