"""The tables. Importing this package registers them all with `SQLModel.metadata`."""

from deploy_ui.models.alerts import Alert, AlertNotice, AlertReceiver, AlertRule
from deploy_ui.models.calls import Attempt, Call, Content, Deliverer
from deploy_ui.models.deployments import Deployment, Event, Instance, Revision
from deploy_ui.models.images import Image
from deploy_ui.models.keys import Key, KeyHour
from deploy_ui.models.people import Person, SetupLink, SignIn, SignInFailure
from deploy_ui.models.readmes import Readme, ReadmeFile, ReadmeVersion
from deploy_ui.models.trials import SentTrial

__all__ = [
    "Alert",
    "AlertNotice",
    "AlertReceiver",
    "AlertRule",
    "Attempt",
    "Call",
    "Content",
    "Deliverer",
    "Deployment",
    "Event",
    "Image",
    "Instance",
    "Key",
    "KeyHour",
    "Person",
    "Readme",
    "ReadmeFile",
    "ReadmeVersion",
    "Revision",
    "SentTrial",
    "SetupLink",
    "SignIn",
    "SignInFailure",
]
