"""What the system lets this process do."""

import resource


def open_many_files() -> None:
    """Let as many connections and files be open at once as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
