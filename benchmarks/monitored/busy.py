"""What is measured of a busy deployment in 15 s, made up: two instances, hundreds of requests, some calls."""

import random

from deploy_ui.metrics.bins import bin_of
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import SHORTEST_S

REQUESTS, CALLS, INSTANCES, MB = 300, 20, 2, 1024 * 1024
MEDIAN_S, SPREAD = 0.04, 0.7


def sample(seed: int) -> Sample:
    """Return the sample of one stretch of a deployment."""
    dice = random.Random()  # noqa: S311 -- no secret
    made = Sample({"seconds": SHORTEST_S + dice.uniform(-0.01, 0.01)})
    _requests(made, dice)
    _calls(made, dice)
    for name in ("wanted", "ready"):
        made.look(name, INSTANCES)
    made.look("asleep", 0)
    made.look("cpu_limit", 1)
    made.look("memory_limit", 1024 * MB)
    for name in ("wanted_seconds", "up_seconds"):
        made.count(name, SHORTEST_S)
    made.count("instance_seconds", INSTANCES * SHORTEST_S)
    for place in range(INSTANCES):
        key = f"1:i{seed:02}{place:03}"
        made.look(f"cpu:{key}", dice.uniform(0.2, 0.9))
        made.look(f"memory:{key}", dice.randrange(400 * MB, 600 * MB, 4096))
    return made


def _requests(made: Sample, dice: random.Random) -> None:
    for _ in range(dice.randint(REQUESTS // 2, REQUESTS)):
        took = dice.lognormvariate(0, SPREAD) * MEDIAN_S
        made.count(f"duration:1:{bin_of(took)}")
        made.count("duration_seconds:1", took)
        made.count(f"requests:1:{dice.choices((200, 422, 500), (95, 4, 1))[0]}")
    made.count("bytes_in", dice.randint(10_000, 100_000))
    made.count("bytes_out", dice.randint(10_000, 100_000))
    made.look("in_flight", dice.randint(0, 8))
    made.look("waiting", 0)


def _calls(made: Sample, dice: random.Random) -> None:
    for _ in range(dice.randint(0, CALLS)):
        made.count("calls_accepted")
        made.count("calls:completed")
        made.count("attempts:")
        made.count(f"call_wait:{bin_of(dice.lognormvariate(0, 1))}")
        made.count(f"call_run:{bin_of(dice.lognormvariate(0, 1))}")
    for name in ("queued", "running", "oldest"):
        made.look(name, dice.randint(0, 20))
