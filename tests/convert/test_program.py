"""The program around the commands: its list, its help, its exit codes."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from afpcluster import __version__
from afpcluster.cli import app


def test_every_command_is_there_and_says_what_it_does() -> None:
    context = click.Context(app)
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.hidden or command.get_short_help_str()
        for parameter in command.params:
            assert isinstance(parameter, click.Argument | click.Option)
            assert parameter.help or parameter.name == "help"


SAID = {
    "version": (["--version"], 0, f"afpcluster {__version__}\n"),
    "short option of help": (["convert", "-h"], 0, "Usage: app convert [OPTIONS] SOURCES..."),
    "values of a choice, and the default": (["convert", "-h"], 0, "[layout|flow]"),
    "a variable": (["convert", "-h"], 0, "AFPCLUSTER_PASSWORD"),
    "no command": ([], 2, "Convert AFP (MO:DCA) print files"),
    "no command of a group": (["config"], 2, "Look at configuration files."),
    "like a command": (["convrt"], 2, "Did you mean 'convert'?"),
    "like an option": (["convert", "x", "-o", "y", "--titel", "z"], 2, "'--title'?"),
    "no value of a choice": (["convert", "x", "-o", "y", "--layout", "PAGES"], 2, "'pages', 'sheets'"),
    "out of range": (["convert", "x", "-o", "y", "-p", "65"], 2, "65 is not in the range 1<=x<=64"),
    "no file to inspect": (["inspect", "/nowhere"], 2, "'/nowhere' does not exist"),
}


@pytest.mark.parametrize(("arguments", "code", "said"), SAID.values(), ids=SAID)
def test_what_it_says(arguments: list[str], code: int, said: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code
    assert said in result.output


def test_ctrl_c_ends_with_the_code_of_the_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("afpcluster.sample.write_sample", interrupted)
    with CliRunner().isolation(), pytest.raises(SystemExit) as ended:
        app(["sample", "/dev/null"])
    assert ended.value.code == 130
