"""Names the scripts that lie beside the components."""

import reflex as rx
from reflex_base.environment import EnvironmentVariables


def script(name: str) -> str:
    """Return what a component imports the script beside its module by.

    Reflex finds that module by reading the source of the whole stack, which would be a third of the console's start.
    Where no page is compiled nobody asks for the address, so there the plain name does.
    """
    if EnvironmentVariables.REFLEX_BACKEND_ONLY.get():
        return name
    path: str = rx.asset(name, shared=True, _stack_level=2).importable_path
    return path
