"""Every failure the product expects. An error carries a code and facts; the words are chosen last.

AppError
├── SignedOut      nobody is signed in, or the sign-in is wrong
├── Forbidden      the person's role does not allow it
├── NotFound
├── Gone           it was there and was deleted
├── Conflict       the state of things does not allow it now
├── Invalid        a value is wrong; `field` names it
├── TooLarge       an upload or a body is over its limit
├── TooMany        a limit of attempts is reached; `retry_after_s` says how long to wait
└── Unavailable    the runtime, the gateway or Redis did not answer

The text of code `x` is `error.x` in both languages, with the facts filled in.
"""


class AppError(Exception):
    """A failure we foresaw: show it, do not page anyone."""

    http_status = 500

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


class SignedOut(AppError):
    """Nobody is signed in, or the sign-in is wrong."""

    http_status = 401


class Forbidden(AppError):
    """The person's role does not allow it."""

    http_status = 403


class NotFound(AppError):
    """There is no such thing, or it is not for this person to know."""

    http_status = 404


class Gone(AppError):
    """It was there and was deleted."""

    http_status = 410


class Conflict(AppError):
    """The state of things does not allow it now."""

    http_status = 409


class Invalid(AppError):
    """A value is wrong; `field` names it as the API does."""

    http_status = 422

    def __init__(self, code: str, *, field: str, **facts: object) -> None:
        super().__init__(code, field=field, **facts)
        self.field = field


class TooLarge(AppError):
    """An upload or a body is over its limit."""

    http_status = 413


class TooMany(AppError):
    """A limit of attempts is reached; `retry_after_s` says how long to wait."""

    http_status = 429

    def __init__(self, code: str, *, retry_after_s: int, **facts: object) -> None:
        super().__init__(code, retry_after_s=retry_after_s, **facts)
        self.retry_after_s = retry_after_s


class Unavailable(AppError):
    """The runtime, the gateway or Redis did not answer."""

    http_status = 503
