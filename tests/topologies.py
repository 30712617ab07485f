"""Topologies that several folders of tests need."""

from __future__ import annotations

import re


def two_vips(text: str) -> str:
    """A topology with a second VIP, at home at the second proxy; both are said in a list."""
    network = re.search(r"virtual_address: ([0-9a-f.:]+)100 ", text)
    assert network is not None
    one = f"  - {{address: {network[1]}100, router_id: 79, priorities: [254, 253]}}\n"
    two = f"  - {{address: {network[1]}101, router_id: 80, priorities: [253, 254]}}\n"
    for line in ("virtual_address", "router_id", "priorities"):
        text, found = re.subn(f"^  {line}: .*\n", "", text, flags=re.MULTILINE)
        assert found == 1, line
    return text.replace("\nports:\n", f"\nvips:\n{one}{two}\nports:\n")


def ipv6(text: str) -> str:
    """A topology with IPv6 addresses: of 10.79.N.M it makes fd00:N::M."""
    text = re.sub(r"10\.79\.(\d+)\.0/24", r"fd00:\1::/64", text)
    text = re.sub(r"10\.79\.(\d+)\.(\d+)/32", r"fd00:\1::\2/128", text)
    return re.sub(r"10\.79\.(\d+)\.(\d+)", r"fd00:\1::\2", text)
