"""The console's web server: one process, so that a kill leaves nothing behind and memory is spent once."""

import os
from types import FrameType

import uvicorn

from deploy_ui import build_pages
from deploy_ui.api import streams
from deploy_ui.settings import settings
from deploy_ui.web.heads import BoundedHttp

GRACE_S = 5
"""How long open requests may take to end after SIGTERM; streams are cut then."""
LARGEST_MESSAGE = 1024 * 1024
"""What one message of a browser's socket may hold."""
REFLEX = {
    "REFLEX_ENV_MODE": "prod",
    "REFLEX_BACKEND_ONLY": "true",
    "__REFLEX_SKIP_COMPILE": "true",
    "REFLEX_CHECK_LATEST_VERSION": "false",
}
"""What Reflex reads when the app is imported: serve what was built; compile, write and fetch nothing."""


def run() -> None:
    """Serve pages, API and sockets until SIGTERM."""
    current = settings()
    os.environ.update(REFLEX)
    os.chdir(build_pages.ROOT)  # Reflex looks for its configuration in the working directory
    config = uvicorn.Config(
        "deploy_ui.deploy_ui:app",
        factory=True,
        host=current.console_host,
        port=current.console_port,
        http=BoundedHttp,
        ws="websockets-sansio",
        timeout_graceful_shutdown=GRACE_S,
        ws_max_size=LARGEST_MESSAGE,
        access_log=False,
        server_header=False,
        log_level="warning",
        proxy_headers=True,  # from a proxy on this machine: uvicorn trusts loopback only
    )
    Server(config).run()


class Server(uvicorn.Server):
    """Ends streams at the first signal; the browser's sockets uvicorn ends by itself."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        streams.end()
        super().handle_exit(sig, frame)
