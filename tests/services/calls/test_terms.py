import pytest

from deploy_ui.enums import CallPriority
from deploy_ui.errors import Invalid
from deploy_ui.services.calls import terms
from deploy_ui.services.calls.terms import Terms


def test_what_is_not_said_has_its_default() -> None:
    assert terms.read({}) == Terms(300, 120, None, 5, CallPriority.NORMAL, None, "")


def test_everything_can_be_said() -> None:
    asked = terms.read(
        {
            "x-request-timeout": "0.5",
            "x-health-timeout": "86400",
            "x-full-live-timeout": "604800",
            "x-max-attempts": "100",
            "x-priority": "HIGH",
            "idempotency-key": "a-1",
            "x-callback-url": "https://example.org",
        }
    )
    assert asked == Terms(0.5, 86_400, 604_800, 100, CallPriority.HIGH, "a-1", "https://example.org")


WRONG = ("", " ", "0", "-1", "+1", "1e3", "inf", "nan", "5s", "5, 6", "1,5", "\u0663", "9" * 5000, "0.0001", "1_000")


@pytest.mark.parametrize("name", ["x-request-timeout", "x-health-timeout", "x-full-live-timeout", "x-max-attempts"])
@pytest.mark.parametrize("value", WRONG)
def test_wrong_numbers_are_refused(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        terms.read({name: value})
    assert (refused.value.code, refused.value.field.lower()) == ("call_header_wrong", name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-request-timeout", "86401"),
        ("x-full-live-timeout", "604801"),
        ("x-max-attempts", "101"),
        ("x-max-attempts", "2.5"),
        ("x-priority", "urgent"),
        ("x-priority", "high,low"),
        ("idempotency-key", ""),
        ("idempotency-key", "a b"),
        ("idempotency-key", "\u0430"),
        ("idempotency-key", "a" * 201),
    ],
)
def test_what_is_out_of_bounds_is_refused(name: str, value: str) -> None:
    with pytest.raises(Invalid, match="call_header_wrong"):
        terms.read({name: value})
