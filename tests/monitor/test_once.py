from deploy_ui.monitor.once import Once


def test_what_two_readings_find_counts_once() -> None:
    once: Once[int] = Once()
    assert once.fresh([1, 2]) == {1, 2}
    assert once.fresh([2, 3]) == {3}
    assert once.fresh([]) == set()
    assert once.fresh([3]) == {3}
