"""`deploy-ui up`: everything on one machine, started in order, kept running, ended in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol

from deploy_ui import build_pages
from deploy_ui.errors import Unavailable
from deploy_ui.launch import lifeline, preflight, ready, supervisord
from deploy_ui.launch.parts import Part, foundation, part_command, parts
from deploy_ui.launch.watch import Watch
from deploy_ui.settings import Settings, settings

SUPERVISOR_S = 20
ADMIN_PASSWORD = "DEPLOY_UI_ADMIN_PASSWORD"  # noqa: S105 -- the name of the variable
LOOK_EVERY_S = 1.0
STARTING_LOOK_S = 0.1
SLOW_S = 30
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Say(Protocol):
    """Tells the person at the terminal: `up.{key}` with its facts."""

    def __call__(self, key: str, **facts: object) -> None:
        """Print one text."""


def up(*, say: Say, end_instances: Callable[[], None] | None) -> None:
    """Run the product until a signal asks it to end. Raises `AppError` if it cannot start or cannot go on."""
    current = settings()
    stop = threading.Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    with preflight.claim(current):
        preflight.check(current)
        with _supervisor(current) as keeper, _running(foundation(current), current, say):
            token = _prepare()
            with _afterwards(end_instances, say), _running(parts(current), current, say):
                _attend(keeper, stop, token, say)


@contextmanager
def _supervisor(current: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run supervisord, with every part configured and none started."""
    for folder in (current.part_logs_dir, supervisord.socket(current).parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    configuration = current.run_dir / "supervisord.conf"
    configuration.write_text(supervisord.document([*foundation(current), *parts(current)], current, build_pages.ROOT))
    keeper = subprocess.Popen(
        [sys.executable, "-m", "deploy_ui.launch.keeper", str(configuration)],
        process_group=0,  # Ctrl-C in a terminal reaches us alone: we end the parts in their order
        env=_public(os.environ) | {lifeline.SUPERVISED: str(current.run_dir)},
    )
    try:
        _wait_for_supervisor(keeper, current)
        yield keeper
    finally:
        keeper.terminate()
        keeper.wait()
        lifeline.end_all(current.run_dir)  # if supervisord was killed


def _public(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the parts: the first administrator's password is used before they start."""
    return {name: value for name, value in environment.items() if name != ADMIN_PASSWORD}


def _wait_for_supervisor(keeper: subprocess.Popen[bytes], current: Settings) -> None:
    end = time.monotonic() + SUPERVISOR_S
    while keeper.poll() is None and time.monotonic() < end:
        with suppress(OSError):
            supervisord.Client(current).seen()
            return
        time.sleep(0.05)
    raise Unavailable("supervisor_silent", log=str(current.part_logs_dir / "supervisor.log"))


@contextmanager
def _running(wanted: Sequence[Part], current: Settings, say: Say) -> Iterator[None]:
    """Start parts in their order, and end them in the opposite order."""
    client = supervisord.Client(current)
    try:
        for part in wanted:
            client.start(part)
        yield
    finally:
        for part in reversed(wanted):
            say("ending", part=part.name)
            with suppress(OSError):  # supervisord is gone: then the kernel told the part to end
                client.stop(part)


@contextmanager
def _afterwards(end_instances: Callable[[], None] | None, say: Say) -> Iterator[None]:
    """End the instances once the controller is gone that would start them again."""
    try:
        yield
    finally:
        if end_instances is None:
            say("keeping_instances")
        else:
            say("ending_instances")
            end_instances()


def _prepare() -> str:
    """Bring the database up to date in a process of its own, whose memory is given back; return the set-up token."""
    done = subprocess.run(part_command("prepare"), stdout=subprocess.PIPE, text=True, check=False, process_group=0)
    if done.returncode != 0:
        raise SystemExit(done.returncode)  # it said why
    return done.stdout.strip()


def _attend(keeper: subprocess.Popen[bytes], stop: threading.Event, token: str, say: Say) -> None:
    """Say when everything is ready, and then whatever happens, until the end is asked for."""
    current = settings()
    client, watch = supervisord.Client(current), Watch(current.part_logs_dir)
    greeted, slow_at = False, time.monotonic() + SLOW_S
    while not stop.wait(LOOK_EVERY_S if greeted else STARTING_LOOK_S):
        if keeper.poll() is not None:
            raise Unavailable("supervisor_ended", log=str(current.part_logs_dir / "supervisor.log"))
        with suppress(OSError):
            for death in watch.deaths(client.seen()):
                say("part_ended", part=death.name, words=death.last_words, log=str(death.log))
        if greeted:
            continue
        if not (missing := ready.missing(current)):
            greeted = True
            _greet(current, token, say)
        elif time.monotonic() > slow_at:
            slow_at += SLOW_S
            say("not_ready_yet", parts=", ".join(missing), folder=str(current.part_logs_dir))


def _greet(current: Settings, token: str, say: Say) -> None:
    say("ready", console=current.console, gateway=current.gateway)
    if token:
        # In the fragment, which no browser sends: so the token gets into no log.
        say("set_up", link=f"{current.console}/set-up#{token}")
    say("how_to_end")
