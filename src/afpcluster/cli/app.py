"""The program: its commands by name. What a command is made of is imported when it is asked for."""

from __future__ import annotations

import signal
from importlib import import_module

import click

from afpcluster import __version__

_COMMANDS = {
    "documents": "sample convert inspect check",
    "services": "serve-afp2web serve-wrapper serve-node new-key config",
    "cluster": "up down up-docker down-docker render-docker images reload-certificates shell drill "
    "lab-supervise watch-haproxy",
    "operate": "status drain undrain switchover failover pause resume rolling-restart history logs validate "
    "render",
}
"""By the module of this package that declares them, in the order in which they are listed."""

_MODULES = {name: module for module, names in _COMMANDS.items() for name in names.split()}


class _Program(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_MODULES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        # Of an unknown name click says which of those that it has is like it.
        for name in [cmd_name] if cmd_name in _MODULES else _MODULES:
            if name not in self.commands:
                module = import_module(f"afpcluster.cli.{_MODULES[name]}")
                self.add_command(getattr(module, name.replace("-", "_")))
        return self.commands.get(cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.exceptions.Exit(128 + signal.SIGINT) from None  # as shells say it


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, message="afpcluster %(version)s", help="show it and exit")
def app() -> None:
    """Convert AFP (MO:DCA) print files to PDF: alone, as a service, or as a highly available cluster."""
