import os
import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from deploy_ui import clock
from deploy_ui.controller import janitor
from deploy_ui.db import reading
from deploy_ui.models import SentTrial
from deploy_ui.services import deployments, fleet
from deploy_ui.services.trials import history
from deploy_ui.services.trials.request import Trial
from deploy_ui.settings import settings
from tests import factories
from tests.waiting import eventually


def test_it_drops_the_logs_of_instances_long_ended(database: str) -> None:  # noqa: ARG001
    folder = settings().instance_logs_dir / "abcdef"
    folder.mkdir(parents=True)
    old = (clock.now() - timedelta(days=settings().log_days + 1)).timestamp()
    os.utime(folder, (old, old))
    janitor.forget_the_old()
    assert not folder.exists()


def test_it_drops_what_was_sent_to_deleted_deployments(database: str) -> None:  # noqa: ARG001
    viewer = factories.viewer()
    gone, stays = (factories.deployment(viewer).slug for _ in range(2))
    for slug in (gone, stays):
        history.begun(viewer, slug, Trial())
    deployments.delete(viewer, gone)
    janitor.forget_the_old()
    with reading() as session:
        assert len(list(session.exec(select(SentTrial)))) == 1
    assert len(history.rows(viewer, stays)) == 1


def test_it_keeps_the_logs_of_what_runs(database: str) -> None:  # noqa: ARG001
    card = factories.deployment()
    fleet.add_instance(card.id, "abcdef", revision=1, image_id=card.image_id, now=clock.now())
    folder = settings().instance_logs_dir / "abcdef"
    folder.mkdir(parents=True)
    os.utime(folder, (0, 0))
    janitor.forget_the_old()
    assert folder.exists()


def test_a_task_that_fails_keeps_no_other_from_being_done(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def broken() -> None:
        raise OSError("no")

    monkeypatch.setattr(janitor, "TASKS", {broken: 60, done.set: 60})
    stop = threading.Event()
    thread = threading.Thread(target=janitor.run, args=(stop,))
    thread.start()
    assert done.wait(5)
    stop.set()
    thread.join()


def test_it_does_a_task_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[int] = []

    def count() -> None:
        times.append(1)

    monkeypatch.setattr(janitor, "TASKS", {count: 0.01})
    stop = threading.Event()
    thread = threading.Thread(target=janitor.run, args=(stop,))
    thread.start()
    eventually(lambda: len(times) >= 3)
    stop.set()
    thread.join()
