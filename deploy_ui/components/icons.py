"""Icons: Lucide, in our sizes."""

import reflex as rx


def icon(name: str, *, small: bool = False, large: bool = False, **props: object) -> rx.Component:
    """Return a Lucide icon of 16 px (14 small, 20 large) that screen readers pass over."""
    size = " icon--s" if small else " icon--l" if large else ""
    return rx.icon(name, class_name=f"icon{size}", aria_hidden=True, **props)


def mark() -> rx.Component:
    """Return the product's mark."""
    return rx.el.svg(
        rx.el.svg.rect(width="22", height="22", rx="6", fill="currentColor"),
        rx.el.svg.path(
            d="M6 14.5 11 6l5 8.5",
            fill="none",
            stroke="#fff",
            stroke_width="2",
            stroke_linecap="round",
            stroke_linejoin="round",
        ),
        rx.el.svg.path(d="M8.4 16.2h5.2", stroke="#fff", stroke_width="2", stroke_linecap="round"),
        view_box="0 0 22 22",
        class_name="mark",
        aria_hidden=True,
    )
