"""Two machines that carry everything, as a bank has them: the sample, elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

from afpcluster.cluster.topology_file import sample_text

BANK = {"bank-01": 11, "bank-02": 12}
_ONE_HOST = "  {}: {{role: [proxy, wrapper, afp2web], address: 10.79.79.{}}}\n"
_HOSTS = "hosts:\n" + "".join(_ONE_HOST.format(name, number) for name, number in BANK.items())
_SSH = """ssh:
  user: root
  config: {folder}/config
  log_command: journalctl --output=cat --identifier=afpcluster-{{process}} --since=@{{since}}
  stats_password_file: {folder}/stats-password
"""


def on_machines(text: str, folder: Path, *, hosts: str = _HOSTS) -> str:
    """A topology's hosts as real machines; `folder` has the operator's files."""
    text = text[: text.index("# Only for the cluster on one machine")] + _SSH.format(folder=folder)
    return re.sub(r"^hosts:\n(?:  .*\n)+", hosts, text, flags=re.MULTILINE)


def bank_text(folder: Path, network: str = "10.79.79.") -> str:
    """In a network of its own, with timings for a machine that does other work as well."""
    text = on_machines(sample_text(), folder)
    for there, instead in (
        ("advert_interval: 50ms", "advert_interval: 200ms"),
        ("realtime_priority: 50", "realtime_priority: 0"),
        ("interval: 50ms\n  timeout: 100ms\n  misses: 2", "interval: 200ms\n  timeout: 1s\n  misses: 3"),
        ("check_interval: 200ms", "check_interval: 1s"),
        ("check_timeout: 500ms", "check_timeout: 3s"),
        ("10.79.79.", network),
    ):
        assert there in text, there
        text = text.replace(there, instead)
    return text
