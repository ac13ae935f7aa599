"""A test request as the browser and programs say it."""

from pydantic import Field

from deploy_ui.api.shapes import Body
from deploy_ui.enums import BodyKind
from deploy_ui.services.trials import request
from deploy_ui.services.trials.request import Header, Trial


class TrialField(Body):
    """One field of a form: a text, or a file by its name."""

    name: str
    value: str = ""
    part: str = Field(default="", description="The form part with the file's content; empty for a text.")
    filename: str = ""
    type: str = Field(default="", description="The file's media type; guessed from its name if it is empty.")


class TrialBody(Body):
    """A request to a deployment."""

    method: str = Field(default="POST", examples=["POST"])
    path: str = Field(default="/predict", description="Behind the slug, with the query.", examples=["/predict"])
    headers: list[tuple[str, str]] = Field(default_factory=list, description="Names and values.")
    kind: BodyKind = BodyKind.NONE
    text: str = Field(default="", description="The body of the kinds `json` and `text`.")
    fields: list[TrialField] = Field(
        default_factory=list, description="The body of the kinds `form` and `multipart`; only the latter takes files."
    )
    filename: str = Field(default="", description="What the body of the kind `file` is called.")

    def trial(self) -> Trial:
        """Return the request as services take it."""
        return Trial(
            method=self.method,
            path=self.path,
            headers=[Header(name, value) for name, value in self.headers],
            kind=self.kind,
            text=self.text,
            fields=[request.Field(**dict(each)) for each in self.fields],
            filename=self.filename,
        )

    @classmethod
    def of(cls, trial: Trial) -> "TrialBody":
        """Return a request as it is shown."""
        return cls(
            method=trial.method,
            path=trial.path,
            headers=[(each.name, each.value) for each in trial.headers],
            kind=trial.kind,
            text=trial.text,
            fields=[TrialField(**vars(each)) for each in trial.fields],
            filename=trial.filename,
        )
