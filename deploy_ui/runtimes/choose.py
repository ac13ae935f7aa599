"""The runtime that the settings ask for."""

import functools
from pathlib import Path

from deploy_ui.runtimes.base import LogPages, LogSource, Runtime, UsageSource
from deploy_ui.runtimes.logs import LogFiles
from deploy_ui.runtimes.process import ProcessRuntime
from deploy_ui.settings import settings


def runtime() -> Runtime:
    """Return what runs instances."""
    return _process_runtime(settings().instances_dir, settings().instance_logs_dir, settings().notify_socket)


def usage_source() -> UsageSource:
    """Return what tells the use of running instances. It remembers the last look, so it is one for each process."""
    return _process_runtime(settings().instances_dir, settings().instance_logs_dir, settings().notify_socket)


def log_source() -> LogSource:
    """Return what reads the logs of instances."""
    return log_files()


def log_pages() -> LogPages:
    """Return what reads the logs of instances piece by piece."""
    return log_files()


def log_files() -> LogFiles:
    """Return the kept logs themselves, for whoever cleans them up."""
    return LogFiles(settings().instance_logs_dir)


@functools.cache
def _process_runtime(instances: Path, logs: Path, notify: Path) -> ProcessRuntime:
    return ProcessRuntime(instances, logs, notify)
