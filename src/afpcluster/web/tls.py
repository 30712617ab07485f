"""TLS from files: contexts for servers and clients, the names and ends of certificates.

Rules: TLS 1.2 at least, the library's own choice of ciphers. Certificates are verified wherever we are the
client, with the configured authorities alone if there are any. New files count for new connections.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from afpcluster.web.followed import Followed


@dataclass(frozen=True, slots=True)
class Tls:
    """A context, and when each of its certificates ends: `own` and `authority` (the earliest of them)."""

    context: ssl.SSLContext
    ends: Mapping[str, datetime]


def server_tls(
    certificate: Path, key: Path, client_authorities: Path | None, *, required: bool
) -> Followed[Tls]:
    """For a listener. `required`: no connection without a client's certificate; else one is asked for where
    there are authorities. Raises PropertiesError."""

    def build(contents: list[bytes]) -> Tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.set_alpn_protocols(["http/1.1"])
        _load(context, certificate, key)
        if client_authorities is not None:
            with _naming(client_authorities):
                context.load_verify_locations(cadata=_text(contents[2]))
            context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
        return _made(context, contents[0], contents[2:])

    paths = [certificate, key, *filter(None, [client_authorities])]
    return Followed("TLS of this service", paths, build)


def client_tls(authorities: Path | None, certificate: Path | None, key: Path | None) -> Followed[Tls]:
    """For calls of another service; without `authorities`, those of the system. Raises PropertiesError."""

    def build(contents: list[bytes]) -> Tls:
        rest = list(contents)
        given = [rest.pop(0)] if authorities is not None else []
        with _naming(authorities):
            if given == [b""]:  # which would mean: those of the system
                raise ValueError("empty")
            context = ssl.create_default_context(cadata=_text(given[0]) if given else None)
        if certificate is not None:
            _load(context, certificate, key or certificate)
        return _made(context, rest[0] if rest else b"", given)

    paths = [*filter(None, [authorities, certificate, key])]
    return Followed("TLS towards afp2web", paths, build)


def common_name(peer: Mapping[str, Any]) -> str | None:
    """The name in a verified certificate (`getpeercert`): its common name, else its first DNS name."""
    names = [value for pairs in peer.get("subject", ()) for kind, value in pairs if kind == "commonName"]
    names += [value for kind, value in peer.get("subjectAltName", ()) if kind == "DNS"]
    return names[0] if names else None


def _load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise ValueError(f"the key in {key} is not that of the certificate in {certificate}") from error
        raise ValueError(
            f"{certificate} must hold a certificate in PEM, and {key} its key ({error.reason or error})"
        ) from error


@contextmanager
def _naming(authorities: Path | None) -> Iterator[None]:
    """Say which file it is that cannot be used."""
    try:
        yield
    except (ssl.SSLError, ValueError) as error:
        raise ValueError(f"{authorities} must hold the authorities' certificates in PEM") from error


def _no_password() -> str:
    raise ValueError("the key is encrypted; the service needs one that is not, readable by its user alone")


def _made(context: ssl.SSLContext, own: bytes, authorities: list[bytes]) -> Tls:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    ends = {}
    if own:
        ends["own"] = x509.load_pem_x509_certificates(own)[0].not_valid_after_utc
    if authorities:
        certificates = x509.load_pem_x509_certificates(authorities[0])
        ends["authority"] = min(certificate.not_valid_after_utc for certificate in certificates)
    return Tls(context, ends)


def _text(content: bytes) -> str:
    return content.decode("ascii", "replace")
