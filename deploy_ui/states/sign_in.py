"""What the sign-in and set-up pages say when the browser's own request was refused."""

from typing import Any

import reflex as rx

from deploy_ui.i18n.catalog import error_text
from deploy_ui.i18n.ui import language_of

FIELDS = ("email", "name", "password")


class SignInState(rx.State):
    """What was wrong with the last try. Holds nothing that was typed."""

    error: str = ""
    """Shown under the last field."""
    email_error: str = ""
    name_error: str = ""

    @rx.event
    async def failed(self, code: str, facts: dict[str, Any]) -> None:
        """Put a refusal into words, at the field it speaks of."""
        words = error_text(await language_of(self), code, facts)
        field = facts.get("field")
        self.email_error = words if field == "email" else ""
        self.name_error = words if field == "name" else ""
        self.error = "" if field in {"email", "name"} else words
