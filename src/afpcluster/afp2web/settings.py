"""Settings of afp2web: those of every service, the pool's, and where resources may come from."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator

from afpcluster.afp2web import machine
from afpcluster.options import STAND_IN_FOLDERS
from afpcluster.web.settings import Bytes, Seconds, ServiceSettings

_MIB = 1024**2
_GIB = 1024**3


def _installation_id() -> str:
    """Stable for a machine, without publishing its machine id (systemd's machine-id(5) asks for that)."""
    try:
        machine = Path("/etc/machine-id").read_text().strip()
    except OSError:
        machine = ""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"afpcluster:{machine or os.uname().nodename}"))


class Afp2webSettings(ServiceSettings):
    """The keys of `afp2web.properties`; the commented default file explains each."""

    usid: str = Field(
        default_factory=_installation_id, alias="afp2web.usid", pattern=r"^[A-Za-z0-9._-]{1,64}$"
    )
    workers: int = Field(default_factory=machine.workers, alias="afp2web.workers", ge=1, le=256)
    queue_limit: int = Field(32, alias="afp2web.queue-limit", ge=0, le=10_000)
    queue_timeout: Seconds = Field(30, alias="afp2web.queue-timeout-seconds")
    convert_timeout: Seconds = Field(240, alias="afp2web.convert-timeout-seconds")
    progress_timeout: Seconds = Field(60, alias="afp2web.progress-timeout-seconds")
    small_document_bytes: Bytes = Field(_MIB, alias="afp2web.small-document-bytes")
    worker_memory_bytes: Bytes = Field(2 * _GIB, alias="afp2web.worker-memory-bytes", ge=_GIB // 4)
    worker_recycle_bytes: Bytes = Field(256 * _MIB, alias="afp2web.worker-recycle-bytes", ge=16 * _MIB)
    spare_workers: int = Field(1, alias="afp2web.spare-workers", ge=0, le=16)
    worker_jobs: int = Field(1000, alias="afp2web.worker-jobs", ge=1)
    worker_nice: int = Field(5, alias="afp2web.worker-nice", ge=0, le=19)
    max_output_bytes: Bytes = Field(_GIB, alias="afp2web.max-output-bytes")
    resource_paths: tuple[Path, ...] = Field((), alias="afp2web.resource-paths")
    stand_in_folders: tuple[Path, ...] = Field(STAND_IN_FOLDERS, alias="afp2web.stand-in-fonts")

    @field_validator("resource_paths", "stand_in_folders", mode="before")
    @classmethod
    def _split_paths(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        paths = tuple(Path(part.strip()) for part in value.split(",") if part.strip())
        for path in paths:
            if not path.is_absolute() or (info.field_name == "resource_paths" and not path.exists()):
                raise ValueError(f"{path} is not the absolute path of a folder or file that exists")
        return paths
