"""What stands around the editor, through the real pipeline of events."""

import pytest

from deploy_ui.enums import Role
from deploy_ui.services import deployments
from deploy_ui.services.readmes import owners, publishing, texts
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.readme import ReadmeState
from tests import factories
from tests.states.conftest import Opens
from tests.states.tab import Tab, names


@pytest.fixture
def slug(editor: Viewer) -> str:
    slug = factories.deployment(editor, name="Iris").slug
    for text in (b"one", b"two"):
        texts.save(editor, owners.of_deployment(slug), text)
    return slug


async def test_the_versions_are_listed_and_follow(tab: Tab, editor: Viewer, slug: str) -> None:
    await tab.card(slug, "readme")
    await tab.sees(lambda it: names(it["ReadmeState.rows"], "number") == [2, 1])
    texts.save(factories.viewer(), owners.of_deployment(slug), b"three")
    await tab.sees(lambda it: it["ReadmeState.newest"] == 3)
    assert "three" not in tab.known()
    assert editor.name in tab.known()


async def test_the_sample_speaks_of_this_deployment(tab: Tab, slug: str) -> None:
    await tab.card(slug, "readme")
    await tab.sees(lambda it: it["ReadmeState.sample"].startswith("# Iris"))
    assert f"/{slug}/predict" in tab["ReadmeState.sample"]


async def test_an_image_has_the_same_tab(tab: Tab, editor: Viewer, slug: str) -> None:
    image = factories.image(editor, name="resnet")
    texts.save(editor, owners.of_image(image.id), b"of the image")
    await tab.card(slug, "readme")
    await tab.sees(lambda it: it["ReadmeState.newest"] == 2)
    await tab.open(f"/images/{image.id}/readme", image_id=image.id, tab="readme")
    await tab.sees(lambda it: it["ReadmeState.newest"] == 1 and it["ReadmeState.sample"].startswith("# resnet"))


async def test_an_older_version_is_looked_at_compared_and_restored(tab: Tab, editor: Viewer, slug: str) -> None:
    await tab.card(slug, "readme")
    await tab.sees(lambda it: it["ReadmeState.newest"] == 2)
    await tab.send(ReadmeState.open_history())
    assert (tab["ReadmeState.history"], tab["ReadmeState.chosen"]) == (True, 2)
    await tab.send(ReadmeState.choose(1))
    await tab.send(ReadmeState.compare(True))  # noqa: FBT003 -- as the browser sends it
    assert tab["ReadmeState.compares"]
    await tab.send(ReadmeState.choose(2))
    assert not tab["ReadmeState.compares"]
    await tab.send(ReadmeState.choose(1))
    await tab.send(ReadmeState.restore())
    assert (tab["ReadmeState.history"], tab["ReadmeState.restored"], tab["ReadmeState.newest"]) == (False, 1, 3)
    assert texts.read(editor, owners.of_deployment(slug)).text == "one"


async def test_the_link_is_known_only_while_its_dialog_is_open(tab: Tab, slug: str) -> None:
    await tab.card(slug, "readme")
    await tab.send(ReadmeState.open_publishing())
    await tab.send(ReadmeState.publish())
    link = tab["ReadmeState.link"]
    assert publishing.published(link.rpartition("/")[2]).text == "two"
    await tab.send(ReadmeState.close())
    assert link not in tab.known()
    await tab.send(ReadmeState.open_publishing())
    assert tab["ReadmeState.link"] == link
    await tab.send(ReadmeState.revoke())
    assert (tab["ReadmeState.link"], tab["ReadmeState.published_at"]) == ("", None)


async def test_a_viewer_is_not_told_of_the_link_and_changes_nothing(new_tab: Opens, editor: Viewer, slug: str) -> None:
    owner = owners.of_deployment(slug)
    token = publishing.publish(editor, owner).rpartition("/")[2]
    tab = new_tab(factories.viewer(Role.VIEWER))
    await tab.card(slug, "readme")
    await tab.sees(lambda it: it["ReadmeState.newest"] == 2)
    for event in (ReadmeState.open_publishing(), ReadmeState.publish(), ReadmeState.revoke(), ReadmeState.restore()):
        await tab.send(event)
    assert token not in tab.known()
    assert publishing.published(token).text == "two"
    assert len(texts.rows(editor, owner)) == 2


async def test_nobody_is_told_anything(new_tab: Opens, slug: str) -> None:
    tab = new_tab(None)
    await tab.card(slug, "readme")
    for event in (ReadmeState.open_history(), ReadmeState.open_publishing(), ReadmeState.saved(1)):
        await tab.send(event)
    assert "VersionRow" not in tab.known()


async def test_the_tab_stays_when_its_deployment_is_deleted(tab: Tab, editor: Viewer, slug: str) -> None:
    deployments.delete(editor, slug)
    await tab.card(slug, "readme")
    await tab.sees(lambda it: it["CardState.gone"] and it["ReadmeState.newest"] == 2)
    assert tab.redirects == []
    await tab.card(slug, "logs")
    await tab.sees(lambda it: it.redirects == [f"/deployments/{slug}/general"])
