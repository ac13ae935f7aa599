"""`POST /v1/models/{name}:predict`: KServe's and KFServing's scripts, and every other kind of hint."""

from pathlib import Path

import pytest

from tests.serving.served import error, start

URL = "/v1/models/demo:predict"
KFSERVING = """
import kfserving
from typing import Dict

class KFServingSampleModel(kfserving.KFModel):
    def __init__(self, name: str):
        super().__init__(name)
        self.name = name
        self.ready = False

    def load(self):
        self.factor = 3
        self.ready = True

    def predict(self, request: Dict) -> Dict:
        inputs = request["instances"]
        return {"predictions": [each * self.factor for each in inputs], "name": self.name}

if __name__ == "__main__":
    model = KFServingSampleModel("custom-model")
    model.load()
    kfserving.KFServer(workers=1).start([model])
"""
KFMODEL = '''
class KFModel:
    """Has the shape of the class that old scripts extend."""

    def __init__(self, name):
        self.name = name
        self.ready = False

    def load(self):
        self.ready = True

    def preprocess(self, request):
        raise AssertionError("ours is called instead")

    def postprocess(self, request):
        raise AssertionError("ours is called instead")

    def predict(self, request):
        raise NotImplementedError
'''
KSERVE = """
from kserve import Model, ModelServer

class Sentiment(Model):
    def __init__(self, name):
        super().__init__(name)
        self.loads = 0
        self.load()

    def load(self):
        self.loads += 1
        self.ready = True

    async def preprocess(self, payload, headers=None):
        return payload["instances"]

    async def predict(self, payload, headers=None, response_headers=None):
        return {"predictions": payload, "loads": self.loads, "tenant": headers["x-tenant"]}

if __name__ == "__main__":
    ModelServer().start([Sentiment("x")])
"""


def test_a_kfserving_script_keeps_working(tmp_path: Path) -> None:
    (tmp_path / "kfserving.py").write_text(KFMODEL)
    with start(tmp_path, KFSERVING) as served:
        assert served.post(URL, {"instances": [1, 2]}).json() == {"predictions": [3, 6], "name": "demo"}
        assert served.post("/predict", {"instances": [1]}).json() == {"predictions": [3], "name": "demo"}


def test_a_kserve_script_keeps_working_and_is_loaded_once(tmp_path: Path) -> None:
    (tmp_path / "kserve.py").write_text(KFMODEL.replace("KFModel", "Model") + "class ModelServer: ...\n")
    with start(tmp_path, KSERVE) as served:
        response = served.post(URL, {"instances": [1]}, headers={"x-tenant": "ann"})
    assert response.json() == {"predictions": [1], "loads": 1, "tenant": "ann"}


@pytest.mark.parametrize("hint", ["", ": dict[str, Any]", ": Dict[str, list[float]]"])
def test_without_a_narrower_hint_predict_gets_the_whole_request(tmp_path: Path, hint: str) -> None:
    script = f"""
from typing import Any, Dict
class Model:
    def predict(self, payload{hint}):
        return sum(payload["instances"])
"""
    with start(tmp_path, script) as served:
        assert served.post(URL, {"instances": [1, 2]}).json() == {"predictions": 3}


def test_a_type_with_instances_gets_the_whole_request(tmp_path: Path) -> None:
    script = """
from pydantic import BaseModel
class Batch(BaseModel):
    instances: list[int]
    scale: int = 1
class Model:
    def predict(self, payload: Batch):
        return [each * payload.scale for each in payload.instances]
"""
    with start(tmp_path, script) as served:
        assert served.post(URL, {"instances": [1, 2], "scale": 5}).json() == {"predictions": [5, 10]}
        assert error(served.post(URL, {"instances": ["x"]}))["fields"][0]["field"] == "instances[0]"


@pytest.mark.parametrize(("hint", "answer"), [("list[float]", [[1.0, 2.0]]), ("float", [1.0, 2.0])])
def test_the_hint_decides_between_a_batch_and_single_instances(tmp_path: Path, hint: str, answer: object) -> None:
    script = f"""
class Model:
    calls = []
    def predict(self, payload: {hint}):
        self.calls.append(payload)
        return 0
    def postprocess(self, answer):
        return self.calls[-1]
"""
    with start(tmp_path, script) as served:
        found = served.post(URL, {"instances": [1, 2]}).json()["predictions"]
    assert (found if hint == "float" else [found]) == answer


def test_bytes_come_in_base64(tmp_path: Path) -> None:
    with start(tmp_path, "class Model:\n    def predict(self, image: bytes):\n        return len(image)\n") as served:
        assert served.post(URL, {"instances": [{"b64": "aGVsbG8="}]}).json() == {"predictions": [5]}
        assert error(served.post(URL, {"instances": [{"b64": "!"}]}))["fields"][0]["field"] == "instances[0]"


def test_a_stream_is_answered_whole(tmp_path: Path) -> None:
    script = "class Model:\n    def predict(self, count: int):\n        yield from range(count)\n"
    with start(tmp_path, script) as served:
        assert served.post(URL, {"instances": [2, 3]}).json() == {"predictions": [[0, 1], [0, 1, 2]]}


def test_requests_of_another_form_are_told(tmp_path: Path) -> None:
    with start(tmp_path, "class Model:\n    def predict(self, payload):\n        return payload\n") as served:
        assert served.post(URL, [1]).status_code == 400
        assert "instances" in error(served.post(URL, {"rows": []}))["message"]
        assert error(served.post(URL, {"instances": 1}))["fields"][0]["field"] == "instances"
        assert served.post(URL, {"inputs": [1]}).json() == {"inputs": [1]}


def test_another_models_name_is_told_the_right_one(tmp_path: Path) -> None:
    with start(tmp_path, "class Model:\n    def predict(self, payload):\n        return payload\n") as served:
        response = served.post("/v1/models/other:predict", {"instances": []})
        assert (response.status_code, error(response)["code"]) == (404, "model_not_found")
        assert "demo" in error(response)["message"]
        assert served.client.get("/v1/models/demo").json() == {"name": "demo", "ready": True}
        assert served.client.get("/v1/models").json() == {"models": ["demo"]}
