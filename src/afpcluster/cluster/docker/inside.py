"""Runs in a container of the cluster, where every name is known: asks URLs and converts documents there.

`python -m afpcluster.cluster.docker.inside probe < rows` answers rows of JSON, each with the fields of `Url`
but the authority; `... convert NAME PORT PATH < AFP > PDF` converts one document.
"""

from __future__ import annotations

import http.client
import json
import sys

from afpcluster.cluster.probe import probe
from afpcluster.cluster.urls import Url


def main(arguments: list[str]) -> int:
    """The exit code."""
    if arguments == ["probe"]:
        answers = probe([Url(**row) for row in json.load(sys.stdin)])
        json.dump(
            [(answer.status, answer.seconds, answer.error, answer.warnings) for answer in answers], sys.stdout
        )
        return 0
    _, host, port, path = arguments
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.request("POST", path, sys.stdin.buffer.read(), {"Content-Type": "application/vnd.ibm.modcap"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        sys.stderr.write(f"{response.status}: {body[:500].decode(errors='replace')}\n")
        return 1
    sys.stdout.buffer.write(body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
