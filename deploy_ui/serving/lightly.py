"""Imports a package without what its `__init__` brings along.

`import uvicorn` also imports its command line, with click, multiprocessing and supervisors: an eighth of the time that
an instance takes from its start to its readiness. We need two classes of it.
"""

import importlib.util
import sys
from typing import Any


def import_lightly(name: str, **places: str) -> None:
    """Make the package's modules importable by themselves, and what lies in `places` without the rest of it.

    Whoever asks the package for more gets all of it, as if nothing had happened.
    """
    spec = importlib.util.find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    package = importlib.util.module_from_spec(spec)
    run = spec.loader.exec_module

    def complete(attribute: str) -> Any:
        if attribute in places:
            return getattr(importlib.import_module(places[attribute]), attribute)
        if vars(package).pop("__getattr__", None):
            run(package)
        return getattr(package, attribute)

    vars(package)["__getattr__"] = complete
    sys.modules[name] = package
