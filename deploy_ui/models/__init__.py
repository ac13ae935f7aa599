"""The tables. Importing this package registers them all with `SQLModel.metadata`."""

from deploy_ui.models.calls import Attempt, Call, Content, Deliverer
from deploy_ui.models.deployments import Deployment, Event, Instance, Revision
from deploy_ui.models.images import Image
from deploy_ui.models.keys import Key
from deploy_ui.models.people import Person, SetupLink, SignIn, SignInFailure

__all__ = [
    "Attempt",
    "Call",
    "Content",
    "Deliverer",
    "Deployment",
    "Event",
    "Image",
    "Instance",
    "Key",
    "Person",
    "Revision",
    "SetupLink",
    "SignIn",
    "SignInFailure",
]
