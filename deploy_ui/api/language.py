"""Which language a client reads."""

from deploy_ui.i18n import catalog

MOST_CHOICES = 20


def accepted(header: str | None) -> str:
    """Return the best language of an `Accept-Language` header that there are texts in."""
    choices = [_choice(place, part) for place, part in enumerate((header or "").split(",")[:MOST_CHOICES])]
    known = [choice for choice in choices if choice[2] in catalog.LANGUAGES and choice[0] < 0]
    return min(known)[2] if known else catalog.DEFAULT


def _choice(place: int, part: str) -> tuple[float, int, str]:
    """Return what sorts the likeliest first: weight (negative), place, language."""
    tag, _, parameter = part.partition(";")
    name, _, weight = parameter.strip().partition("=")
    try:
        quality = float(weight) if name == "q" else 1.0
    except ValueError:
        quality = 0.0
    return -quality, place, tag.strip()[:2].lower()
