"""Closed word lists that all layers share. Their values are stored, sent to clients and translated."""

from enum import StrEnum


class Role(StrEnum):
    """What a person may do; later ones include the earlier."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Say whether this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class ImageKind(StrEnum):
    """What the author of an image writes."""

    MODEL = "model"
    ASGI = "asgi"
    COMMAND = "command"


class ImageStatus(StrEnum):
    """How far an image's build is."""

    QUEUED = "queued"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def unfinished(self) -> bool:
        """Say whether its build still waits or runs."""
        return self in {ImageStatus.QUEUED, ImageStatus.BUILDING}

    @property
    def usable(self) -> bool:
        """Say whether a deployment may choose such an image: it is ready, or on its way."""
        return self is ImageStatus.READY or self.unfinished


class BuildStep(StrEnum):
    """The steps of a build, in order."""

    CHECK = "check"
    RESOLVE = "resolve"
    INSTALL = "install"
    IMPORT = "import"
    SEAL = "seal"


class Wish(StrEnum):
    """What a person wants of a deployment."""

    RUN = "run"
    STOP = "stop"
    DELETE = "delete"


class Phase(StrEnum):
    """What a deployment is doing, in the order of how much attention it needs."""

    FAILED = "failed"
    DEGRADED = "degraded"
    UPDATING = "updating"
    STARTING = "starting"
    PENDING = "pending"
    STOPPING = "stopping"
    RUNNING = "running"
    SLEEPING = "sleeping"
    STOPPED = "stopped"
    DELETED = "deleted"


class InstanceStatus(StrEnum):
    """What an instance is doing."""

    PENDING = "pending"
    STARTING = "starting"
    READY = "ready"
    UNHEALTHY = "unhealthy"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Say whether an instance of this status will never run again."""
        return self in ENDED_STATUSES


ENDED_STATUSES = (InstanceStatus.STOPPED, InstanceStatus.FAILED)


class Reason(StrEnum):
    """Why a deployment or an instance is what it is. Empty: nothing to explain."""

    NONE = ""
    IMAGE_BUILDING = "image_building"
    IMAGE_FAILED = "image_failed"
    IMAGE_GONE = "image_gone"
    BACK_OFF = "back_off"
    START_FAILED = "start_failed"
    START_TIMEOUT = "start_timeout"
    CRASHED = "crashed"
    EXITED = "exited"
    OUT_OF_MEMORY = "out_of_memory"
    NOT_ANSWERING = "not_answering"
    LOST = "lost"
    REPLACED = "replaced"
    SCALED_DOWN = "scaled_down"
    STOPPED_BY_PERSON = "stopped_by_person"
    DELETED_BY_PERSON = "deleted_by_person"
    SHUT_DOWN = "shut_down"
    IDLE = "idle"
    """Nobody called for the idle timeout."""
    ROLLED_BACK = "rolled_back"
    """The newest revision did not become ready; an older one serves again."""


class VariableChange(StrEnum):
    """How an environment variable differs between two revisions, or will after a change."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SHOWN = "shown"
    """The value is the same, and may be shown from now on."""
    HIDDEN = "hidden"
    """The value is the same, and secret from now on."""


class PlanStep(StrEnum):
    """What a change will do to a deployment's instances."""

    NOTHING = "nothing"
    """There is nothing to change."""
    RENAMED = "renamed"
    KEPT = "kept"
    """Instances run on; the change holds at once."""
    REPLACED = "replaced"
    """New ones come up before the old ones go."""
    STARTED = "started"
    STOPPED = "stopped"
    TRIED = "tried"
    """Woken to try it, and free to sleep again."""
    WHEN_IT_WAKES = "when_it_wakes"
    NEXT_START = "next_start"
    """A person stopped it: used when a person starts it."""
    IMAGE_AWAITED = "image_awaited"


class KeyStatus(StrEnum):
    """Whether a key opens its deployment."""

    ACTIVE = "active"
    DISABLED = "disabled"
    EXPIRED = "expired"
    REVOKED = "revoked"


class EventKind(StrEnum):
    """What happened to a deployment, on its timeline."""

    CREATED = "created"
    CHANGED = "changed"
    SCALED = "scaled"
    """More or fewer instances are wanted: by a person, or by the autoscaler with its numbers."""
    WOKEN = "woken"
    """A request came to a deployment that slept."""
    ROLLED_BACK = "rolled_back"
    STARTED = "started"
    STOPPED = "stopped"
    DELETED = "deleted"
    PHASE = "phase"
    INSTANCE_ENDED = "instance_ended"
    KEY_CREATED = "key_created"
    KEY_CHANGED = "key_changed"
    KEY_REVOKED = "key_revoked"
    KEY_ROTATED = "key_rotated"
    """A new key took the place of one that works on for a while."""
    CALLBACK_SECRET_REPLACED = "callback_secret_replaced"  # noqa: S105 -- a word, no secret
    ALERT_FIRED = "alert_fired"
    ALERT_RESOLVED = "alert_resolved"


class ScaleCause(StrEnum):
    """Why another number of instances is wanted."""

    WAITING = "waiting"
    """Somebody waited for a deployment that slept."""
    BURST = "burst"
    LOAD = "load"
    QUIET = "quiet"
    IDLE = "idle"
    BOUNDS = "bounds"
    """A person changed the least or the most, and the number lay outside."""
    PERSON = "person"


class LogLevel(StrEnum):
    """How serious a log line is, as far as its text tells."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class CallStatus(StrEnum):
    """What became of an asynchronous call."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    ERROR = "error"
    CANCELED = "canceled"

    @property
    def ended(self) -> bool:
        """Say whether a call of this status will never change again."""
        return self not in {CallStatus.QUEUED, CallStatus.RUNNING}


class CallReason(StrEnum):
    """Why an attempt failed, or a call ended without an answer. Empty: nothing to explain."""

    NONE = ""
    ANSWERED_5XX = "answered_5xx"
    UNREACHABLE = "unreachable"
    """No connection to the instance."""
    BROKE_OFF = "broke_off"
    """The instance broke off before the head of its answer."""
    ANSWER_BROKEN = "answer_broken"
    """The head came, the body ended early or made no sense; or it was no final answer."""
    ANSWER_TOO_LARGE = "answer_too_large"
    NOT_STORED = "not_stored"
    """Our own disk did not take the answer: it is full, say."""
    TIMED_OUT = "timed_out"
    """The attempt's own limit ran out."""
    NOT_READY = "not_ready"
    """No instance was ready in time."""
    LIVE_TIMEOUT = "live_timeout"
    """The limit of the whole call ran out."""
    WORKER_LOST = "worker_lost"
    """The worker was killed in the middle of the attempt."""
    WORKER_STOPPED = "worker_stopped"
    """The worker was told to end and could not wait any longer."""
    REQUEST_LOST = "request_lost"
    """The stored body of the request is gone."""
    DEPLOYMENT_DELETED = "deployment_deleted"
    CANCELED = "canceled"


class CallPriority(StrEnum):
    """Whose turn it is first; first in, first out within one."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Return its place, from 0; stored to be sorted by."""
        return list(CallPriority).index(self)


class CallbackStatus(StrEnum):
    """Whether the caller has been told how a call ended. Empty: nobody wants to be."""

    NONE = ""
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Nobody took it within its time."""
    REFUSED = "refused"
    """Its address may not be called."""


class BodyKind(StrEnum):
    """What the body of a test request is made of."""

    NONE = "none"
    JSON = "json"
    TEXT = "text"
    FORM = "form"
    """Fields as `application/x-www-form-urlencoded`."""
    MULTIPART = "multipart"
    """Fields and files as `multipart/form-data`."""
    FILE = "file"
