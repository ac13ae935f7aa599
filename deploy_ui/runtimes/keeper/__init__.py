"""The process beside every instance of the process runtime: starts it, logs it, limits it, ends it.

Runs alone, from the standard library only (`python -I -S`), so that it starts in milliseconds, weighs little and
outlives the controller. It imports nothing of deploy_ui; the process runtime imports from here what both must agree on.
Modules that cost start-up time (dataclasses, typing, pathlib, subprocess) are not used here, and nothing is imported
late: the product may be upgraded on disk while a keeper runs.
"""
