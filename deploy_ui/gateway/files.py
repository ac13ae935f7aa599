"""Files that others read while we write them."""

from pathlib import Path


def replace_if_changed(path: Path, text: str) -> bool:
    """Write the file whole or not at all, and say whether it differed from what was there."""
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text)
    draft.replace(path)
    return True
