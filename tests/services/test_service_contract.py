"""Both services keep to the OpenAPI documents that they give out: schemathesis asks, rightly and wrongly."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_processes import SOURCE, Afp2webProcess, ServiceProcess, WrapperProcess

HERE = Path(__file__).parent
EXAMPLES = 8  # of generated requests for each operation and phase, besides those for each part of a schema
SECONDS = 300  # on a machine that is busy with other things; about ten seconds else
# 501 is what the interface knows and this server does not offer. A valid request is never refused: the hooks
# give real documents, and parameters that go together.
CONFIGURATION = """
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", "501"]
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "501"]
"""


@pytest.fixture(scope="module")
def wrapper(tmp_path_factory: pytest.TempPathFactory, afp2web: Afp2webProcess) -> Iterator[WrapperProcess]:
    instance = WrapperProcess(tmp_path_factory.mktemp("wrapper"), afp2web.port)
    yield instance
    instance.stop()


@pytest.mark.parametrize(("service", "root"), [("afp2web", "services"), ("wrapper", "wrapperservice")])
def test_requests_are_answered_as_described(
    request: pytest.FixtureRequest, tmp_path: Path, service: str, root: str
) -> None:
    instance: ServiceProcess = request.getfixturevalue(service)
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    argv = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration), "run"]
    options = f"--checks all --mode all --max-examples {EXAMPLES} --seed 1 --continue-on-failure --no-color"
    environment = {
        **os.environ,
        "PYTHONPATH": f"{SOURCE}{os.pathsep}{HERE}",
        "SCHEMATHESIS_HOOKS": "contract_documents",
    }
    ended = subprocess.run(
        [*argv, f"http://127.0.0.1:{instance.port}/{root}/openapi.json", *options.split()],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-8000:] + ended.stderr
    assert "No issues found" in ended.stdout
    converted = [line for line in instance.logged("request") if line.get("pages") or line.get("attempts")]
    statuses = Counter(line["status"] for line in instance.logged("request"))
    assert len(converted) > 20
    assert sum(statuses[status] for status in (400, 415, 422)) > 20
