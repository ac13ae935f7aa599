"""Notices in the corner of the page."""

import reflex as rx


class Notices(rx.Component):
    """Shows a notice whenever `number` changes."""

    library = rx.asset("notices.js", shared=True).importable_path
    tag = "Notices"

    number: rx.Var[int]
    kind: rx.Var[str]
    """`ok` or `error`."""
    words: rx.Var[str]
    close_label: rx.Var[str]


notices = Notices.create
