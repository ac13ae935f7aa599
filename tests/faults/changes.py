"""What a person changes while something is killed. Each may be asked again and means the same."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from tests.faults import machine
from tests.faults.people import Person
from tests.waiting import eventually

GONE, OK = 410, 200
CONFLICT = 409


@dataclass
class Scene:
    """One deployment that is changed, and what it shall be afterwards."""

    person: Person
    slug: str
    image: str
    """What it runs afterwards."""
    key: str = ""
    wanted: int = 2
    phase: str = "running"
    before: frozenset[str] = frozenset()
    """Instances that were there before."""
    dead: str = ""
    """The instance that was killed."""

    @property
    def answer(self) -> int:
        """What a caller shall be answered."""
        return OK if self.wanted else GONE

    def under_way(self) -> bool:
        """Say whether the change has reached the instances."""
        person = self.person
        if self.wanted:
            return machine.folders(person.product, self.slug) > self.before
        return any(each["status"] != "ready" for each in person.records(self.slug))


@dataclass(frozen=True)
class Change:
    """A kind of change: a deployment to begin with, and the question."""

    name: str
    ask: Callable[[Scene], None]
    wanted: int = 2
    phase: str = "running"
    new: bool = False
    """The deployment is made by the question."""
    new_image: bool = False

    def scene(self, person: Person, name: str, old: str, new: str) -> Scene:
        """Prepare everything up to the question."""
        slug = name.lower().replace(" ", "-")
        scene = Scene(person, slug, self.image(old, new), wanted=self.wanted, phase=self.phase)
        if not self.new:
            create(Scene(person, slug, old))
            eventually(lambda: person.runs(slug), 30)
            scene.key = person.key(slug)
            eventually(lambda: person.calls(slug, scene.key).status_code == OK)
            scene.before = frozenset(machine.folders(person.product, slug))
        return scene

    def image(self, old: str, new: str) -> str:
        """Return which of two images it shall run afterwards."""
        return new if self.new or self.new_image else old


def create(scene: Scene) -> None:
    """Create the deployment with two instances, and room for a third."""
    body = {"name": scene.slug, "slug": scene.slug, "image": scene.image, "min_instances": 2, "max_instances": 3}
    try:
        scene.person.asks("POST", "/deployments", json=body)
    except httpx.HTTPStatusError as error:
        if error.response.status_code != CONFLICT:  # it was made, and the answer was lost
            raise


def change(scene: Scene) -> None:
    """Let it run another image."""
    scene.person.asks("PATCH", f"/deployments/{scene.slug}", json={"image": scene.image})


def scale(scene: Scene) -> None:
    """Let it run one instance more."""
    scene.person.asks("POST", f"/deployments/{scene.slug}/scale", json={"instances": scene.wanted})


def delete(scene: Scene) -> None:
    """Delete it for ever."""
    scene.person.asks("DELETE", f"/deployments/{scene.slug}")


CHANGES = [
    Change("create", create, new=True),
    Change("change", change, new_image=True),
    Change("scale", scale, wanted=3),
    Change("delete", delete, wanted=0, phase="deleted"),
]
