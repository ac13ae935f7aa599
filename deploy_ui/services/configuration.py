"""What a deployment is configured to be, and which values make sense. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from deploy_ui.errors import Invalid
from deploy_ui.services import env
from deploy_ui.services.env import Env, VariableEdit
from deploy_ui.services.names import checked_name

BOUNDS: Mapping[str, tuple[float, float]] = {
    "cpu": (0.1, 64),
    "memory_mb": (64, 1_048_576),
    "min_instances": (0, 100),
    "max_instances": (1, 100),
    "concurrency": (1, 1000),
    "idle_timeout_s": (1, 86_400),
    "start_timeout_s": (1, 86_400),
    "request_timeout_s": (1, 86_400),
}
PATH = re.compile(r"/[!-~]{0,511}")
BORN_WITH = ("image_id", "cpu", "memory_mb", "gpu", "concurrency", "ready_path", "env")
"""What an instance gets when it is born: a change needs new instances."""


@dataclass(frozen=True)
class NewDeployment:
    """What a person fills in to create a deployment."""

    name: str
    image: str
    """Id or name."""
    cpu: float = 1.0
    memory_mb: int = 1024
    gpu: int = 0
    min_instances: int = 1
    """0: it sleeps while nobody calls."""
    max_instances: int | None = None
    """None: as many as `min_instances`, and at least one."""
    concurrency: int = 8
    idle_timeout_s: int = 300
    start_timeout_s: int = 120
    request_timeout_s: int = 60
    ready_path: str = ""
    """Empty: the image's."""
    env: Mapping[str, str | VariableEdit] = field(default_factory=dict, repr=False)
    """A text is a secret value."""
    slug: str = ""
    """Empty: made from the name."""


@dataclass(frozen=True)
class Change:
    """What to change of a deployment; None leaves a value as it is."""

    name: str | None = None
    image: str | None = None
    cpu: float | None = None
    memory_mb: int | None = None
    gpu: int | None = None
    min_instances: int | None = None
    max_instances: int | None = None
    instances: int | None = None
    """How many to run now, between the two."""
    concurrency: int | None = None
    idle_timeout_s: int | None = None
    start_timeout_s: int | None = None
    request_timeout_s: int | None = None
    ready_path: str | None = None
    env: Mapping[str, str | VariableEdit | None] | None = field(default=None, repr=False)
    """Merged into what is there; a text is a secret value, None removes the name."""


@dataclass(frozen=True)
class Configuration:
    """The whole configuration of one deployment."""

    name: str
    image_id: str
    cpu: float
    memory_mb: int
    gpu: int
    min_instances: int
    max_instances: int
    instances: int
    concurrency: int
    idle_timeout_s: int
    start_timeout_s: int
    request_timeout_s: int
    ready_path: str
    env: Mapping[str, str] = field(repr=False)
    env_open: Sequence[str]
    """Names of variables whose values may be shown; running instances do not notice."""

    @property
    def variables(self) -> Env:
        """Its variables, and which of them may be shown."""
        return Env(self.env, self.env_open)


NAMES = tuple(each.name for each in fields(Configuration))


def first(new: NewDeployment, image_id: str) -> Configuration:
    """Return the configuration that a new deployment begins with, or raise Invalid."""
    return checked(_wanted(new, image_id, env.merged(Env(), new.env)))


def wrong_with(new: NewDeployment) -> list[Invalid]:
    """Return everything that is wrong with what was filled in, not only the first; its image is not looked at."""
    try:
        known, valueless = env.merged(Env(), new.env), []
    except Invalid as problem:
        known, valueless = Env(), [problem]
    unsaid = "max_instances" if new.max_instances is None else ""
    found = [*valueless, *problems(_wanted(new, new.image, known))]
    return [problem for problem in found if problem.field != unsaid]


def _wanted(new: NewDeployment, image_id: str, known: Env) -> Configuration:
    apart = {"image_id", "max_instances", "instances", "env", "env_open"}
    same = {name: getattr(new, name) for name in NAMES if name not in apart}
    begun = awake(new.min_instances)
    most = begun if new.max_instances is None else new.max_instances
    return Configuration(
        **same, image_id=image_id, max_instances=most, instances=begun, env=known.values, env_open=known.shown
    )


def changed(old: Configuration, change: Change, image_id: str | None) -> Configuration:
    """Return the configuration after a change, or raise Invalid."""
    given = {name: getattr(change, name) for name in NAMES if name not in {"image_id", "env", "env_open"}}
    new = replace(old, **{name: value for name, value in given.items() if value is not None})
    known = env.merged(old.variables, change.env or {})
    new = replace(new, image_id=image_id or old.image_id, env=known.values, env_open=known.shown)
    if change.instances is None:
        low = awake(new.min_instances) if needs_new_instances(differences(old, new)) else new.min_instances
        new = replace(new, instances=max(low, min(new.instances, new.max_instances)))
    return checked(new)


def awake(min_instances: int) -> int:
    """Return how many instances are wanted at least of what has to prove itself first: it may sleep afterwards."""
    return max(min_instances, 1)


def differences(old: Configuration, new: Configuration) -> list[str]:
    """Return the names of what differs."""
    return [name for name in NAMES if getattr(old, name) != getattr(new, name)]


def needs_new_instances(names: list[str]) -> bool:
    """Say whether a change of these values replaces the running instances."""
    return any(name in BORN_WITH for name in names)


def checked(configuration: Configuration) -> Configuration:
    """Return the configuration with a clean name, or raise Invalid naming the field."""
    for problem in problems(configuration):
        raise problem
    return replace(configuration, name=checked_name(configuration.name))


def problems(configuration: Configuration) -> Iterator[Invalid]:
    """Yield what is wrong; each problem names its field."""
    yield from _counts_wrong(configuration)
    for name, (low, high) in BOUNDS.items():
        if not low <= getattr(configuration, name) <= high:
            yield Invalid("out_of_range", field=name, low=low, high=high)
    if configuration.gpu != 0:
        yield Invalid("gpu_not_offered", field="gpu")
    if configuration.ready_path and not PATH.fullmatch(configuration.ready_path):
        yield Invalid("ready_path_wrong", field="ready_path")
    yield from _raised(lambda: env.check(configuration.env))
    yield from _raised(lambda: checked_name(configuration.name))


def _counts_wrong(configuration: Configuration) -> Iterator[Invalid]:
    low, high = configuration.min_instances, configuration.max_instances
    if high == 0:
        yield Invalid("max_instances_zero", field="max_instances")
    elif low > high:
        yield Invalid("min_above_max", field="min_instances", low=low, high=high)
    elif not low <= configuration.instances <= high:
        yield Invalid("instances_out_of_range", field="instances", low=low, high=high)


def _raised(check: Callable[[], object]) -> Iterator[Invalid]:
    try:
        check()
    except Invalid as problem:
        yield problem
