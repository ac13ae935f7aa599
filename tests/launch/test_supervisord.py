from configparser import ConfigParser
from pathlib import Path

from deploy_ui.launch import supervisord
from deploy_ui.launch.parts import Part, foundation, parts
from deploy_ui.settings import Settings


def parsed(settings: Settings, *wanted: Part) -> ConfigParser:
    """Read the configuration as supervisord does."""
    parser = ConfigParser(inline_comment_prefixes=(";", "#"))
    parser.read_string(supervisord.document(wanted, settings, Path("/project")))
    return parser


def test_every_part_is_a_program_that_waits_to_be_started(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, workers=2)
    read = parsed(settings, *foundation(settings), *parts(settings))
    programs = [name.removeprefix("program:") for name in read.sections() if name.startswith("program:")]
    assert programs == [
        "redis",
        "controller",
        "worker-1",
        "worker-2",
        "calls-1",
        "activator",
        "acceptor",
        "gateway",
        "monitor",
        "console",
    ]
    assert {read[f"program:{name}"]["autostart"] for name in programs} == {"false"}


def test_a_redis_of_ones_own_is_not_started(tmp_path: Path) -> None:
    assert foundation(Settings(data_dir=tmp_path, redis_url="redis://elsewhere")) == []


def test_a_percent_sign_in_a_path_is_only_a_percent_sign(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "100%")
    read = parsed(settings, Part("a", ("/bin/true",)))
    assert read["program:a"]["stdout_logfile"] == str(settings.part_logs_dir / "a.log")


def test_no_secret_of_the_settings_is_in_the_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, admin_password="hunter2", database_url="postgresql+psycopg://a:hunter2@b/c")
    assert "hunter2" not in supervisord.document(parts(settings), settings, Path("/project"))
