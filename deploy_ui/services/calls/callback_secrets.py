"""The secret that a deployment's callbacks are signed with. It is derived anew whenever it is needed, never stored."""

import base64

from deploy_ui import hints, vault
from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind, Role
from deploy_ui.services import events, lookup
from deploy_ui.services.viewer import Viewer

PREFIX = "whsec_"
PURPOSE = "callback-secret"


def secret(viewer: Viewer, slug: str) -> str:
    """Return the secret as receivers need it, or raise Gone when the deployment was deleted."""
    viewer.require(Role.EDITOR)
    with reading() as session:
        deployment = lookup.live_deployment(session, slug)
        return _words(slug, deployment.callback_secret)


def rotate(viewer: Viewer, slug: str) -> str:
    """Replace the secret at once and return the new one: whatever is signed from now on needs it."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        deployment = lookup.live_deployment(session, slug)
        deployment.callback_secret += 1
        events.record(session, deployment.id, EventKind.CALLBACK_SECRET_REPLACED, viewer.name)
        number = deployment.callback_secret
    hints.publish(f"deployment:{slug}")
    return _words(slug, number)


def signing_secret(slug: str, number: int) -> bytes:
    """Return the bytes that the callbacks of a deployment are signed with, by the number of its secret."""
    return vault.derived(PURPOSE, slug, number)


def _words(slug: str, number: int) -> str:
    return PREFIX + base64.b64encode(signing_secret(slug, number)).decode()
