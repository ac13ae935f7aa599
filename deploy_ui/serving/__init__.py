"""The small server inside every instance of kind `model` or `asgi`.

It stands alone: the builder copies this folder as the package `deploy_ui_serving` into each image's environment, so it
imports nothing else of Deploy UI, and from outside only what `requirements.txt` beside it names. `docs/serving.md` is
its contract with authors and callers.
"""
