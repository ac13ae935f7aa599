import pytest

from deploy_ui.controller.specs import LONGEST_GRACE_S, spec
from tests.controller.tables import member, record


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(("request_timeout_s", "grace_s"), [(10, 10), (3600, LONGEST_GRACE_S)])
def test_requests_may_finish_before_the_instance_is_killed(request_timeout_s: int, grace_s: int) -> None:
    found = spec(member(request_timeout_s=request_timeout_s), record("a"))
    assert found.env["GRACE_S"] == str(grace_s)
    assert found.grace_s > grace_s
