"""What every request passes, in order: key, grants, size of the body, the wait for an instance, hygiene, the router."""

from collections.abc import Sequence

from deploy_ui.gateway import access, calls, keys
from deploy_ui.gateway.protos import Message, extension, typed
from deploy_ui.gateway.waking import waking_filter
from deploy_ui.settings import SESSION_COOKIE, Settings

HYGIENE = """
function envoy_on_request(handle)
  local headers = handle:headers()
  local authorization = headers:get("authorization")
  if authorization and authorization:lower():find("bearer%s+dk_") then
    headers:remove("authorization")
  end
  local kept = {}
  for index = 0, headers:getNumValues("cookie") - 1 do
    for cookie in headers:getAtIndex("cookie", index):gmatch("[^;]+") do
      local name = cookie:match("^%s*([^=]-)%s*=") or ""
      if name:lower() ~= "COOKIE" then
        kept[#kept + 1] = cookie:match("^%s*(.-)%s*$")
      end
    end
  end
  headers:remove("cookie")
  if #kept > 0 then
    headers:add("cookie", table.concat(kept, "; "))
  end
end
""".replace("COOKIE", SESSION_COOKIE)

ANSWER_HYGIENE = """
function envoy_on_response(handle)
  local headers = handle:headers()
  local kept = {}
  for index = 0, headers:getNumValues("set-cookie") - 1 do
    local cookie = headers:getAtIndex("set-cookie", index)
    local name = (cookie .. ";"):match("^[%s=]*([^=;]-)%s*[=;]") or ""
    if name:lower() ~= "COOKIE" then
      kept[#kept + 1] = cookie
    end
  end
  headers:remove("set-cookie")
  for _, cookie in ipairs(kept) do
    headers:add("set-cookie", cookie)
  end
end
""".replace("COOKIE", SESSION_COOKIE)
"""Cookies know no ports: an instance could sign people of a console on the same host out, or in as somebody else."""


def http_filters(jwks: str, settings: Settings) -> list[Message]:
    """Return the chain of filters."""
    limit = typed(
        "envoy.extensions.filters.http.body_size_limit.v3.BodySizeLimit",
        max_request_bytes=str(settings.max_body_mb << 20),
    )
    return [
        extension(access.JWT_FILTER, access.jwt_filter(jwks)),
        extension(access.RBAC_FILTER, access.rbac_filter()),
        extension(calls.BODY_LIMIT, limit),
        waking_filter(),
        extension("deploy_ui.hygiene", _hygiene()),
        extension("deploy_ui.answer_hygiene", _answer_hygiene()),
        extension("envoy.filters.http.router", _router()),
    ]


def _hygiene() -> Message:
    """Take the console's cookie and keys in odd spellings off the request; most requests carry neither and skip it."""
    asked = "HttpRequestHeaderMatchInput"
    return _lua_if(HYGIENE, [_has(asked, "cookie", SESSION_COOKIE), _has(asked, "authorization", keys.PREFIX)])


def _answer_hygiene() -> Message:
    """Take the console's cookie off the answer; most answers do not set it and skip it."""
    return _lua_if(ANSWER_HYGIENE, [_has("HttpResponseHeaderMatchInput", "set-cookie", SESSION_COOKIE)])


def _lua_if(script: str, signs: Sequence[Message]) -> Message:
    """Run the script only where one of the signs is seen: it costs more than looking."""
    seen = signs[0] if len(signs) == 1 else {"or_matcher": {"predicate": list(signs)}}
    lua = typed("envoy.extensions.filters.http.lua.v3.Lua", default_source_code={"inline_string": script})
    skip = extension("skip", typed("envoy.extensions.filters.common.matcher.action.v3.SkipFilter"))
    matcher = {"predicate": {"not_matcher": seen}, "on_match": {"action": skip}}
    return typed(
        "envoy.extensions.common.matching.v3.ExtensionWithMatcher",
        extension_config=extension("envoy.filters.http.lua", lua),
        xds_matcher={"matcher_list": {"matchers": [matcher]}},
    )


def _has(kind: str, header: str, part: str) -> Message:
    value = typed(f"envoy.type.matcher.v3.{kind}", header_name=header)
    match = {"contains": part, "ignore_case": True}
    return {"single_predicate": {"input": extension("header", value), "value_match": match}}


def _router() -> Message:
    """Forward; without the statistics by status of each cluster, which nobody reads: the access log has them."""
    return typed("envoy.extensions.filters.http.router.v3.Router", suppress_envoy_headers=True, dynamic_stats=False)
