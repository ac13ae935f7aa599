"""The pages about images can be put together, with every text that they need."""

from collections.abc import Callable

import pytest
import reflex as rx

from deploy_ui.deploy_ui import app
from deploy_ui.pages.image.info import info
from deploy_ui.pages.image.logs import logs
from deploy_ui.pages.image.page import image
from deploy_ui.pages.new_image import new_image


@pytest.mark.parametrize("view", [new_image, image, info, logs])
def test_a_page_about_images_renders(view: Callable[[], rx.Component]) -> None:
    assert app is not None
    assert view().render()


@pytest.mark.parametrize("name", ["name", "command", "ready_path", "entry"])
def test_the_form_names_its_fields_as_the_api_does(name: str) -> None:
    assert f'name:"{name}"' in str(new_image())
