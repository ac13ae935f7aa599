"""Who asks: the first argument of every verb."""

from dataclasses import dataclass

from deploy_ui.enums import Role
from deploy_ui.errors import Forbidden


@dataclass(frozen=True)
class Viewer:
    """A signed-in person, as they were when the request came in."""

    person_id: int
    email: str
    name: str
    role: Role

    def may(self, role: Role) -> bool:
        """Say whether this person may do what `role` may."""
        return self.role.includes(role)

    def require(self, role: Role) -> None:
        """Raise Forbidden unless this person may do what `role` may."""
        if not self.may(role):
            raise Forbidden("role_too_low", needs=role)
