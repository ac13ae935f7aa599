"""What a README can begin with: facts of its owner, and a call that its model answers."""

from dataclasses import dataclass

from deploy_ui.services import deployments, images, samples, schema_fields
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.schema_fields import SchemaField
from deploy_ui.services.trials import curl
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

YOUR_KEY = "dk_YOUR_KEY"
YOUR_DEPLOYMENT = "your-deployment"
"""What stands where an image cannot know the address it will have."""


@dataclass(frozen=True)
class Outline:
    """The facts; names and descriptions are user content."""

    name: str
    image: str
    """The image's name."""
    url: str
    """Where a deployment is called; of an image, where one of its deployments would be."""
    method: str
    path: str
    command: str
    """The call for a POSIX shell, with a placeholder for the key."""
    fields: list[SchemaField]


def outline(viewer: Viewer, owner: Owner) -> Outline:
    """Return the facts of a deployment or of an image, deleted ones too."""
    card = deployments.card(viewer, owner.slug) if owner.slug else None
    image = images.card(viewer, card.image_id if card else owner.image)
    request, slug = samples.sample_of(viewer, image.id), card.slug if card else YOUR_DEPLOYMENT
    return Outline(
        name=card.name if card else image.name,
        image=image.name,
        url=f"{settings().gateway}/{slug}",
        method=request.method,
        path=request.path,
        command=curl.command_with(YOUR_KEY, slug, request),
        fields=schema_fields.fields(image.request_schema),
    )
