"""What can be said of an image before it is uploaded: the checks of its build that need nothing installed."""

from collections.abc import Callable

from deploy_ui.builds import requirements, script
from deploy_ui.builds.base import BuildFailed
from deploy_ui.enums import ImageKind, Role
from deploy_ui.errors import Invalid
from deploy_ui.services.images import ENTRIES
from deploy_ui.services.viewer import Viewer


def check_script(viewer: Viewer, kind: ImageKind, text: str) -> None:
    """Raise Invalid if a script of this kind with this text would not build."""
    viewer.require(Role.EDITOR)
    _judge("script", lambda: script.check_source(kind, text.encode(errors="replace"), ENTRIES[kind][0]))


def check_requirements(viewer: Viewer, text: str) -> None:
    """Raise Invalid naming the first line that no build would take."""
    viewer.require(Role.EDITOR)
    _judge("requirements", lambda: requirements.parse(text))


def _judge(field: str, check: Callable[[], object]) -> None:
    try:
        check()
    except BuildFailed as failed:
        raise Invalid(failed.code, field=field, **failed.facts) from failed
