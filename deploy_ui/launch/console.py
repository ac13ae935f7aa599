"""The console's web server: one process, so that a kill leaves nothing behind and memory is spent once."""

import os

import uvicorn

from deploy_ui.settings import settings

GRACE_S = 5
"""How long open requests may take to end after SIGTERM; streams are cut then."""
LARGEST_MESSAGE = 1024 * 1024
"""What one message of a browser's socket may hold."""


def run() -> None:
    """Serve pages, API and sockets until SIGTERM."""
    current = settings()
    # Reflex reads these when the app is imported: serve what was built, compile nothing.
    os.environ.setdefault("REFLEX_ENV_MODE", "prod")
    os.environ.setdefault("__REFLEX_SKIP_COMPILE", "true")
    uvicorn.run(
        "deploy_ui.deploy_ui:app",
        factory=True,
        host=current.console_host,
        port=current.console_port,
        timeout_graceful_shutdown=GRACE_S,
        ws_max_size=LARGEST_MESSAGE,
        access_log=False,
        server_header=False,
        log_level="warning",
        proxy_headers=False,
    )
