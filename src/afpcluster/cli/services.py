"""Commands that run the services, and what they need."""

from __future__ import annotations

from pathlib import Path

import click

from afpcluster.cli.parameters import PATH, refused


@click.command("serve-afp2web")
@click.option("--listen", required=True, help="ADDR:PORT to listen on, for example 127.0.0.1:9091")
@click.option("--config", type=PATH, help="afp2web.properties; without it, the defaults are used")
def serve_afp2web(listen: str, config: Path | None) -> None:
    """Run one afp2web instance (the transform server) until SIGTERM."""
    from afpcluster.afp2web.app import run
    from afpcluster.web.server import ListenError
    from afpcluster.web.settings import PropertiesError

    try:
        run(listen, config)
    except (ListenError, PropertiesError) as error:
        raise refused(error) from error


@click.command("serve-wrapper")
@click.option("--listen", required=True, help="ADDR:PORT to listen on, for example 127.0.0.1:8081")
@click.option(
    "--properties",
    type=PATH,
    required=True,
    help="wrapperservice.properties; the target in it is followed while running",
)
def serve_wrapper(listen: str, properties: Path) -> None:
    """Run one wrapper-service instance (the gateway) until SIGTERM."""
    from afpcluster.web.server import ListenError
    from afpcluster.web.settings import PropertiesError
    from afpcluster.wrapper.app import run

    try:
        run(listen, properties)
    except (ListenError, PropertiesError) as error:
        raise refused(error) from error


@click.command("serve-node")
@click.option("--listen", required=True, help="ADDR:PORT of wrapper-service, for example 0.0.0.0:8080")
@click.option("--afp2web", default="127.0.0.1:9091", help="ADDR:PORT of afp2web behind it")
@click.option("--config", type=PATH, help="afp2web.properties; without it, the defaults are used")
def serve_node(listen: str, afp2web: str, config: Path | None) -> None:
    """Run wrapper-service with an afp2web of its own until SIGTERM: a whole node without a cluster."""
    from afpcluster.node import run
    from afpcluster.web.server import ListenError, parse_listen

    try:
        for address in (listen, afp2web):
            parse_listen(address)
    except ListenError as error:
        raise refused(error) from error
    raise click.exceptions.Exit(run(listen, afp2web, config))


@click.group("config")
def config() -> None:
    """Look at configuration files."""


@config.command("check")
@click.argument("file", type=PATH, help="wrapperservice.properties or afp2web.properties")
def config_check(file: Path) -> None:
    """Say whether a service would take this properties file, and what is odd in it (exit code 2 if not)."""
    from afpcluster.cli.config_command import check_file
    from afpcluster.web.settings import PropertiesError

    try:
        check_file(file)
    except PropertiesError as error:
        raise refused(error) from error


@click.command("new-key")
@click.argument("name", help="the client's name in the file of clients, for example billing")
def new_key(name: str) -> None:
    """Make a key for a client of the services; it is shown once, and the line for the file of clients."""
    from afpcluster.web.keys import NAME, hash_of, new_key

    if not NAME.fullmatch(name):
        raise click.BadParameter(f"{name!r} is no client's name: letters, digits, - and _, up to 64")
    key = new_key()
    click.echo(f"{name}.keys = {hash_of(key)}")
    click.echo(f"The key, for the client alone; it cannot be shown again:\n{key}", err=True)


@config.command("show")
@click.option("--topology", type=PATH, help="as for `status`")
def config_show(topology: Path | None) -> None:
    """Every value of a cluster's topology, what follows from them, and where each comes from."""
    from afpcluster.cluster import files

    files.show(topology)
