"""Everything that `/metrics` offers: the names, and where their values come from."""

from typing import NamedTuple

SLUG = "deployment"
OF_REVISION = ("revision",)
OF_INSTANCE = ("revision", "instance_key")
"""Not `instance`: so Prometheus calls the target it scraped, and renames whatever else has that name."""


class Family(NamedTuple):
    """One metric of deployments. `labels` beside the deployment are the parts of the sample's name after `source`."""

    name: str
    source: str
    text: str
    labels: tuple[str, ...] = ()

    @property
    def all_labels(self) -> tuple[str, ...]:
        """Return the names of its labels, the deployment first."""
        return (SLUG, *self.labels)


OF_THE_PRODUCT = (
    Family("deploy_ui_build_info", "", "The version of Deploy UI.", ("version",)),
    Family("deploy_ui_metrics_store_bytes", "", "Size of the store that the console's own charts come from."),
    Family("deploy_ui_deployment_info", "", "What people call the deployment.", (SLUG, "name")),
    Family("deploy_ui_alerts_firing", "", "Alerts that are firing now.", (SLUG, "rule")),
)
"""These name all their labels themselves."""

COUNTERS = (
    Family(
        "deploy_ui_requests",
        "requests",
        "Answers at the gateway by status; without a revision where the gateway answered itself.",
        ("revision", "code"),
    ),
    Family("deploy_ui_request_bytes", "bytes_in", "Bodies of requests."),
    Family("deploy_ui_response_bytes", "bytes_out", "Bodies of answers."),
    Family("deploy_ui_request_retries", "retries", "Requests that were sent to another instance."),
    Family("deploy_ui_request_resets", "resets", "Connections to instances that broke."),
    Family("deploy_ui_instance_crashes", "crashes", "Instances that ended by themselves."),
    Family("deploy_ui_instance_out_of_memory", "out_of_memory", "Crashes for want of memory."),
    Family("deploy_ui_calls_accepted", "calls_accepted", "Asynchronous calls that were taken."),
    Family("deploy_ui_calls", "calls", "Asynchronous calls that ended.", ("status",)),
    Family(
        "deploy_ui_call_attempts",
        "attempts",
        "Attempts of asynchronous calls that ended; without a reason: with an answer.",
        ("reason",),
    ),
    Family("deploy_ui_deployment_wanted_seconds", "wanted_seconds", "Seconds in which it was to serve."),
    Family("deploy_ui_deployment_up_seconds", "up_seconds", "Of these, seconds with at least one ready instance."),
    Family("deploy_ui_instance_seconds", "instance_seconds", "Seconds of all ready instances together."),
)
"""`_total` is added to their names."""

HISTOGRAMS = (
    Family(
        "deploy_ui_request_duration_seconds",
        "duration",
        "From a request's first byte to its answer's last.",
        OF_REVISION,
    ),
    Family("deploy_ui_instance_start_duration_seconds", "starts", "How long instances took to become ready."),
    Family("deploy_ui_wake_duration_seconds", "wakes", "How long it took from sleep to ready."),
    Family("deploy_ui_call_wait_seconds", "call_wait", "How long calls waited for their first attempt."),
    Family("deploy_ui_call_run_seconds", "call_run", "How long calls ran."),
)

GAUGES = (
    Family("deploy_ui_requests_in_flight", "in_flight", "Requests at instances now."),
    Family("deploy_ui_requests_waiting", "waiting", "Requests that the gateway holds now."),
    Family("deploy_ui_instances_wanted", "wanted", "Instances that there should be."),
    Family("deploy_ui_instances_ready", "ready", "Instances that can answer."),
    Family("deploy_ui_deployment_asleep", "asleep", "1 if it has no instance because nobody calls."),
    Family("deploy_ui_calls_queued", "queued", "Asynchronous calls that wait."),
    Family("deploy_ui_calls_running", "running", "Asynchronous calls that are at an instance."),
    Family("deploy_ui_calls_oldest_seconds", "oldest", "Seconds since the oldest call that waits was taken."),
    Family("deploy_ui_instance_cpu_cores", "cpu", "Processors that the instance uses.", OF_INSTANCE),
    Family("deploy_ui_instance_memory_bytes", "memory", "Memory that the instance uses.", OF_INSTANCE),
    Family("deploy_ui_instance_gpu_ratio", "gpu", "Share of its GPU that the instance uses, 0 to 1.", OF_INSTANCE),
    Family("deploy_ui_instance_gpu_memory_bytes", "gpu_memory", "GPU memory that the instance uses.", OF_INSTANCE),
    Family("deploy_ui_instance_cpu_limit_cores", "cpu_limit", "Processors that one instance may use."),
    Family("deploy_ui_instance_memory_limit_bytes", "memory_limit", "Memory that one instance may use."),
)
