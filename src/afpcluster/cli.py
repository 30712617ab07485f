"""Arguments in, exit code out. Every command imports what it needs itself, so that `--help` is instant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from afpcluster.options import FailOn, Layout

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


def _refused(error: Exception) -> typer.Exit:
    """Say on standard error why a command does not start."""
    typer.echo(f"afpcluster: {error}", err=True)
    return typer.Exit(2)


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
        raise _refused(error) from error


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
        raise _refused(error) from error


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
        raise _refused(error) from error
    raise typer.Exit(run(listen, afp2web, config))


config_app = typer.Typer(no_args_is_help=True, help="Look at configuration files.")
app.add_typer(config_app, name="config")


@config_app.command("check")
def config_check(
    file: Annotated[Path, typer.Argument(help="wrapperservice.properties or afp2web.properties")],
) -> None:
    """Say whether a service would take this properties file, and what is odd in it (exit code 2 if not)."""
    from afpcluster.config_command import check_file
    from afpcluster.web.settings import PropertiesError

    try:
        check_file(file)
    except PropertiesError as error:
        raise _refused(error) from error


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


TopologyOption = Annotated[
    Path | None, typer.Option("--topology", help="topology.yml; without it, the built-in sample")
]


@app.command("up")
def up(
    topology: TopologyOption = None,
    sample: Annotated[
        Path | None, typer.Option(help="then convert a sample through the VIP, into this folder")
    ] = None,
) -> None:
    """Start the whole cluster on this machine, or mend it, and wait until it is healthy. Needs root."""
    from afpcluster.cluster import commands

    commands.up(topology, sample)


@app.command("down")
def down(topology: TopologyOption = None) -> None:
    """Remove the cluster that `up` started, with every trace of it. Needs root."""
    from afpcluster.cluster import commands

    commands.down(topology)


FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="of compose.yaml; without it, deploy/docker of this clone")
]
BaseOption = Annotated[str | None, typer.Option(help="image of Debian 12 to build on")]


@app.command("up-docker")
def up_docker(
    topology: TopologyOption = None,
    folder: FolderOption = None,
    base: BaseOption = None,
    sample: Annotated[
        Path | None, typer.Option(help="then convert a sample through the VIP, into this folder")
    ] = None,
) -> None:
    """Start the cluster in Docker on this machine, with an engine of its own where none answers."""
    from afpcluster.cluster.docker import commands

    commands.up(topology, folder, base, sample)


@app.command("down-docker")
def down_docker(topology: TopologyOption = None, folder: FolderOption = None) -> None:
    """Remove the cluster that `up-docker` started: containers, network, volumes, an engine it started."""
    from afpcluster.cluster.docker import commands

    commands.down(topology, folder)


@app.command("render-docker")
def render_docker(topology: TopologyOption = None, folder: FolderOption = None) -> None:
    """Write compose.yaml and every host's files from the topology."""
    from afpcluster.cluster.docker import commands

    commands.render(topology, folder)


@app.command("images")
def images(base: BaseOption = None) -> None:
    """Build the Docker images from this clone."""
    from afpcluster.cluster.docker import commands

    commands.make_images(base)


@app.command("status")
def status(topology: TopologyOption = None) -> None:
    """Show every URL with its state, who holds the VIP, and what is wrong (exit code 1 if anything is)."""
    from afpcluster.cluster import commands

    commands.show_status(topology)


@app.command("reload-certificates")
def reload_certificates(topology: TopologyOption = None) -> None:
    """Let both HAProxies read their certificate again, without losing a connection. Needs root."""
    from afpcluster.cluster import commands

    commands.reload_certificates(topology)


@app.command("shell", context_settings={"ignore_unknown_options": True})
def shell(
    host: Annotated[str, typer.Argument(help="host name as in the topology, for example a2wprxy-01")],
    command: Annotated[list[str] | None, typer.Argument(help="what to run; without it, a shell")] = None,
    topology: TopologyOption = None,
) -> None:
    """Run a command on a host of the cluster: its network, its files, its name."""
    from afpcluster.cluster import commands

    commands.shell(host, command or [], topology)


@app.command("drill")
def drill(
    names: Annotated[list[str] | None, typer.Argument(help="which; without one, they are listed")] = None,
    document: Annotated[Path | None, typer.Option(help="AFP file to convert; without it, a sample")] = None,
    history: Annotated[Path | None, typer.Option(help="where to save what happened, as JSON lines")] = None,
    topology: TopologyOption = None,
) -> None:
    """Strike the running cluster with a fault under load and check what it promises. Needs root."""
    from afpcluster.cluster.drill_command import run_drills

    run_drills(names or [], document, history, topology)


@app.command("lab-supervise", hidden=True)
def lab_supervise(topology: Annotated[Path, typer.Argument(help="topology.yml")]) -> None:
    """Keep the processes of a cluster on this machine running; `up` starts it, `down` stops it."""
    from afpcluster.cluster import commands

    commands.supervise(topology)


@app.command("watch-haproxy")
def watch_haproxy(
    pid_file: Annotated[Path, typer.Option(help="file with HAProxy's PID")],
    folder: Annotated[Path, typer.Option(help="where Keepalived's track files are written")],
    other: Annotated[str, typer.Option(help="address of the other proxy")],
    port: Annotated[int, typer.Option(help="port where HAProxy answers /healthz")] = 8404,
    interval_ms: Annotated[int, typer.Option(min=1, help="time between two polls")] = 50,
    timeout_ms: Annotated[int, typer.Option(min=1, help="an answer that takes longer is a miss")] = 100,
    misses: Annotated[int, typer.Option(min=1, help="misses in a row that are a fault")] = 2,
) -> None:
    """Tell Keepalived when HAProxy dies or freezes."""
    from afpcluster.cluster.watcher import Settings, Watcher

    settings = Settings(pid_file, folder, port, interval_ms / 1000, timeout_ms / 1000, misses, other)
    Watcher(settings).run()


@app.command("sample")
def sample(
    out: Annotated[Path, typer.Argument(help="file to write, for example statements.afp")],
    statements: Annotated[int, typer.Option(min=1, help="how many bank statements")] = 10,
    seed: Annotated[
        int, typer.Option(help="another seed makes other statements; the same, the same file")
    ] = 1,
    fonts: Annotated[
        bool, typer.Option(help="fonts inside the file; without them they are only named")
    ] = True,
) -> None:
    """Write an AFP print file of invented bank statements, to try the converter with."""
    from afpcluster.sample import write_sample

    try:
        with out.open("wb") as sink:
            pages = write_sample(sink, statements=statements, seed=seed, fonts=fonts)
    except OSError as error:
        raise _refused(error) from error
    typer.echo(f"{out}: {statements} statements, {pages} pages, {out.stat().st_size:,} bytes")


def main() -> None:
    """Entry point of the `afpcluster` program."""
    app()


@app.command("convert")
def convert(
    source: Annotated[Path, typer.Argument(help="the AFP print file; - for standard input")],
    output: Annotated[Path, typer.Option("--output", "-o", help="the PDF to write; - for standard output")],
    resources: Annotated[
        list[Path] | None,
        typer.Option("--resources", "-r", help="folder or resource group file to look in; may repeat"),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="refuse where a font or resource is missing")
    ] = False,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="refuse where a finding is this serious, or more (docs/findings.md)")
    ] = None,
    processes: Annotated[int, typer.Option("--processes", "-p", min=1, max=64, help="worker processes")] = 1,
    max_pages: Annotated[int | None, typer.Option(min=1, help="refuse documents with more pages")] = None,
    accept_truncated: Annotated[
        bool, typer.Option("--accept-truncated", help="convert what is there of a file that is cut off")
    ] = False,
    raster_a_space: Annotated[
        bool, typer.Option(help="place raster characters after their A-space (FOCA), or without it")
    ] = True,
    stand_in_fonts: Annotated[
        list[Path] | None,
        typer.Option(help="folder with Liberation or URW fonts for what a standard font lacks; may repeat"),
    ] = None,
    layout: Annotated[
        Layout, typer.Option(help="an output page is an AFP page, or a sheet side as the form map prints it")
    ] = Layout.PAGES,
    form_map: Annotated[
        str | None, typer.Option(help="name of the form map to use, in the file or in --resources")
    ] = None,
    max_copies: Annotated[int, typer.Option(min=1, help="most copies of a sheet (--layout sheets)")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="print result and findings as JSON")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="print errors only")] = False,
) -> None:
    """Convert an AFP print file to PDF, without any server."""
    from afpcluster.convert_command import run
    from afpcluster.options import STAND_IN_FOLDERS, Options

    options = Options(
        strict=strict,
        fail_on=fail_on,
        resource_paths=tuple(resources or ()),
        stand_in_folders=tuple(stand_in_fonts or STAND_IN_FOLDERS),
        processes=processes,
        max_pages=max_pages,
        accept_truncated=accept_truncated,
        raster_a_space=raster_a_space,
        layout=layout,
        form_map=form_map,
        max_copies=max_copies,
    )
    raise typer.Exit(run(source, output, options, as_json=as_json, quiet=quiet))
