"""What the list of images shows."""

import reflex as rx

from deploy_ui.enums import ImageStatus
from deploy_ui.services import images
from deploy_ui.services.image_cards import ImageRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.listing import PAGE, Answer, Asked, Listing


class ImagesState(Listing, rx.State):
    """The list of images."""

    rows: list[ImageRow] = []

    _topic = "images"
    _order = tuple(ImageStatus)

    @staticmethod
    def _read(viewer: Viewer, asked: Asked) -> Answer:
        status = ImageStatus(asked.status) if asked.status else None
        page = images.rows(viewer, limit=PAGE, cursor=asked.cursor or None, search=asked.search, status=status)
        return Answer(page.items, page.next or "", images.counts(viewer))
