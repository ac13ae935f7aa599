"""What dashboards and rules call things: as the console does, where it calls them anything."""

from deploy_ui.i18n import catalog


def of_chart(language: str, name: str) -> str:
    """Return the title of a chart."""
    return _known(language, f"chart.name.{name}", name)


def of_figure(language: str, name: str) -> str:
    """Return the title of a figure of the summary."""
    return _known(language, f"chart.figure.{name}", name)


def of_line(language: str, name: str) -> str:
    """Return the legend of a line; `{label}` in it is filled in by Grafana. Status codes are called what they are."""
    return _known(language, f"chart.series.{name}", name.replace("{", "{{").replace("}", "}}"))


def own(language: str, name: str, **facts: str) -> str:
    """Return a text of the table `grafana_files`."""
    return catalog.text(language, f"grafana_files.{name}", **facts)


def _known(language: str, key: str, otherwise: str) -> str:
    return catalog.text(language, key) if catalog.has(key) else otherwise
