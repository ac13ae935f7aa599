"""Who may call a deployment: the signature, then the deployment's list of live keys."""

from collections.abc import Sequence
from ipaddress import ip_network

from deploy_ui.gateway import keys
from deploy_ui.gateway.protos import Message, typed
from deploy_ui.gateway.routes import Grant, Route

JWT_FILTER = "envoy.filters.http.jwt_authn"
RBAC_FILTER = "envoy.filters.http.rbac"
CLAIMS = "key"
"""Under this name the filter leaves the key's claims for others to read."""
PROVIDER = "deploy-ui"
KEY_HEADER = "x-api-key"
BEARER_KEYS = tuple(f"{scheme} {keys.PREFIX}" for scheme in ("BEARER", "Bearer", "bearer"))
CACHED_KEYS = 1000
"""How many checked keys each of Envoy's workers remembers; expiry is looked at every time all the same."""

ONE_HOST: Message = {"not_rule": {"header": {"name": ":authority", "string_match": {"contains": ","}}}}
"""Two Host headers reach us joined by a comma; two servers could read them differently."""
OPEN: Message = {
    JWT_FILTER: typed("envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig", disabled=True),
    RBAC_FILTER: typed("envoy.extensions.filters.http.rbac.v3.RBACPerRoute"),
}
"""What a route says that needs no key. Without it nobody gets through: both filters are closed by default."""


def jwt_filter(jwks: str) -> Message:
    """Check the key's signature, issuer and expiry on every route that does not say otherwise, and take the key off."""
    headers = [{"name": KEY_HEADER, "value_prefix": keys.PREFIX}]
    headers += [{"name": "authorization", "value_prefix": prefix} for prefix in BEARER_KEYS]
    provider = {
        "issuer": keys.ISSUER,
        "local_jwks": {"inline_string": jwks},
        "from_headers": headers,
        "forward": False,
        "clock_skew_seconds": 1,
        "payload_in_metadata": CLAIMS,
        "jwt_cache_config": {"jwt_cache_size": CACHED_KEYS},
    }
    return typed(
        "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
        providers={PROVIDER: provider},
        rules=[{"match": {"prefix": "/"}, "requires": {"provider_name": PROVIDER}}],
    )


def rbac_filter() -> Message:
    """Let nobody through; each route names those who may."""
    return typed("envoy.extensions.filters.http.rbac.v3.RBAC", rules={"action": "ALLOW"})


def closed(route: Route) -> Message:
    """Let through the deployment's live keys, each from its addresses, and the console's own keys."""
    policy = {"permissions": [ONE_HOST], "principals": [_holder(route)]}
    rules = {"action": "ALLOW", "policies": {"key": policy}}
    return {RBAC_FILTER: typed("envoy.extensions.filters.http.rbac.v3.RBACPerRoute", rbac={"rules": rules})}


def bound_keys(route: Route) -> list[str]:
    """Return the ids of live keys that work from some addresses only."""
    return sorted(grant.id for grant in route.grants if grant.addresses)


def _holder(route: Route) -> Message:
    grants = sorted(route.grants, key=lambda grant: grant.id)
    free = [grant.id for grant in grants if not grant.addresses]
    ways = [_claim("kind", _one_of(["console"]))]
    if free:
        ways.append(_claim("jti", _one_of(free)))
    ways.extend(_bound(grant) for grant in grants if grant.addresses)
    return _all(_claim("sub", _one_of([route.slug])), _any(ways))


def _bound(grant: Grant) -> Message:
    addresses = [{"remote_ip": _cidr(block)} for block in sorted(grant.addresses)]
    return _all(_claim("jti", _one_of([grant.id])), _any(addresses))


def _cidr(block: str) -> Message:
    network = ip_network(block, strict=False)
    return {"address_prefix": str(network.network_address), "prefix_len": network.prefixlen}


def _claim(name: str, value: Message) -> Message:
    matcher = {"filter": JWT_FILTER, "path": [{"key": CLAIMS}, {"key": name}], "value": value}
    return {"sourced_metadata": {"metadata_matcher": matcher, "metadata_source": "DYNAMIC"}}


def _one_of(values: Sequence[str]) -> Message:
    matchers = [{"string_match": {"exact": value}} for value in values]
    return matchers[0] if len(matchers) == 1 else {"or_match": {"value_matchers": matchers}}


def _all(*principals: Message) -> Message:
    return {"and_ids": {"ids": list(principals)}}


def _any(principals: list[Message]) -> Message:
    return principals[0] if len(principals) == 1 else {"or_ids": {"ids": principals}}
