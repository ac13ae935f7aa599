"""What the gateway says where no instance may answer: code and message of each of its own errors."""

import json

from deploy_ui.gateway.routes import RouteState

MESSAGES = {
    "bad_request": "The gateway does not accept this request.",
    "key_missing": "Send this deployment's key as X-API-Key or Authorization: Bearer.",
    "key_invalid": "The key is malformed, expired, disabled or revoked.",
    "key_not_allowed": "The key belongs to another deployment or may not be used from this address.",
    "not_found": "There is nothing at this address.",
    "deployment_not_found": "There is no such deployment.",
    "request_incomplete": "The request did not arrive in time.",
    "deployment_deleted": "This deployment was deleted.",
    "body_too_large": "The request body is over the limit.",
    "headers_too_large": "The request's headers are over the limit.",
    "http_version_refused": "Use HTTP/1.1 or HTTP/2.",
    "gateway_failed": "The gateway could not handle this request.",
    "websocket_refused": "The instance takes no WebSocket at this address.",
    "instance_broke_off": "The instance broke off before it answered.",
    "deployment_stopped": "This deployment is stopped.",
    "deployment_failed": "This deployment cannot serve; its card in the console says why.",
    "deployment_not_ready": "No instance is ready. Try again soon.",
    "too_many_waiting": "Too many requests already wait for an instance. Try again soon.",
    "scale_up_timeout_wrong": "X-Scale-Up-Timeout is a number of seconds, such as 30 or 0.5.",
    "calls_unavailable": "Asynchronous calls are not taken at the moment. Try again soon.",
    "gateway_overloaded": "The gateway is overloaded. Try again soon.",
    "request_timeout": "The instance did not answer in time.",
}
STATES = {
    RouteState.WAITING: (503, "deployment_not_ready"),
    RouteState.STOPPED: (503, "deployment_stopped"),
    RouteState.FAILED: (503, "deployment_failed"),
    RouteState.DELETED: (410, "deployment_deleted"),
}
"""Status and code of the answer where no instance may answer."""
RETRY_AFTER_S = 5
"""When a caller may come back to a deployment that does not serve."""


def body(code: str, *, reason: str = "") -> str:
    """Return the body of an error. The reason is a code, too: why the deployment does not serve."""
    error = {"code": code, "message": MESSAGES[code]}
    if reason:
        error |= {"message": f"{MESSAGES[code]} Reason: {reason}.", "reason": reason}
    return json.dumps({"error": error})
