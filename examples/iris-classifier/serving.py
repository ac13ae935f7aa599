"""Tells the species of an iris by the size of its leaves."""

import json
from pathlib import Path

import numpy as np
from pydantic import BaseModel, Field
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler


class Flower(BaseModel):
    """One flower, measured in centimetres."""

    sepal_length: float = Field(gt=0, lt=100, examples=[5.1])
    sepal_width: float = Field(gt=0, lt=100, examples=[3.5])
    petal_length: float = Field(gt=0, lt=100, examples=[1.4])
    petal_width: float = Field(gt=0, lt=100, examples=[0.2])


class Species(BaseModel):
    """The most likely species, and how likely each one is."""

    species: str
    probabilities: dict[str, float]


class Model:
    """A logistic regression, trained by train.py."""

    def load(self) -> None:
        model = json.loads(Path("iris.json").read_text())
        self.species = model["species"]
        self.pipeline = rebuild(model)
        print(f"Loaded a classifier of {len(self.species)} species.")

    def predict(self, flower: Flower) -> Species:
        sizes = [[flower.sepal_length, flower.sepal_width, flower.petal_length, flower.petal_width]]
        probabilities = dict(zip(self.species, self.pipeline.predict_proba(sizes)[0].round(4).tolist(), strict=True))
        return Species(species=max(probabilities, key=probabilities.__getitem__), probabilities=probabilities)


def rebuild(model: dict) -> Pipeline:
    """Put the trained numbers back into scikit-learn's own classes."""
    scaler, classifier = StandardScaler(), LogisticRegression()
    scaler.mean_, scaler.scale_ = np.array(model["mean"]), np.array(model["scale"])
    classifier.coef_, classifier.intercept_ = np.array(model["coefficients"]), np.array(model["intercepts"])
    classifier.classes_ = np.arange(len(model["species"]))
    return make_pipeline(scaler, classifier)
