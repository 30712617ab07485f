"""Settings files, good and bad, and what starting with them says."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from afpcluster.afp2web.settings import Afp2webSettings
from afpcluster.web.settings import PropertiesError, ServiceSettings, load_settings
from afpcluster.wrapper.settings import WrapperSettings

TARGET = "afp2web.host-protocol=http\nafp2web.host=a\nafp2web.port=1\n"
DEFAULT_FILES = [
    (Afp2webSettings, files("afpcluster.afp2web") / "afp2web.properties"),
    (WrapperSettings, files("afpcluster.wrapper") / "wrapperservice.properties"),
]
# Keys whose default depends on the machine, so the file can show only an example.
OF_THE_MACHINE = {"service.instance", "service.temp-dir", "afp2web.usid", "afp2web.workers"}


@pytest.mark.parametrize(
    ("model", "text", "reason"),
    [
        (Afp2webSettings, "afp2web.workres = 2\n", "afp2web.workres: unknown key"),
        (Afp2webSettings, "afp2web.workers = 0\n", "afp2web.workers = '0'"),
        (Afp2webSettings, "afp2web.resource-paths = fonts\n", "fonts is not the absolute path"),
        (Afp2webSettings, "service.temp-dir = /nonexistent\n", "service.temp-dir: /nonexistent"),
        (Afp2webSettings, "service.instance = a b\n", "service.instance = 'a b'"),
        (Afp2webSettings, "service.log-level = LOUD\n", "service.log-level = 'LOUD'"),
        (Afp2webSettings, "a = \\u12\n", "bad \\u escape"),
        (Afp2webSettings, "a = 1\nb = 2\n", "a: unknown key; b: unknown key"),
        (WrapperSettings, "", "afp2web.host: missing"),
        (
            WrapperSettings,
            TARGET + "afp2web.fallback-targets = http://a:1, ftp://b:2\n",
            "'ftp://b:2' is not",
        ),
        (WrapperSettings, TARGET + "afp2web.fallback-targets = http://a:0\n", "'http://a:0' is not"),
        (WrapperSettings, TARGET + "#" * 300_000, "larger than"),
        (WrapperSettings, TARGET + "afp2web.api-key-env = a b\n", "afp2web.api-key-env = 'a b'"),
        (
            WrapperSettings,
            TARGET + "afp2web.api-key-env = KEY\nafp2web.api-key-file = /etc/key\n",
            "afp2web.api-key-env: afp2web.api-key-file says already where the key is",
        ),
    ],
)
def test_bad_settings_are_named(tmp_path: Path, model: type[ServiceSettings], text: str, reason: str) -> None:
    path = tmp_path / "service.properties"
    path.write_text(text)
    with pytest.raises(PropertiesError, match=re.escape(reason)) as caught:
        load_settings(model, path)
    assert str(path) in str(caught.value)


SECRET = "open-sesame"


@pytest.mark.parametrize(
    ("model", "line", "reason"),
    [
        (WrapperSettings, f"afp2web.api-key = {SECRET}", "afp2web.api-key: unknown key; a secret itself"),
        (Afp2webSettings, f"service.password = {SECRET}", "service.password: unknown key; a secret itself"),
        (WrapperSettings, f"afp2web.api-key-file = afpc_{SECRET}", "api-key-file: the secret itself stands"),
        (
            Afp2webSettings,
            f"service.tls-key = -----BEGIN PRIVATE KEY-----\\n{SECRET}",
            "service.tls-key: the secret itself stands here",
        ),
    ],
)
def test_secrets_in_a_file_are_refused_and_not_told(
    tmp_path: Path, model: type[ServiceSettings], line: str, reason: str
) -> None:
    path = tmp_path / "service.properties"
    path.write_text(TARGET * (model is WrapperSettings) + line + "\n")
    with pytest.raises(PropertiesError, match=re.escape(reason)) as caught:
        load_settings(model, path)
    assert SECRET not in str(caught.value)


def test_fallback_targets_come_after_the_target(tmp_path: Path) -> None:
    path = tmp_path / "service.properties"
    path.write_text(TARGET + "afp2web.fallback-targets = http://b:2, https://[::1]:3\n")
    urls = [target.url for target in load_settings(WrapperSettings, path).targets]
    assert urls == ["http://a:1", "http://b:2", "https://[::1]:3"]


@pytest.mark.parametrize(("model", "path"), DEFAULT_FILES)
def test_the_commented_file_shows_every_key_with_its_default(
    tmp_path: Path, model: type[ServiceSettings], path: Path
) -> None:
    text = path.read_text()
    active = tmp_path / "active.properties"
    active.write_text(re.sub(r"(?m)^#(?=[a-z0-9.-]+ =)", "", text))
    shown = {
        line.split(" =")[0] for line in active.read_text().splitlines() if re.match(r"[a-z0-9.-]+ =", line)
    }
    fields = model.model_fields
    assert shown == {field.alias for field in fields.values()}
    as_shipped, all_active = load_settings(model, Path(str(path))), load_settings(model, active)
    differing = {
        f.alias for name, f in fields.items() if getattr(as_shipped, name) != getattr(all_active, name)
    }
    assert differing <= OF_THE_MACHINE


@pytest.mark.parametrize(
    ("listen", "properties", "said"),
    [
        ("127.0.0.1", "", "expected ADDR:PORT"),
        ("127.0.0.1:99999", "", "expected ADDR:PORT"),
        (":9091", "", "expected ADDR:PORT"),
        ("taken", "", "Address already in use; `ss -ltnp` shows which program"),
        ("127.0.0.1:0", "no.such = key", "no.such: unknown key"),
        ("127.0.0.1:0", None, "cannot be read: No such file"),
    ],
)
def test_a_start_that_cannot_be_says_why(
    tmp_path: Path, listen: str, properties: str | None, said: str
) -> None:
    path = tmp_path / "afp2web.properties"
    if properties is not None:
        path.write_text(properties)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = listen.replace("taken", f"127.0.0.1:{taken.getsockname()[1]}")
        argv = [
            sys.executable,
            "-m",
            "afpcluster",
            "serve-afp2web",
            "--listen",
            listen,
            "--config",
            str(path),
        ]
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_help_does_not_import_the_web_framework() -> None:
    program = (
        "import sys; from afpcluster import cli; "
        "print(sorted({'starlette', 'uvicorn', 'aiohttp'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
