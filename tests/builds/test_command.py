from pathlib import Path

from deploy_ui.builds.command import run_command, run_env
from deploy_ui.enums import ImageKind

ENVIRONMENT = Path("/environments/e")


def test_a_model_is_run_by_our_server() -> None:
    assert run_command(ImageKind.MODEL, "serving.py", "", ENVIRONMENT) == (
        *("/environments/e/bin/python", "-m", "deploy_ui_serving", "model", "--entry=serving.py"),
    )


def test_an_asgi_app_is_run_by_our_server() -> None:
    assert run_command(ImageKind.ASGI, "main.py", "", ENVIRONMENT)[2:] == (
        *("deploy_ui_serving", "asgi", "--entry=main.py"),
    )


def test_a_command_replaces_its_shell() -> None:
    assert run_command(ImageKind.COMMAND, "", "vllm serve --port $PORT", ENVIRONMENT) == (
        *("/bin/sh", "-c", "exec vllm serve --port $PORT"),
    )


def test_programs_of_the_environment_come_first() -> None:
    env = run_env(ENVIRONMENT, concurrency=3)
    assert (env["PATH"].split(":")[0], env["CONCURRENCY"]) == ("/environments/e/bin", "3")
