"""The web app."""

import reflex as rx

app = rx.App()
app.add_page(lambda: rx.el.div("hello", rx.icon("rocket")), route="/")
