"""Settings of a service: one `.properties` file, validated whole, frozen.

Rules: an unknown key is refused (a typo must not silently mean "default"). Durations are seconds,
sizes are bytes, and the key says so. `PropertiesError` is written for the operator at night: file, key,
value, reason.
"""

from __future__ import annotations

import os
import re
import socket
import tempfile
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

import javaproperties
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from afpcluster.web.client import Networks, parse_networks

MAX_PROPERTIES_BYTES = 256 * 1024
_MIB = 1024 * 1024

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Bytes = Annotated[int, Field(gt=0, le=1 << 40)]
KEY_PREFIX = "afpc_"  # of the keys of clients, so that a leaked one is recognised by who finds it
_SECRETS = (KEY_PREFIX, "-----BEGIN")


def _path(value: object) -> object:
    if isinstance(value, str) and value.startswith(_SECRETS):
        raise PydanticCustomError(
            "secret", "the secret itself stands here; it belongs in a file, which this names"
        )
    return value or None


OptionalPath = Annotated[Path | None, BeforeValidator(_path)]


class PropertiesError(Exception):
    """A properties file that cannot be used; the text names file, key, value and reason."""


class ServiceSettings(BaseModel):
    """What both services understand; the aliases are the keys of the properties file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    followed: ClassVar[frozenset[str]] = frozenset()  # fields whose change counts while the service runs

    instance: str = Field(
        default_factory=socket.gethostname, alias="service.instance", pattern=r"^[A-Za-z0-9._-]{1,64}$"
    )
    temp_dir: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()), alias="service.temp-dir", validate_default=True
    )
    log_level: Literal["DEBUG", "INFO", "WARN", "ERROR", "OFF"] = Field("INFO", alias="service.log-level")

    tls_certificate: OptionalPath = Field(None, alias="service.tls-certificate")
    tls_key: OptionalPath = Field(None, alias="service.tls-key")
    tls_client_ca: OptionalPath = Field(None, alias="service.tls-client-ca")
    tls_client_certificate: Literal["optional", "required"] = Field(
        "optional", alias="service.tls-client-certificate"
    )
    clients: OptionalPath = Field(None, alias="service.clients")
    audit_file: OptionalPath = Field(None, alias="service.audit-file")
    trusted_proxies: Networks = Field((), alias="service.trusted-proxies")

    max_body_bytes: Bytes = Field(256 * _MIB, alias="service.max-body-bytes")
    max_form_bytes: Bytes = Field(32 * _MIB, alias="service.max-form-bytes")
    spool_memory_bytes: Bytes = Field(_MIB, alias="service.spool-memory-bytes")
    min_free_bytes: Bytes = Field(64 * _MIB, alias="service.min-free-bytes")
    max_header_bytes: Bytes = Field(32 * 1024, alias="service.max-header-bytes")
    max_bodies: int = Field(256, alias="service.max-bodies", ge=1, le=100_000)
    max_connections: int = Field(6500, alias="service.max-connections", ge=1, le=100_000)

    header_timeout: Seconds = Field(10, alias="service.header-timeout-seconds")
    body_idle_timeout: Seconds = Field(15, alias="service.body-idle-timeout-seconds")
    body_min_rate: Bytes = Field(1024, alias="service.body-min-bytes-per-second")
    body_timeout: Seconds = Field(300, alias="service.body-timeout-seconds")
    answer_timeout: Seconds = Field(300, alias="service.answer-timeout-seconds")
    keep_alive_timeout: Seconds = Field(75, alias="service.keep-alive-timeout-seconds")
    drain_grace: float = Field(1, alias="service.drain-grace-seconds", ge=0, le=600)
    drain_file: OptionalPath = Field(None, alias="service.drain-file")
    drain_timeout: Seconds = Field(30, alias="service.drain-timeout-seconds")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        return parse_networks(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _temp_dir_is_usable(self) -> Self:
        if not self.temp_dir.is_dir() or not os.access(self.temp_dir, os.W_OK | os.X_OK):
            raise ValueError(f"service.temp-dir: {self.temp_dir} is not a folder this process may write in")
        return self

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if self.tls_certificate is None and (self.tls_key or self.tls_client_ca):
            raise ValueError("service.tls-certificate: missing, while other keys of TLS are given")
        return self


SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def read_properties(path: Path) -> dict[str, str]:
    """The key-value pairs of a properties file in UTF-8. Raises PropertiesError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PROPERTIES_BYTES + 1)
    except OSError as error:
        raise PropertiesError(f"{path}: cannot be read: {error.strerror}") from error
    return parse_properties(data, path)


def parse_properties(data: bytes, path: Path) -> dict[str, str]:
    """The key-value pairs in `data`, which was read from `path`. Raises PropertiesError."""
    if len(data) > MAX_PROPERTIES_BYTES:
        raise PropertiesError(f"{path}: larger than {MAX_PROPERTIES_BYTES} bytes; is it the right file?")
    try:
        pairs: dict[str, str] = javaproperties.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise PropertiesError(f"{path}: not UTF-8 at byte {error.start}") from error
    except javaproperties.InvalidUEscapeError as error:
        raise PropertiesError(f"{path}: bad \\u escape: {error}") from error
    return {key: value.strip() for key, value in pairs.items()}


def build_settings(model: type[SettingsT], pairs: dict[str, str], path: Path | None) -> SettingsT:
    """Validate all pairs at once. Raises PropertiesError that names every bad key."""
    try:
        return model.model_validate(pairs)
    except ValidationError as error:
        origin = str(path) if path else "built-in settings"
        raise PropertiesError(f"{origin}: " + "; ".join(_reasons(error))) from error


def load_settings(model: type[SettingsT], path: Path | None) -> SettingsT:
    """Read and validate a properties file; without one, the defaults. Raises PropertiesError."""
    return build_settings(model, read_properties(path) if path else {}, path)


def _reasons(error: ValidationError) -> list[str]:
    return [_reason(details) for details in error.errors(include_url=False, include_context=False)]


def _reason(details: Any) -> str:
    key = ".".join(str(part) for part in details["loc"])
    if not key:  # a rule over several keys: its text names the key itself
        return str(details["msg"]).removeprefix("Value error, ")
    if details["type"] == "missing":
        return f"{key}: missing"
    if details["type"] == "extra_forbidden":
        secret = re.search(r"key$|password|secret|token", key)
        where = "; a secret itself never stands in this file: say its file or its environment variable"
        return f"{key}: unknown key{where if secret else ''}"
    if details["type"] == "secret":  # what stands there is not told
        return f"{key}: {details['msg']}"
    return f"{key} = {details['input']!r}: {str(details['msg']).removeprefix('Value error, ')}"
