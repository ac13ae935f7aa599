"""Trains the classifier and writes iris.json: python train.py"""

import json
from pathlib import Path

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

flowers = load_iris()
pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
accuracy = cross_val_score(pipeline, flowers.data, flowers.target, cv=5).mean()
scaler, classifier = (step for _, step in pipeline.fit(flowers.data, flowers.target).steps)

# Plain numbers instead of a pickle: they load with any version of scikit-learn, and loading them runs no code.
model = {
    "species": flowers.target_names.tolist(),
    "mean": scaler.mean_.tolist(),
    "scale": scaler.scale_.tolist(),
    "coefficients": classifier.coef_.tolist(),
    "intercepts": classifier.intercept_.tolist(),
}
Path(__file__).with_name("iris.json").write_text(json.dumps(model, indent=1) + "\n")
print(f"accuracy over 5 folds: {accuracy:.3f}")
