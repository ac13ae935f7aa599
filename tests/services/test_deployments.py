import pytest

from deploy_ui.enums import Phase, Wish
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def test_a_new_deployment_waits_for_the_controller() -> None:
    card = factories.deployment(name="Iris")
    assert (card.slug, card.phase, card.wish, card.settled) == ("iris", Phase.PENDING, Wish.RUN, False)
