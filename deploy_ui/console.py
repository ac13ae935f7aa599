"""Runs the console: `python -m deploy_ui.console`. One process, one port, no Node; the pages were built before."""

import os
import sys

import uvicorn

from deploy_ui import build_pages
from deploy_ui.settings import settings

NOT_BUILT = "The pages are not built. Run: python -m deploy_ui.build_pages"
SHUTDOWN_S = 5
ENVIRONMENT = {
    "REFLEX_ENV_MODE": "prod",
    "REFLEX_BACKEND_ONLY": "true",
    "__REFLEX_SKIP_COMPILE": "true",
    "REFLEX_CHECK_LATEST_VERSION": "false",
}


def run() -> None:
    """Serve until SIGTERM or Ctrl-C; open sockets are closed then."""
    settings()  # before the folder changes: relative paths are meant from where we were started
    if build_pages.built() is None:
        sys.exit(NOT_BUILT)
    os.environ.update(ENVIRONMENT)
    os.chdir(build_pages.ROOT)
    uvicorn.run(
        "deploy_ui.deploy_ui:app",
        factory=True,
        host=settings().console_host,
        port=settings().console_port,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=2 * 1024 * 1024,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
        log_level="info",
    )


if __name__ == "__main__":
    run()
