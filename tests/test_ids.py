from deploy_ui.ids import ALPHABET, new_id


def test_an_id_has_its_length_and_only_letters_that_cannot_be_misread() -> None:
    made = new_id(2000)
    assert len(made) == 2000
    assert set(made) <= set(ALPHABET)
    assert set(ALPHABET).isdisjoint("ilo01")


def test_ids_differ() -> None:
    assert len({new_id(8) for _ in range(1000)}) == 1000
