"""What receivers are told: the JSON of a webhook, the words of an e-mail. Pure but for the console's address."""

import json
from dataclasses import dataclass
from datetime import datetime

from deploy_ui.enums.alerts import AlertKind, NoticeEvent
from deploy_ui.i18n.catalog import counted, text
from deploy_ui.services.alerts.outbox import Notice
from deploy_ui.services.alerts.templates import SHARES
from deploy_ui.settings import settings

SECONDS = {AlertKind.P99, AlertKind.QUEUE_AGE}


@dataclass(frozen=True)
class Mail:
    """An e-mail without its address."""

    subject: str
    body: str


def payload(notice: Notice) -> bytes:
    """Return the body of a webhook, the same for every try."""
    facts = notice.facts
    told = {name: facts.get(name) for name in ("alert", "value", "threshold", "minutes", "since", "until", "outcome")}
    said = {
        "event": notice.event.value,
        "deployment": notice.slug,
        "name": notice.name,
        **(told if notice.event is not NoticeEvent.TEST else {}),
        "left_out": facts.get("left_out", 0),
        "text": "\n".join([subject(notice), *_lines(notice), card(notice.slug)]),
        "url": card(notice.slug),
    }
    return json.dumps(said).encode()


def mail(notice: Notice) -> Mail:
    """Return an e-mail in the receiver's language."""
    foot = text(notice.language, "alerts.mail.foot", name=notice.name)
    return Mail(subject(notice), "\n".join([*_lines(notice), "", card(notice.slug), "", foot]))


def subject(notice: Notice) -> str:
    """Return it all in one line."""
    language = notice.language
    if notice.event is NoticeEvent.TEST:
        return text(language, "alerts.mail.subject.test", name=notice.name)
    what = text(language, f"alerts.kind.{notice.facts['alert']}")
    return text(language, f"alerts.mail.subject.{notice.event}", name=notice.name, what=what)


def card(slug: str) -> str:
    """Return the address of a deployment's alerts."""
    return f"{settings().console}/deployments/{slug}/monitoring?view=alerts"


def _lines(notice: Notice) -> list[str]:
    """Return everything that the subject does not say."""
    language, facts = notice.language, notice.facts
    if notice.event is NoticeEvent.TEST:
        return [text(language, "alerts.mail.test", name=notice.name)]
    kind = AlertKind(facts["alert"])
    value, threshold = (amount(language, kind, facts[name]) for name in ("value", "threshold"))
    said = {"value": value, "threshold": threshold, "minutes": facts["minutes"]}
    since = text(language, "alerts.mail.since", when=_when(facts["since"]))
    if notice.event is NoticeEvent.RESOLVED:
        how = text(language, f"alerts.outcome.{facts['outcome']}")
        worst = [text(language, "alerts.mail.worst", **said)] if value else []
        lines = [*worst, since, text(language, "alerts.mail.until", when=_when(facts["until"]), how=how)]
    else:
        lines = [text(language, f"alerts.fires.{kind}", **said), since]
    if facts.get("left_out"):
        lines.append(counted(language, "alerts.mail.left_out", facts["left_out"]))
    return lines


def amount(language: str, kind: AlertKind, value: float | None) -> str:
    """Return what a kind of rule measures with its unit."""
    if value is None:
        return ""
    number = f"{value * 100 if kind in SHARES else value:.4g}"
    number = number.replace(".", text(language, "alerts.mail.point"))
    if kind in SHARES:
        return f"{number} %"
    return text(language, "alerts.mail.seconds", number=number) if kind in SECONDS else number


def _when(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M} UTC"
