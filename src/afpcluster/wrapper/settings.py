"""Settings of wrapper-service, and the part of them that is followed while it runs: the target.

Rules: the three keys an operator edits in an emergency must all stand in the file; so a file of which
only the first half is written yet is never taken for a whole one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from afpcluster.web.settings import Bytes, OptionalPath, Seconds, ServiceSettings

# A host name (RFC 1123), an IPv4 address, or an IPv6 address in brackets.
_HOST = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?"
    r"|\[[0-9A-Fa-f:.]{2,45}\]"
)
_TARGET = re.compile(r"(?P<protocol>https?)://(?P<host>\[[^\]]*\]|[^:/\[\]]*):(?P<port>[0-9]{1,5})")
Port = Annotated[int, Field(ge=1, le=65535)]


@dataclass(frozen=True, slots=True)
class Target:
    """Where an afp2web (or the proxies before it) is reached."""

    protocol: str
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"{self.protocol}://{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """`http://HOST:PORT`. Raises ValueError."""
        match = _TARGET.fullmatch(text)
        if match is None or not 1 <= int(match["port"]) <= 65535:
            raise ValueError(f"{text!r} is not http://HOST:PORT or https://HOST:PORT")
        return cls(match["protocol"], check_host(match["host"]), int(match["port"]))


def check_host(host: str) -> str:
    """The host itself. Raises ValueError with what is expected."""
    if not host:
        raise ValueError("empty; expected a host name or an address")
    if not _HOST.fullmatch(host):
        raise ValueError("not a host name or an address (an IPv6 address stands in brackets)")
    return host


class WrapperSettings(ServiceSettings):
    """The keys of `wrapperservice.properties`; the commented default file explains each."""

    followed = frozenset({"afp2web_protocol", "afp2web_host", "afp2web_port", "fallback_targets"})

    afp2web_protocol: Literal["http", "https"] = Field(alias="afp2web.host-protocol")
    afp2web_host: str = Field(alias="afp2web.host")
    afp2web_port: Port = Field(alias="afp2web.port")
    fallback_targets: tuple[Target, ...] = Field((), alias="afp2web.fallback-targets")

    afp2web_tls_ca: OptionalPath = Field(None, alias="afp2web.tls-ca")
    afp2web_tls_certificate: OptionalPath = Field(None, alias="afp2web.tls-certificate")
    afp2web_tls_key: OptionalPath = Field(None, alias="afp2web.tls-key")
    afp2web_api_key_file: OptionalPath = Field(None, alias="afp2web.api-key-file")
    afp2web_api_key_env: str = Field("", alias="afp2web.api-key-env", pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")

    deadline: Seconds = Field(290, alias="afp2web.deadline-seconds")
    attempt_timeout: Seconds = Field(250, alias="afp2web.attempt-timeout-seconds")
    connect_timeout: Seconds = Field(0.5, alias="afp2web.connect-timeout-seconds")
    probe_interval: Seconds = Field(1, alias="afp2web.probe-interval-seconds")
    dead_peer_timeout: float = Field(12, alias="afp2web.dead-peer-timeout-seconds", ge=1, le=3600)
    max_suspect_attempts: int = Field(3, alias="afp2web.max-suspect-attempts", ge=1, le=100)
    max_answer_bytes: Bytes = Field(1024**3, alias="afp2web.max-answer-bytes")
    max_conversions: int = Field(64, alias="wrapper.max-conversions", ge=1, le=10_000)

    @field_validator("afp2web_host")
    @classmethod
    def _host(cls, value: str) -> str:
        return check_host(value)

    @field_validator("fallback_targets", mode="before")
    @classmethod
    def _split_targets(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(Target.parse(part.strip()) for part in value.split(",") if part.strip())

    @model_validator(mode="after")
    def _one_place_of_the_key(self) -> Self:
        if self.afp2web_api_key_file and self.afp2web_api_key_env:
            raise ValueError("afp2web.api-key-env: afp2web.api-key-file says already where the key is")
        return self

    @property
    def targets(self) -> tuple[Target, ...]:
        """In the order in which they are tried."""
        return (Target(self.afp2web_protocol, self.afp2web_host, self.afp2web_port), *self.fallback_targets)
