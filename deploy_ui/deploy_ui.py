import reflex as rx
app = rx.App()
app.add_page(lambda: rx.el.div("hello", rx.icon("rocket"), rx.dialog.root(rx.dialog.trigger(rx.el.button("x")), rx.dialog.content("y"))), route="/")
