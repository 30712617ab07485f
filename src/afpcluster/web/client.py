"""Who is asking: the address behind the proxies, the certificate, whose turn it is, the trace that goes on.

Rules: `X-Forwarded-For`, `X-Client-Certificate` and `X-Client-Lane` are believed only from
`service.trusted-proxies`; from anybody else they mean nothing. The address is the last one in the list that
is not a trusted proxy's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

Networks = tuple[IPv4Network | IPv6Network, ...]
CERTIFICATE_HEADER = "x-client-certificate"
LANE_HEADER = "x-client-lane"
# Version 00 of W3C Trace Context, section 3.2.
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_NAME = re.compile(r"[!-~ ]{1,128}")


def parse_networks(text: str) -> Networks:
    """`192.0.2.1, 2001:db8::/32`. Raises ValueError that names the part which is no address or network."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


@lru_cache(maxsize=4096)
def _within(address: str, networks: Networks) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:  # on a socket for both kinds
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)


def peer_address(scope: Scope) -> str:
    """The other end of the connection; empty for a connection without addresses."""
    return (scope.get("client") or ("", 0))[0]


def client_address(peer: str, forwarded_for: Sequence[str], trusted: Networks) -> str:
    """The address of who asks. `forwarded_for`: the header's values, in order."""
    address = peer
    chain = [part.strip() for value in forwarded_for for part in value.split(",")]
    while chain and _within(address, trusted):
        nearer = chain.pop()
        if not _is_address(nearer):  # a name, a port, nonsense: the chain ends here
            break
        address = nearer
    return address


def certificate_name(scope: Scope, headers: Headers, trusted: Networks) -> str | None:
    """The name in the client's certificate, as this service or a trusted proxy verified it."""
    told = _told(scope, headers, trusted, CERTIFICATE_HEADER)
    if told is not None:
        return told if _NAME.fullmatch(told) else None
    own: str | None = scope.get("state", {}).get("certificate")
    return own


def lane(scope: Scope, headers: Headers, trusted: Networks) -> str | None:
    """With whom this request shares its turns, as a trusted wrapper-service says: a name or address."""
    told = _told(scope, headers, trusted, LANE_HEADER)
    return told if told is not None and _NAME.fullmatch(told) else None


def _told(scope: Scope, headers: Headers, trusted: Networks, name: str) -> str | None:
    """A header of a trusted proxy; None where it is empty or anybody else's."""
    return (headers.get(name) or None) if _within(peer_address(scope), trusted) else None


def trace_headers(headers: Headers) -> dict[str, str]:
    """`traceparent` and `tracestate` as they go on to the next service; empty without a sane traceparent."""
    parent, state = headers.get("traceparent", ""), headers.get("tracestate")
    if not _TRACEPARENT.fullmatch(parent):
        return {}
    return {"traceparent": parent} | ({"tracestate": state} if state and _sane_state(state) else {})


def _sane_state(state: str) -> bool:
    return len(state) <= 512 and state.isascii() and state.isprintable()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
