"""`deploy-ui`: start everything, or one part of it as a cluster would; and the admin's verbs for a shell.

Commands import what they need when they run: a part must not carry the memory of the others.
"""

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy_ui.enums import Role
from deploy_ui.errors import AppError, NotFound
from deploy_ui.launch import lifeline, terminal

if TYPE_CHECKING:
    from deploy_ui.services.viewer import Viewer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
person = typer.Typer(no_args_is_help=True, help="People who may sign in.")
app.add_typer(person, name="person")


def main() -> None:
    """Run a command; a foreseen failure is one clear line and exit code 1."""
    from pydantic import ValidationError

    os.umask(0o077)  # whatever we write is for this user alone, in whatever folder; instances set their own
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        app()
    except AppError as error:
        sys.exit(terminal.failure(error.code, error.facts))
    except ValidationError as error:
        sys.exit(terminal.wrong_settings(error.errors()))


@app.command()
def up(*, keep_instances: Annotated[bool, typer.Option(help="Leave instances running at the end.")] = False) -> None:
    """Start everything on this machine and keep it running until Ctrl-C."""
    from deploy_ui.launch.up import up as run

    run(say=terminal.say, end_instances=None if keep_instances else _end_instances)


@app.command()
def console() -> None:
    """Serve the pages and the API."""
    _begin("console")
    from deploy_ui.launch.console import run

    run()


@app.command()
def gateway() -> None:
    """Run Envoy, the inference gateway."""
    _begin("gateway")
    from deploy_ui.gateway import process

    process.bootstrap()
    command = process.command()
    os.execv(command[0], command)


@app.command()
def activator() -> None:
    """Hold requests to deployments that sleep until an instance is ready."""
    _begin("activator")
    from deploy_ui.gateway.activator import server

    server.run()


@app.command()
def acceptor() -> None:
    """Take asynchronous calls from the gateway, and give their answers out."""
    _begin("acceptor")
    from deploy_ui.acceptor import server

    server.run()


@app.command()
def controller() -> None:
    """Bring deployments to their wanted state, again and again."""
    _begin("controller")
    from deploy_ui.controller import loop

    loop.run(_until_told())


@app.command()
def monitor() -> None:
    """Measure deployments, keep what was measured, and raise alerts."""
    _begin("monitor")
    from deploy_ui.monitor import loop

    loop.run(_until_told())


@app.command()
def worker(name: Annotated[str, typer.Argument(help="Name of this worker's process.")] = "worker") -> None:
    """Run background jobs: image builds."""
    _begin(name)
    from deploy_ui.jobs import worker as jobs_worker

    jobs_worker.run_builds()


@app.command()
def calls(name: Annotated[str, typer.Argument(help="Name of this worker's process.")] = "calls") -> None:
    """Run background jobs: delivery of asynchronous calls."""
    _begin(name)
    from deploy_ui.jobs import worker as jobs_worker

    jobs_worker.run_calls()


@app.command()
def redis() -> None:
    """Run the embedded Redis."""
    _begin("redis")
    from deploy_ui.launch.redis import run

    run()


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    from deploy_ui.migrate import upgrade

    upgrade()


@app.command(hidden=True)
def prepare() -> None:
    """Do what must be done between Redis and the other parts, and print the set-up token if one is needed."""
    from deploy_ui.launch.prepare import prepare as run

    typer.echo(run())


@app.command("setup-link")
def setup_link() -> None:
    """Print a new one-time link that makes the first admin."""
    from deploy_ui.services import people
    from deploy_ui.settings import settings

    token = people.new_setup_link()
    if token is None:
        raise NotFound("nothing_to_set_up")
    typer.echo(f"{settings().console}/set-up#{token}")


@app.command("monitoring-files")
def monitoring_files(
    folder: Path,
    *,
    language: Annotated[str, typer.Option(help="en or ru; that of the terminal by default.")] = "",
) -> None:
    """Write what a Prometheus and a Grafana are started with: configuration, rules, dashboards."""
    from deploy_ui.grafana import files
    from deploy_ui.settings import settings

    for path in files.write(folder, settings(), terminal.chosen(language)):
        typer.echo(path)


@person.command("add")
def person_add(
    email: str,
    *,
    name: Annotated[str, typer.Option(help="Shown to others; the address by default.")] = "",
    role: Annotated[Role, typer.Option()] = Role.VIEWER,
) -> None:
    """Add a person; the password is asked for, or read from the standard input."""
    from deploy_ui.services import people

    people.create(_admin(), email=email, name=name or email, role=role, password=terminal.password())


@person.command("list")
def person_list() -> None:
    """List everybody who may sign in."""
    from deploy_ui.services import people

    for row in people.rows(_admin()):
        typer.echo(f"{row.id}\t{row.email}\t{row.role}\t{'disabled' if row.disabled else 'active'}\t{row.name}")


@person.command("role")
def person_role(email: str, role: Role) -> None:
    """Change what a person may do."""
    from deploy_ui.services import people

    people.change(_admin(), _person_id(email), role=role)


@person.command("password")
def person_password(email: str) -> None:
    """Give a person a new password; it is asked for, or read from the standard input."""
    from deploy_ui.services import people

    people.change(_admin(), _person_id(email), password=terminal.password())


def _begin(part: str) -> None:
    """Begin to be a part: tied to `deploy-ui up` if that started it, with a log that tells what it does."""
    lifeline.attach(part)
    logging.getLogger("deploy_ui").setLevel(logging.INFO)


def _admin() -> "Viewer":
    """Whoever has a shell here has the database anyway."""
    from deploy_ui.services.viewer import Viewer

    return Viewer(person_id=0, email="", name="shell", role=Role.ADMIN)


def _person_id(email: str) -> int:
    from deploy_ui.services import people

    for row in people.rows(_admin()):
        if row.email == email.lower():
            return row.id
    raise NotFound("person_not_found", email=email)


def _end_instances() -> None:
    from deploy_ui.controller import loop

    loop.end_all()


def _until_told() -> threading.Event:
    """Return an event that SIGTERM and Ctrl-C set."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    return told
