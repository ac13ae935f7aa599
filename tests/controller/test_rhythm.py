import pytest

from deploy_ui.controller.rhythm import Rhythm


def test_it_reads_at_the_first_look() -> None:
    assert Rhythm().reads(0.0, wanted=False)


@pytest.mark.parametrize(
    ("after_s", "wanted", "reads"),
    [
        pytest.param(0.9, False, False, id="not yet"),
        pytest.param(1.0, False, True, id="every second"),
        pytest.param(0.1, True, True, id="at once when something may be wanted"),
    ],
)
def test_it_reads_when_it_is_time(after_s: float, wanted: bool, reads: bool) -> None:  # noqa: FBT001 - columns
    rhythm = Rhythm()
    rhythm.reads(100.0, wanted=False)
    assert rhythm.reads(100.0 + after_s, wanted=wanted) is reads


@pytest.mark.parametrize(
    ("moving", "unchanged_s", "pause"),
    [
        pytest.param(False, 0.0, 1.0, id="at rest"),
        pytest.param(True, 0.0, 0.05, id="quick when something has just changed"),
        pytest.param(True, 2.0, 0.2, id="slower when it takes longer"),
        pytest.param(True, 600.0, 0.5, id="but never too slow to see a crash"),
    ],
)
def test_pause(moving: bool, unchanged_s: float, pause: float) -> None:  # noqa: FBT001 - a column
    rhythm = Rhythm()
    rhythm.looked(100.0, moving=moving, changed=True)
    assert rhythm.pause(100.0 + unchanged_s) == pytest.approx(pause)
