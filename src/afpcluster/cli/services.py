"""Commands that run the services, and what they need."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from afpcluster.cli.app import app, refused


@app.command("serve-afp2web")
def serve_afp2web(
    listen: Annotated[str, typer.Option(help="ADDR:PORT to listen on, for example 127.0.0.1:9091")],
    config: Annotated[
        Path | None, typer.Option(help="afp2web.properties; without it, the defaults are used")
    ] = None,
) -> None:
    """Run one afp2web instance (the transform server) until SIGTERM."""
    from afpcluster.afp2web.app import run
    from afpcluster.web.server import ListenError
    from afpcluster.web.settings import PropertiesError

    try:
        run(listen, config)
    except (ListenError, PropertiesError) as error:
        raise refused(error) from error


@app.command("serve-wrapper")
def serve_wrapper(
    listen: Annotated[str, typer.Option(help="ADDR:PORT to listen on, for example 127.0.0.1:8081")],
    properties: Annotated[
        Path, typer.Option(help="wrapperservice.properties; the target in it is followed while running")
    ],
) -> None:
    """Run one wrapper-service instance (the gateway) until SIGTERM."""
    from afpcluster.web.server import ListenError
    from afpcluster.web.settings import PropertiesError
    from afpcluster.wrapper.app import run

    try:
        run(listen, properties)
    except (ListenError, PropertiesError) as error:
        raise refused(error) from error


@app.command("serve-node")
def serve_node(
    listen: Annotated[str, typer.Option(help="ADDR:PORT of wrapper-service, for example 0.0.0.0:8080")],
    afp2web: Annotated[str, typer.Option(help="ADDR:PORT of afp2web behind it")] = "127.0.0.1:9091",
    config: Annotated[
        Path | None, typer.Option(help="afp2web.properties; without it, the defaults are used")
    ] = None,
) -> None:
    """Run wrapper-service with an afp2web of its own until SIGTERM: a whole node without a cluster."""
    from afpcluster.node import run
    from afpcluster.web.server import ListenError, parse_listen

    try:
        for address in (listen, afp2web):
            parse_listen(address)
    except ListenError as error:
        raise refused(error) from error
    raise typer.Exit(run(listen, afp2web, config))


config_app = typer.Typer(no_args_is_help=True, help="Look at configuration files.")
app.add_typer(config_app, name="config")


@config_app.command("check")
def config_check(
    file: Annotated[Path, typer.Argument(help="wrapperservice.properties or afp2web.properties")],
) -> None:
    """Say whether a service would take this properties file, and what is odd in it (exit code 2 if not)."""
    from afpcluster.cli.config_command import check_file
    from afpcluster.web.settings import PropertiesError

    try:
        check_file(file)
    except PropertiesError as error:
        raise refused(error) from error


@app.command("new-key")
def new_key(
    name: Annotated[
        str, typer.Argument(help="the client's name in the file of clients, for example billing")
    ],
) -> None:
    """Make a key for a client of the services; it is shown once, and the line for the file of clients."""
    from afpcluster.web.keys import hash_of, new_key

    key = new_key()
    typer.echo(f"{name}.keys = {hash_of(key)}")
    typer.echo(f"The key, for the client alone; it cannot be shown again:\n{key}", err=True)


@config_app.command("show")
def config_show(
    topology: Annotated[Path | None, typer.Option("--topology", help="as for `status`")] = None,
) -> None:
    """Every value of a cluster's topology, what follows from them, and where each comes from."""
    from afpcluster.cluster import files

    files.show(topology)
