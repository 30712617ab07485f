"""`afpcluster config check`: what a service would say to its properties file, before it is saved."""

from __future__ import annotations

from pathlib import Path

import click

from afpcluster.afp2web.settings import Afp2webSettings
from afpcluster.web.properties import check, last_good, needing_restart, read_content
from afpcluster.web.settings import PropertiesError, ServiceSettings, build_settings, parse_properties
from afpcluster.wrapper.settings import WrapperSettings


def check_file(path: Path) -> None:
    """Print what is odd. Raises PropertiesError when the service would not take the file."""
    content = read_content(path)
    name, model = _whose(parse_properties(content, path))
    loaded = check(model, content, path)
    for warning in loaded.warnings:
        click.echo(f"warning: {warning}", err=True)
    if waiting := _waiting(model, loaded.settings, path):
        click.echo(f"counts only after a restart: {', '.join(waiting)}", err=True)
    click.echo(f"{path}: valid for {name}")


def _whose(pairs: dict[str, str]) -> tuple[str, type[ServiceSettings]]:
    """The service that has these keys; afp2web unless one of them is the wrapper's alone."""
    wrapper, afp2web = (
        {field.alias for field in model.model_fields.values()} for model in (WrapperSettings, Afp2webSettings)
    )
    if pairs.keys() & (wrapper - afp2web):
        return "wrapper-service", WrapperSettings
    return "afp2web", Afp2webSettings


def _waiting(model: type[ServiceSettings], settings: ServiceSettings, path: Path) -> list[str]:
    """Compared with what the service took last, if that is known."""
    kept = last_good(path)
    try:
        return needing_restart(
            build_settings(model, parse_properties(read_content(kept), kept), kept), settings
        )
    except PropertiesError:
        return []
