"""The history of a README: its versions, the text of each, what changed since, and the way back."""

import reflex as rx

from deploy_ui.components.amounts import size
from deploy_ui.components.buttons import button
from deploy_ui.components.dialogs import dialog
from deploy_ui.components.layout import badge
from deploy_ui.components.readme_compare import readme_compare
from deploy_ui.components.readme_view import readme_view
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t
from deploy_ui.services.readmes.texts import MOST_VERSIONS, VersionRow
from deploy_ui.states.readme import ReadmeState


def readme_history(url: rx.Var[str], *, may_edit: rx.Var[bool]) -> rx.Component:
    """Return the dialog."""
    return dialog(
        t("readme_history.title"),
        rx.el.div(_list(), _shown(url), class_name="versions"),
        words=t("readme_history.words", most=MOST_VERSIONS),
        is_open=ReadmeState.history,
        on_close=ReadmeState.close,
        actions=[
            button(t("common.close"), on_click=ReadmeState.close),
            rx.cond(may_edit & (ReadmeState.chosen != ReadmeState.newest), _restore()),
        ],
        wide=True,
        size="4",
        data_testid="readme-versions",
    )


def _restore() -> rx.Component:
    return button(
        t("readme_history.restore", version=ReadmeState.chosen),
        look="primary",
        icon_name="rotate-ccw",
        on_click=ReadmeState.restore,
        data_testid="readme-restore",
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.foreach(ReadmeState.rows, _row),
        class_name="versions__list",
        role="listbox",
        aria_label=t("readme_history.list"),
    )


def _row(each: VersionRow) -> rx.Component:
    return rx.el.button(
        rx.el.span(
            rx.el.span(t("readme_history.version", number=each.number), class_name="strong"),
            rx.cond(each.number == ReadmeState.newest, badge(t("readme_history.newest"), "green")),
            class_name="row",
        ),
        rx.el.span(when(each.created_at), " · ", size(each.size), class_name="small muted"),
        rx.el.span(each.created_by, class_name="small muted ellipsis", title=each.created_by),
        rx.cond(
            each.restored_from,
            rx.el.span(t("readme_history.copy_of", number=each.restored_from), class_name="small muted"),
        ),
        type="button",
        role="option",
        aria_selected=rx.cond(each.number == ReadmeState.chosen, "true", "false"),
        class_name="versions__row",
        on_click=ReadmeState.choose(each.number),
        key=each.number,
        data_testid="readme-version",
    )


def _shown(url: rx.Var[str]) -> rx.Component:
    versions = url + "/versions/"
    chosen, newest = ReadmeState.chosen.to(str), ReadmeState.newest.to(str)
    titles = (
        t("readme_history.version", number=ReadmeState.chosen),
        t("readme_history.version_now", number=ReadmeState.newest),
    )
    text = readme_view(t("readme_history.blank"), url=versions + chosen, files=url + "/files/")
    changes = readme_compare(versions + chosen, versions + newest, titles=titles)
    return rx.el.div(
        rx.cond(ReadmeState.chosen != ReadmeState.newest, _looks()),
        rx.cond(ReadmeState.chosen > 0, rx.cond(ReadmeState.compares, changes, text)),
        class_name="versions__shown",
        data_testid="readme-version-shown",
    )


def _looks() -> rx.Component:
    def look(label: rx.Var[str], name: str, *, changes: bool) -> rx.Component:
        return rx.el.button(
            label,
            type="button",
            aria_pressed=rx.cond(ReadmeState.compares == changes, "true", "false"),
            on_click=ReadmeState.compare(changes),
            data_testid=name,
        )

    return rx.el.div(
        look(t("readme_history.text"), "version-text", changes=False),
        look(t("readme_history.changes"), "version-changes", changes=True),
        class_name="seg",
        role="group",
        aria_label=t("readme_history.looks"),
    )
