"""What Reflex reads first: which app, which theme, and its doors shut."""

import reflex as rx
from reflex.constants import StateManagerMode

from deploy_ui.web.plugins import Fonts, SameOrigin

config = rx.Config(
    app_name="deploy_ui",
    plugins=[
        rx.plugins.RadixThemesPlugin(theme=rx.theme(accent_color="iris", gray_color="slate", radius="medium")),
        Fonts(),
        SameOrigin(),
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
    cors_allowed_origins=[],  # no other site may read us; `web.guards` turns away what Reflex still lets in
    state_manager_mode=StateManagerMode.MEMORY,  # a tab's state is disposable: address, database and cookie rebuild it
    redis_token_expiration=1800,  # seconds that the state of a closed tab is kept; an open one renews it by following
    telemetry_enabled=False,
    show_built_with_reflex=False,
)
