"""The builder with the real uv and the real index."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from deploy_ui import clock
from deploy_ui.builds import environments, imports, lock
from deploy_ui.builds.base import BuildCanceled, BuildFailed, BuildSpec, Built
from deploy_ui.builds.command import run_command, run_env
from deploy_ui.builds.process import Limits, run
from deploy_ui.builds.uv import build
from deploy_ui.enums import BuildStep, ImageKind
from deploy_ui.settings import settings
from tests.builds.recorder import Recorder
from tests.ports import free_port

pytestmark = pytest.mark.usefixtures("data_dir", "uv_cache")
MODEL = "class Model:\n    def predict(self, payload: dict) -> dict:\n        return payload\n"
APP = "async def app(scope, receive, send): ...\n"
Build = Callable[..., Built]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def warm(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let tests that are not about environments share theirs."""
    for name in ("environments", "cache"):
        shared = tmp_path_factory.getbasetemp() / f"shared-{name}"
        shared.mkdir(exist_ok=True)
        (data_dir / name).symlink_to(shared)


@pytest.fixture
def made(tmp_path: Path, recorder: Recorder) -> Build:
    """Build an image of these files."""

    def make(kind: ImageKind = ImageKind.MODEL, *, requirements: str = "", **files: str) -> Built:
        folder = tmp_path / "src"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text)
        uploaded = tuple(sorted(f"{name}.py" for name in files))
        entry = "" if kind == ImageKind.COMMAND else "serving.py"
        return build(
            BuildSpec("img_a", kind, folder, uploaded, entry, "true", requirements, {"GREETING": "hello"}), recorder
        )

    return make


def failure(made: Build, script: str, kind: ImageKind = ImageKind.MODEL, requirements: str = "") -> BuildFailed:
    with pytest.raises(BuildFailed) as raised:
        made(kind, requirements=requirements, serving=script)
    return raised.value


def left() -> list[str]:
    return [path.name for path in settings().environments_dir.iterdir() if path.is_dir()]


def test_a_model_becomes_an_environment_that_can_serve_it(made: Build, recorder: Recorder) -> None:
    built = made(serving=MODEL)
    environment = settings().environments_dir / built.environment
    assert recorder.steps == list(BuildStep)
    assert (built.request_schema or {})["type"] == "object"
    assert "uvicorn==" in built.lock
    assert built.size_bytes > 1_000_000
    assert left() == [built.environment]
    assert run_command(ImageKind.MODEL, "serving.py", "", environment)[0] == str(environment / "bin" / "python")


@pytest.mark.usefixtures("warm")
def test_an_asgi_app_is_built(made: Build) -> None:
    assert made(ImageKind.ASGI, serving=APP).request_schema is None


def test_a_command_gets_its_own_packages_only_and_finds_them(made: Build, tmp_path: Path) -> None:
    built = made(ImageKind.COMMAND, requirements="tomli", main="")
    environment = settings().environments_dir / built.environment
    command = run_command(ImageKind.COMMAND, "", "python -c 'import tomli, sys; print(sys.prefix)'", environment)
    ended = run(command, cwd=tmp_path, env=run_env(environment, 1), limits=Limits(30), progress=Recorder())
    assert (built.lock.partition("==")[0], list(ended.stdout)) == ("tomli", [str(environment)])


@pytest.mark.usefixtures("warm")
def test_scripts_of_packages_run_from_where_the_environment_was_moved_to(made: Build, tmp_path: Path) -> None:
    environment = settings().environments_dir / made(serving=MODEL).environment
    ended = run(
        [str(environment / "bin" / "uvicorn"), "--version"],
        cwd=tmp_path,
        env=run_env(environment, 1),
        limits=Limits(30),
        progress=Recorder(),
    )
    assert "uvicorn" in ended.stdout[0]


def test_a_command_without_requirements_needs_no_index(made: Build) -> None:
    assert made(ImageKind.COMMAND).lock == ""


@pytest.mark.usefixtures("warm")
def test_identical_content_gets_the_same_environment_and_digest(made: Build, recorder: Recorder) -> None:
    first, second = made(serving=MODEL), made(serving=MODEL)
    assert (first, "is there already" in recorder.text) == (second, True)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("change", [{"serving": MODEL + "#"}, {"serving": MODEL, "more": ""}])
def test_another_file_gives_another_digest_in_the_same_environment(made: Build, change: dict[str, str]) -> None:
    first, second = made(serving=MODEL), made(**change)
    assert (first.digest != second.digest, first.environment) == (True, second.environment)


@pytest.mark.usefixtures("warm")
def test_what_the_script_writes_while_it_is_imported_is_removed(made: Build, tmp_path: Path) -> None:
    made(serving="open('stray', 'w').close()\n__import__('os').symlink('/etc', 'link')\n" + MODEL)
    assert sorted(path.name for path in (tmp_path / "src").iterdir() if path.name != "__pycache__") == ["serving.py"]


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    "line", ["os.remove('serving.py')", "os.remove('more.py'); os.symlink('/etc/passwd', 'more.py')"]
)
def test_a_script_that_takes_files_away_is_told(made: Build, line: str) -> None:
    with pytest.raises(BuildFailed, match="file_gone"):
        made(serving=f"import os; {line}\n{MODEL}", more="")


@pytest.mark.usefixtures("warm")
def test_a_syntax_error_is_found_before_anything_is_installed(made: Build, recorder: Recorder) -> None:
    told = failure(made, "class Model\n", requirements="nosuch-package-of-anybody")
    assert (told.code, told.facts["line"], recorder.steps) == ("script_syntax", 1, [BuildStep.CHECK])


@pytest.mark.usefixtures("warm")
def test_a_wrong_requirement_is_found_before_anything_is_installed(made: Build, recorder: Recorder) -> None:
    told = failure(made, MODEL, requirements="tomli\n==1")
    assert (told.code, told.facts["line"], recorder.steps) == ("requirement_invalid", 2, [BuildStep.CHECK])


def test_a_package_that_does_not_exist_is_named(made: Build) -> None:
    told = failure(made, MODEL, requirements="nosuch-package-of-anybody")
    assert (told.code, told.facts["name"]) == ("package_unknown", "nosuch-package-of-anybody")


def test_versions_in_conflict_are_told_in_uvs_words(made: Build) -> None:
    told = failure(made, MODEL, requirements="idna==3.6\nanyio==4.4.0\nidna<3")
    assert (told.code, "idna" in str(told.facts["message"])) == ("requirements_conflict", True)


def test_an_index_that_does_not_answer_is_told_and_its_password_is_not(
    made: Build, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://me:s3cret@127.0.0.1:1/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    told = failure(made, MODEL, requirements="tomli")
    assert (told.code, "s3cret" in recorder.text + str(told.facts)) == ("index_unreachable", False)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    ("script", "code", "line"),
    [
        ("import nosuch_module\n" + MODEL, "script_import_failed", 1),
        (MODEL + "\nraise ValueError('no model file')\n", "script_import_failed", 5),
        ("Model = None\n", "script_no_model", None),
        ("class Base: ...\nclass Model(Base): ...\n", "script_no_predict", None),
    ],
)
def test_what_the_import_finds_is_told_with_its_line(made: Build, script: str, code: str, line: int | None) -> None:
    told = failure(made, script)
    assert (told.code, line in {None, told.facts["line"]}) == (code, True)


@pytest.mark.usefixtures("warm")
def test_the_exception_of_an_import_is_told_in_its_words(made: Build, recorder: Recorder) -> None:
    told = failure(made, MODEL + "\nraise ValueError('no model file')\n")
    assert "ValueError: no model file" in str(told.facts["message"])
    assert ("Traceback" in recorder.text, '"code"' in recorder.text) == (True, False)


@pytest.mark.usefixtures("warm")
def test_an_app_that_is_missing_is_told(made: Build) -> None:
    assert failure(made, "app = None\n", ImageKind.ASGI).code == "script_no_app"


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    ("line", "code"),
    [("import os; os._exit(0)", "script_exited"), ("import os; os.abort()", "script_crashed")],
)
def test_a_script_that_ends_the_process_is_told(made: Build, line: str, code: str) -> None:
    assert failure(made, f"{line}\n{MODEL}").code == code


@pytest.mark.usefixtures("warm")
def test_an_import_that_does_not_end_is_told(made: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHECK_S", 0.5)
    assert failure(made, "import time; time.sleep(600)\n" + MODEL).code == "script_timed_out"


@pytest.mark.usefixtures("warm")
def test_an_import_that_takes_all_memory_is_told(made: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MEMORY_SHARE", 0.02)
    script = "blocks = []\nwhile True:\n    blocks.append(bytearray(10_000_000))\n" + MODEL
    assert failure(made, script).code == "script_out_of_memory"


@pytest.mark.usefixtures("warm")
def test_the_script_sees_its_own_variables_and_none_of_ours(
    made: Build, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_UI_ADMIN_PASSWORD", "s3cret")
    monkeypatch.setenv("UV_INDEX_PRIVATE_PASSWORD", "s3cret")
    made(serving="import os; print(dict(os.environ))\n" + MODEL)
    assert ("s3cret" in recorder.text, "'GREETING': 'hello'" in recorder.text) == (False, True)


def test_a_canceled_build_leaves_nothing_half_made(made: Build, recorder: Recorder) -> None:
    threading.Timer(0.3, recorder.cancel.set).start()
    begun = time.monotonic()
    with pytest.raises(BuildCanceled):
        made(serving="import time; time.sleep(600)\n" + MODEL, requirements="tomli")
    assert time.monotonic() - begun < 30
    assert not [name for name in left() if name.startswith(".")]


def test_an_environment_that_nothing_uses_is_removed_after_a_while(made: Build) -> None:
    built, now = made(ImageKind.COMMAND), clock.now()
    assert environments.remove_unused([], now) == []
    assert environments.remove_unused([built.environment], now + timedelta(hours=1)) == []
    assert environments.remove_unused([], now + timedelta(hours=1)) == [built.environment]


def test_of_two_builds_that_make_the_same_environment_both_get_it(made: Build, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from deploy_ui.builds.uv import build;"
        "from deploy_ui.builds.base import BuildSpec; from tests.builds.recorder import Recorder;"
        "spec = BuildSpec('a', 'command', Path(sys.argv[1]), (), '', 'true', 'tomli', {});"
        "print(build(spec, Recorder()).environment)"
    )
    folder = tmp_path / "src"
    folder.mkdir()
    command = [sys.executable, "-c", script, str(folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    names = {process.communicate()[0] for process in both}
    assert (len(names), [f"{name}\n" for name in left()]) == (1, sorted(names))
    assert made(ImageKind.COMMAND, requirements="tomli").environment == left()[0]


def test_a_kept_resolution_is_forgotten_after_a_while(made: Build) -> None:
    made(ImageKind.COMMAND, requirements="tomli")
    kept = settings().data_dir / "cache" / "locks"
    lock.forget(time.time())
    assert len(list(kept.iterdir())) == 1
    lock.forget(time.time() + 3600)
    assert list(kept.iterdir()) == []


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(("kind", "script"), [(ImageKind.MODEL, MODEL), (ImageKind.ASGI, APP)])
def test_no_instance_has_to_compile_what_it_needs_to_become_ready(
    made: Build, tmp_path: Path, kind: ImageKind, script: str
) -> None:
    built = made(kind, serving=script)
    environment = settings().environments_dir / built.environment
    compiled = set(environment.rglob("*.pyc")) | set(tmp_path.rglob("src/**/*.pyc"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify.sock"))
        listener.settimeout(20)
        instance = subprocess.Popen(
            run_command(kind, "serving.py", "", environment),
            cwd=tmp_path / "src",
            env=run_env(environment, 1) | {"PORT": str(free_port()), "NOTIFY_SOCKET": listener.getsockname()},
        )
        while b"READY=1" not in listener.recv(4096):
            assert instance.poll() is None
        instance.kill()
        instance.wait()
    assert {"serving", "off", "commands"} <= {path.name.partition(".")[0] for path in compiled}
    assert set(environment.rglob("*.pyc")) | set(tmp_path.rglob("src/**/*.pyc")) == compiled
