"""A panel beside the page; in narrow windows it lies over it."""

import reflex as rx

from deploy_ui.components.scripts import script


class SidePanel(rx.Component):
    """Esc follows the link in it that has `data-closes`."""

    library = script("side_panel.js")
    tag = "SidePanel"


side_panel = SidePanel.create
