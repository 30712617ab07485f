"""The properties of the services among the rendered files: are they valid, and does a change of them count
while the service runs? Pure, but that valid settings name folders of this machine. The services' modules are
heavy and are imported only here, when asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from afpcluster.cluster.render import AFP2WEB_PROPERTIES, WRAPPER_PROPERTIES, render
from afpcluster.cluster.topology import Topology

if TYPE_CHECKING:
    from afpcluster.web.settings import ServiceSettings


def problems(topology: Topology) -> Iterator[str]:
    """What the services would say of their rendered files."""
    from afpcluster.web.properties import check
    from afpcluster.web.settings import PropertiesError

    models = _models()
    for host, files in render(topology, "!").items():
        for path in models.keys() & files.keys():
            try:
                check(models[path], files[path].encode(), Path(path))
            except PropertiesError as error:
                yield f"{host}: {error}"


def needs_restart(path: str, old: str | None, new: str) -> bool:
    """Does the service read something only at its start that differs? `old` is None when it is not known; a
    bad one is not what the service runs with."""
    from afpcluster.web.properties import check, needing_restart
    from afpcluster.web.settings import PropertiesError

    if old is None:
        return True
    model = _models()[path]
    try:
        before, after = (
            check(model, text.encode(errors="surrogateescape"), Path(path)).settings for text in (old, new)
        )
    except PropertiesError:
        return True
    return bool(needing_restart(before, after))


def _models() -> Mapping[str, type[ServiceSettings]]:
    from afpcluster.afp2web.settings import Afp2webSettings
    from afpcluster.wrapper.settings import WrapperSettings

    return {WRAPPER_PROPERTIES: WrapperSettings, AFP2WEB_PROPERTIES: Afp2webSettings}
