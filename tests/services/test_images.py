import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from deploy_ui import clock
from deploy_ui.db import reading
from deploy_ui.enums import ImageKind, ImageStatus, Role
from deploy_ui.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from deploy_ui.models import Image
from deploy_ui.services import builds, deployments, image_usage, images, rebuilds
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.images import NewImage
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

pytestmark = pytest.mark.usefixtures("database")
SCRIPT = "class Model:\n    def predict(self, payload):\n        return payload\n"


@pytest.fixture
def editor() -> Viewer:
    return factories.viewer(Role.EDITOR)


def create(by: Viewer, name: str = "iris", **values: object) -> ImageCard:
    with images.begin(by, NewImage(name=name, **{"script": SCRIPT, **values})) as upload:  # type: ignore[arg-type]
        return upload.finish()


def on_disk() -> list[str]:
    folder = settings().images_dir
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_new_image_waits_for_its_build(editor: Viewer) -> None:
    card = create(editor, requirements="numpy\n", env={"SECRET": "s3cret"})
    assert (card.status, card.entry, card.requirements, card.script) == (
        *(ImageStatus.QUEUED, "serving.py", "numpy\n", SCRIPT),
    )
    assert on_disk() == [f"{card.id}/src/requirements.txt", f"{card.id}/src/serving.py"]
    assert (card.env_names, "s3cret" in repr(card)) == (["SECRET"], False)


def test_values_of_variables_are_not_in_the_database_in_clear(editor: Viewer) -> None:
    create(editor, env={"SECRET": "s3cret"})
    with reading() as session:
        assert "s3cret" not in repr(session.exec(select(Image)).one())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Iris"}, "name"),
        ({"name": "a" * 64}, "name"),
        ({"name": "../a"}, "name"),
        ({"name": "a\n"}, "name"),
        ({"kind": ImageKind.COMMAND, "command": "  "}, "command"),
        ({"kind": ImageKind.COMMAND, "command": "a\nb"}, "command"),
        ({"kind": ImageKind.COMMAND, "command": "a" * 5000}, "command"),
        ({"ready_path": "health"}, "ready_path"),
        ({"entry": "model.txt"}, "entry"),
        ({"entry": "./serving.py"}, "entry"),
        ({"entry": "../serving.py"}, "files"),
        ({"env": {"1A": "x"}}, "env"),
        ({"env": {"PORT": "1"}}, "env"),
    ],
)
def test_a_wrong_value_is_refused_before_any_byte_is_taken(
    editor: Viewer, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        create(editor, **values)  # type: ignore[arg-type]
    assert (refused.value.field, on_disk()) == (field, [])


def test_a_viewer_uploads_nothing(editor: Viewer) -> None:
    card = create(editor)
    viewer = factories.viewer(Role.VIEWER)
    for verb in (images.delete, rebuilds.again, images.cancel):
        with pytest.raises(Forbidden):
            verb(viewer, card.id)
    with pytest.raises(Forbidden):
        create(viewer, "other")


def test_a_taken_name_is_refused_before_any_byte_is_taken(editor: Viewer) -> None:
    create(editor)
    with pytest.raises(Conflict, match="image_name_taken"):
        images.begin(editor, NewImage(name="iris"))


def test_a_name_taken_during_the_upload_is_refused_and_nothing_stays(editor: Viewer) -> None:
    with images.begin(editor, NewImage(name="iris", script=SCRIPT)) as upload:
        first = create(editor)
        with pytest.raises(Conflict, match="image_name_taken"):
            upload.finish()
    assert on_disk() == [f"{first.id}/src/serving.py"]


@pytest.mark.parametrize(
    ("kind", "files", "entry"),
    [
        (ImageKind.MODEL, ["serving.py"], "serving.py"),
        (ImageKind.ASGI, ["app.py", "main.py"], "main.py"),
        (ImageKind.ASGI, ["app.py"], "app.py"),
        (ImageKind.ASGI, ["serving.py", "other.py"], "serving.py"),
        (ImageKind.COMMAND, ["main.py"], "main.py"),
        (ImageKind.COMMAND, [], ""),
    ],
)
def test_the_script_is_found_by_its_usual_name(editor: Viewer, kind: ImageKind, files: list[str], entry: str) -> None:
    with images.begin(editor, NewImage(name="a", kind=kind, command="x")) as upload:
        for path in files:
            upload.file(path, [b""])
        assert upload.finish().entry == entry


@pytest.mark.parametrize("new", [NewImage("a"), NewImage("a", ImageKind.ASGI), NewImage("a", entry="my/model.py")])
def test_a_missing_script_is_refused_and_nothing_stays(editor: Viewer, new: NewImage) -> None:
    with images.begin(editor, new) as upload:
        upload.file("other.py", [b""])
        with pytest.raises(Invalid, match="entry_missing"):
            upload.finish()
    assert on_disk() == []


def test_the_list_is_walked_newest_first(editor: Viewer) -> None:
    now = clock.now()
    for number in range(5):
        factories.image(editor, name=f"image-{number}", created_at=now + timedelta(seconds=number // 2))
    first = images.rows(editor, limit=2)
    second = images.rows(editor, limit=2, cursor=first.next)
    third = images.rows(editor, limit=2, cursor=second.next)
    names = [row.name for page in (first, second, third) for row in page.items]
    assert (sorted(names), names[0], third.next) == ([f"image-{n}" for n in range(5)], "image-4", None)


def test_the_list_is_searched_and_filtered(editor: Viewer) -> None:
    factories.image(editor, name="iris")
    factories.image(editor, name="rose", status=ImageStatus.FAILED)
    assert [row.name for row in images.rows(editor, search="IRI").items] == ["iris"]
    assert [row.name for row in images.rows(editor, status=ImageStatus.FAILED).items] == ["rose"]
    assert images.counts(editor) == {"ready": 1, "failed": 1}


@pytest.mark.parametrize("cursor", ["x", "WyJhIiwgImIiXQ"])
def test_a_cursor_that_we_did_not_make_is_refused(editor: Viewer, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor_wrong"):
        images.rows(editor, cursor=cursor)


def test_an_image_is_found_by_name_and_by_id(editor: Viewer) -> None:
    card = create(editor)
    assert images.card(editor, "iris").id == images.card(editor, card.id).id


@pytest.mark.parametrize("name", ["", "nothing", "%", "../../etc", "a" * 1000])
def test_an_image_that_is_not_there_is_not_found(editor: Viewer, name: str) -> None:
    with pytest.raises(NotFound):
        images.card(editor, name)


def test_a_deleted_image_frees_its_name_and_keeps_its_card(editor: Viewer) -> None:
    card = create(editor)
    images.delete(editor, card.id)
    images.delete(editor, card.id)
    assert (images.rows(editor).items, images.card(editor, card.id).deleted) == ([], True)
    assert create(editor).id != card.id


def test_an_image_in_use_is_not_deleted_and_its_users_are_named(editor: Viewer) -> None:
    image = factories.image(editor)
    factories.deployment(editor, image_id=image.id, name="Shop")
    with pytest.raises(Conflict) as refused:
        images.delete(editor, image.id)
    assert refused.value.facts["deployments"] == ["Shop"]


def test_an_image_whose_users_are_deleted_can_be_deleted(editor: Viewer) -> None:
    image = factories.image(editor)
    deployment = factories.deployment(editor, image_id=image.id)
    deployments.delete(editor, deployment.slug)
    images.delete(editor, image.id)
    assert [(row.slug, row.now) for row in image_usage.rows(editor, image.id)] == [(deployment.slug, False)]


def test_the_number_of_users_is_on_the_list(editor: Viewer) -> None:
    image = factories.image(editor)
    factories.deployment(editor, image_id=image.id)
    assert [row.deployments for row in images.rows(editor).items] == [1]


def test_a_waiting_build_is_canceled_at_once_and_can_be_asked_for_again(editor: Viewer) -> None:
    card = create(editor)
    assert images.cancel(editor, card.id).status == ImageStatus.CANCELED
    assert images.cancel(editor, card.id).status == ImageStatus.CANCELED
    assert builds.claim(card.id, clock.now()) is None
    assert rebuilds.again(editor, card.id).status == ImageStatus.QUEUED


@pytest.mark.parametrize("verb", [rebuilds.again, images.cancel])
def test_a_ready_image_never_changes(editor: Viewer, verb: object) -> None:
    image = factories.image(editor)
    with pytest.raises(Conflict):
        verb(editor, image.id)  # type: ignore[operator]


def test_of_two_uploads_of_one_name_at_once_exactly_one_wins(editor: Viewer) -> None:
    ready, results = threading.Barrier(4), list[object]()

    def race() -> None:
        with images.begin(editor, NewImage(name="iris", script=SCRIPT)) as upload:
            ready.wait()
            try:
                results.append(upload.finish())
            except AppError as error:
                results.append(error.code)

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("image_name_taken") == 3
    assert len(list(Path(settings().images_dir).glob("img_*"))) == 1


def test_a_link_in_the_place_of_the_script_shows_nothing(editor: Viewer, tmp_path: Path) -> None:
    card = create(editor)
    script = settings().images_dir / card.id / "src" / "serving.py"
    script.unlink()
    (tmp_path / "secret").write_text("s3cret")
    script.symlink_to(tmp_path / "secret")
    assert images.card(editor, card.id).script == ""
