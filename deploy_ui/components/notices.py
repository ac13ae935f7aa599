"""Notices in the corner of the page."""

import reflex as rx

from deploy_ui.components.scripts import script


class Notices(rx.Component):
    """Shows a notice whenever `number` changes."""

    library = script("notices.js")
    tag = "Notices"

    number: rx.Var[int]
    kind: rx.Var[str]
    """`ok` or `error`."""
    words: rx.Var[str]
    close_label: rx.Var[str]


notices = Notices.create
