"""Links to files."""

import reflex as rx

from deploy_ui.components.scripts import script


class Download(rx.Component):
    """A link whose target the browser keeps as a file and never shows."""

    library = script("download.js")
    tag = "Download"

    href: rx.Var[str]


download = Download.create
