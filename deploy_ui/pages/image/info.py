"""The Info tab: what the image is, what it is made of, who uses it."""

import reflex as rx

from deploy_ui.components.amounts import duration, size
from deploy_ui.components.layout import callout, fact, facts, section, skeleton
from deploy_ui.components.links import text_link
from deploy_ui.components.status import image_status, word
from deploy_ui.components.when import when
from deploy_ui.enums import ImageKind
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.image.build import build_panel, failure
from deploy_ui.pages.image.contents import contents, files
from deploy_ui.services.image_usage import UsageRow
from deploy_ui.states.image.card import ImageState
from deploy_ui.states.image.info import InfoState


def info() -> rx.Component:
    """Return the tab."""
    return rx.el.section(
        rx.cond(
            ImageState.card,
            rx.el.div(
                rx.el.div(
                    rx.cond(ImageState.card.deleted, callout(t("image.deleted"))),
                    failure(),
                    _about(),
                    files(),
                    rx.cond(InfoState.contents, contents()),
                ),
                rx.el.aside(build_panel()),
                class_name="split",
            ),
            rx.el.div(skeleton(height="320px"), aria_busy=True),
        ),
        class_name="content",
        data_testid="info",
    )


def _about() -> rx.Component:
    card = ImageState.card
    return section(
        t("image.about"),
        facts(
            fact(t("field.name"), rx.el.span(card.name, class_name="ellipsis", title=card.name), copy=card.name),
            fact(t("image.id"), rx.el.span(card.id, class_name="mono"), copy=card.id),
            fact(t("image.kind"), word(ImageKind, "image_kind", card.kind), _kind_note()),
            rx.cond(
                card.command != "",
                fact(t("new_image.command"), rx.el.span(card.command, class_name="mono wrap"), copy=card.command),
            ),
            fact(t("general.status"), image_status(card.status), _status_note()),
            fact(
                t("general.created"),
                rx.el.span(when(card.created_at, exact=True), " ", t("image.by", name=card.created_by)),
            ),
            rx.cond(card.rebuilt_from != "", fact(t("image.rebuilt_from"), _origin())),
            rx.cond(card.python != "", fact(t("image.python"), rx.el.span(card.python, class_name="num"))),
            fact(t("image.size"), rx.el.span(size(card.size_bytes), class_name="num"), _size_note()),
            rx.cond(card.digest != "", fact(t("image.digest"), _digest(), copy=card.digest)),
            fact(t("field.ready_path"), rx.el.span(card.ready_path, class_name="mono wrap")),
            rx.cond(card.env_names.length() > 0, fact(t("general.env"), _variables())),
            fact(t("image.used_by"), _users()),
        ),
        data_testid="about",
    )


def _kind_note() -> rx.Component:
    card = ImageState.card
    note = rx.match(
        card.kind.to(str),
        ("model", t("image.kind_model", entry=card.entry)),
        ("asgi", t("image.kind_asgi", entry=card.entry)),
        "",
    )
    return rx.el.span(note, class_name="muted ellipsis")


def _status_note() -> rx.Component:
    card = ImageState.card
    took = rx.cond(
        (card.status == "ready") & (ImageState.took_s > 0),
        rx.fragment(", ", t("image.built_in", time=duration(ImageState.took_s))),
    )
    return rx.cond(card.finished_at, rx.el.span(when(card.finished_at), took, class_name="muted"))


def _size_note() -> rx.Component:
    card = ImageState.card
    words = t("image.size_of", packages=size(card.packages_bytes), files=size(card.size_bytes - card.packages_bytes))
    return rx.cond(card.python != "", rx.el.span(words, class_name="muted"))


def _digest() -> rx.Component:
    return rx.el.span("sha256:", ImageState.card.digest, class_name="mono ellipsis", title=ImageState.card.digest)


def _origin() -> rx.Component:
    card = ImageState.card
    differs = text_link(
        t("image.compare"), f"/images/{card.id}/compare?with={card.rebuilt_from}", data_testid="changes"
    )
    origin = text_link(card.rebuilt_from_name, f"/images/{card.rebuilt_from}/info", data_testid="origin")
    return rx.el.span(origin, differs, class_name="links")


def _variables() -> rx.Component:
    """Return names with their values masked: values are sealed and never shown."""
    return rx.el.span(
        rx.foreach(
            ImageState.card.env_names,
            lambda name: rx.el.span(name, rx.el.span("=••••", class_name="muted"), class_name="mono wrap", key=name),
        ),
        class_name="links",
    )


def _users() -> rx.Component:
    more = rx.cond(
        InfoState.more_users > 0, rx.el.span(t_count("image.more_users", InfoState.more_users), class_name="muted")
    )
    return rx.cond(
        InfoState.users.length() > 0,
        rx.el.span(rx.foreach(InfoState.users, _user), more, class_name="links"),
        rx.el.span(t("image.unused"), class_name="muted"),
    )


def _user(each: UsageRow) -> rx.Component:
    return text_link(each.name, f"/deployments/{each.slug}/general", key=each.slug)
