"""What the card of a deleted deployment shows: that it is deleted, by whom, what remains, and what happened to it."""

import reflex as rx

from deploy_ui.components.icons import icon
from deploy_ui.components.layout import fact, facts, section
from deploy_ui.components.links import text_link
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment.timeline import events
from deploy_ui.states.deployment.card import CardState


def gone() -> rx.Component:
    """Return the only tab that a deleted deployment has."""
    return rx.el.section(
        rx.el.div(rx.el.div(_panel(), _about()), rx.el.aside(events()), class_name="split"),
        class_name="content",
        data_testid="gone",
    )


def _panel() -> rx.Component:
    card = CardState.card
    return rx.el.div(
        icon("trash-2"),
        rx.el.div(
            rx.el.div(t("gone.title", name=card.changed_by), " ", when(card.changed_at), class_name="strong"),
            rx.el.p(rx.cond(card.phase == "deleted", t("gone.ended"), t("gone.ending")), " ", t("gone.free")),
            rx.el.p(t_count("gone.remains", CardState.log_days)),
            class_name="standing__words",
        ),
        class_name="standing",
        role="note",
        data_testid="deleted-by",
    )


def _about() -> rx.Component:
    card = CardState.card
    image = text_link(card.image_name, f"/images/{card.image_id}/info")
    return section(
        t("general.about"),
        facts(
            fact(t("general.name"), rx.el.span(card.name, class_name="wrap")),
            fact(t("general.key"), rx.el.span(card.slug, class_name="mono wrap"), copy=card.slug),
            fact(t("general.image"), rx.el.span(image, class_name="mono-links")),
            fact(t("general.created"), when(card.created_at, exact=True), t("general.by", name=card.created_by)),
            fact(t("gone.deleted"), when(card.changed_at, exact=True), t("general.by", name=card.changed_by)),
        ),
    )
