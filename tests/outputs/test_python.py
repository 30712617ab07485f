"""The engine in Python: every example of docs/python.md runs, and nothing is imported before it is needed."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from outputs_of import output_of_file

import afpcluster
from afpcluster.options import Format, Options
from afpcluster.sample import write_sample
from benchmarks.workloads import text_page

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src")}


def run(code: str, folder: Path) -> str:
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_examples(tmp_path: Path) -> None:
    with (tmp_path / "statements.afp").open("wb") as sink:
        write_sample(sink, statements=3)
    (tmp_path / "cut.afp").write_bytes((tmp_path / "statements.afp").read_bytes()[:-5])
    (tmp_path / "resources").mkdir()
    examples = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/python.md").read_text("utf-8"), re.M | re.S)
    shown = run("\n".join(examples), tmp_path)
    assert len(examples) == 7
    assert "manifest.jsonl" in shown
    assert "S0000003 {'Account Number'" in shown
    assert "input-truncated" in shown


def made(options: Options) -> tuple[bytes, str]:
    source, sink = io.BytesIO(), io.BytesIO()
    write_sample(source, statements=1)
    result = afpcluster.convert(source, sink, options)
    return sink.getvalue(), result.media_type


AS_TEXT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "tiff": (
        {"format": "tiff", "dpi": 20, "colour": "bilevel"},
        {"format": Format.TIFF, "dpi": 20, "colour": afpcluster.Colour.BILEVEL},
    ),
    "sheets": ({"layout": "sheets"}, {"layout": afpcluster.Layout.SHEETS}),
    "text": (
        {"format": "txt", "text_order": "flow"},
        {"format": Format.TEXT, "text_order": afpcluster.TextOrder.FLOW},
    ),
    "archive": ({"pdf_a": "2u"}, {"pdf_a": afpcluster.PdfA.A2U}),
    "fail on": ({"fail_on": "error"}, {"fail_on": afpcluster.FailOn.ERROR}),
    "a folder": ({"resource_paths": "/tmp"}, {"resource_paths": (Path("/tmp"),)}),
    "folders": ({"stand_in_folders": ["/tmp"]}, {"stand_in_folders": (Path("/tmp"),)}),
    "permissions": ({"permissions": "print,copy"}, {"permissions": ("print", "copy")}),
}


@pytest.mark.parametrize(("texts", "members"), AS_TEXT.values(), ids=AS_TEXT)
def test_texts_stand_for_members_and_paths(texts: dict[str, Any], members: dict[str, Any]) -> None:
    assert Options(**texts) == Options(**members)
    if "permissions" not in texts:  # encrypted files differ each time
        assert made(Options(**texts)) == made(Options(**members))


@pytest.mark.parametrize(
    "wrong",
    [{"format": "docx"}, {"pdf_a": "9z"}, {"colour": "red"}, {"layout": "x"}, {"fail_on": "x"}, {"dpi": 0}],
    ids=str,
)
def test_what_is_no_option_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=str(next(iter(wrong.values())))):
        Options(**wrong)


def test_a_print_file_may_be_named_and_is_not_bytes(tmp_path: Path) -> None:
    path = tmp_path / "statements.afp"
    with path.open("wb") as sink:
        write_sample(sink, statements=1)
    by_name, opened = io.BytesIO(), io.BytesIO()
    afpcluster.convert(str(path), by_name)
    with path.open("rb") as source:
        afpcluster.convert(source, opened)
    assert by_name.getvalue() == opened.getvalue()
    with pytest.raises(TypeError, match=r"io\.BytesIO"):
        afpcluster.convert(path.read_bytes(), io.BytesIO())  # type: ignore[arg-type]


def test_sinks_that_do_not_fit(tmp_path: Path) -> None:
    source = io.BytesIO()
    write_sample(source, statements=1)
    with pytest.raises(TypeError, match="open it to write"):
        afpcluster.convert(source, tmp_path / "out.pdf")  # type: ignore[arg-type]
    with pytest.raises(afpcluster.ConversionError, match="give a file"):
        afpcluster.convert(source, afpcluster.Folder(tmp_path))
    afpcluster.convert(source, afpcluster.Folder(str(tmp_path)), Options(split="pages:1"))  # type: ignore[arg-type]
    assert (tmp_path / "manifest.jsonl").is_file()


ORDERS = {
    "the package alone": "import afpcluster; afpcluster.convert",
    "the module first": "import afpcluster.convert; import afpcluster",
    "the module's function first": "from afpcluster.convert import convert; import afpcluster",
    "the module later": "import afpcluster; afpcluster.convert; from afpcluster.convert import Options",
}


@pytest.mark.parametrize("code", ORDERS.values(), ids=ORDERS)
def test_convert_is_the_function(code: str, tmp_path: Path) -> None:
    assert run(f"{code}\nprint(callable(afpcluster.convert))", tmp_path) == "True\n"


def test_everything_offered_is_there(tmp_path: Path) -> None:
    assert all(getattr(afpcluster, name) is not None for name in afpcluster.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = afpcluster.nothing  # type: ignore[attr-defined]
    code = "import afpcluster, sys; print(any('conversion' in name for name in sys.modules))"
    assert run(code, tmp_path) == "False\n"


def test_the_index_of_a_document_index() -> None:
    sink = io.BytesIO()
    write_sample(sink, statements=3)
    ind = output_of_file(sink.getvalue(), Options(format=Format.IND))
    whole = list(afpcluster.index(io.BytesIO(sink.getvalue())))
    pointed = list(afpcluster.index(io.BytesIO(ind)))
    names = [(one["record"], one["name"]) for one in whole if one["record"] != "document"]
    assert [(one["record"], one["name"]) for one in pointed] == names
    with pytest.raises(afpcluster.ConversionError):
        list(afpcluster.index(io.BytesIO(b"not AFP, and long enough")))


SERVICES_AND_CLUSTER = ("starlette", "aiohttp", "pydantic", "ssl", "afpcluster.web", "afpcluster.cluster")
ONLY_SOMETIMES = ("rich", "multiprocessing", "zipfile", "PIL", "pikepdf", "pypdfium2", "uharfbuzz", "zint")
SPARED = {  # what an output does without, since it loads slowly
    "x.pdf": (
        "fontTools.ttLib",
        "afpcluster.outputs.pdf.tagged.plan",
        "afpcluster.conversion.needs",
    ),
    "x.txt": ("fontTools.ttLib", "afpcluster.outputs.pdf", "afpcluster.conversion.needs"),
    "x.jsonl": ("fontTools", "afpcluster.interpret.page", "afpcluster.outputs.pdf"),
    "x.afp": ("fontTools", "afpcluster.interpret.page", "afpcluster.outputs.pdf"),
}


@pytest.mark.parametrize(("name", "modules"), SPARED.items(), ids=SPARED)
def test_what_a_command_does_not_import(tmp_path: Path, name: str, modules: tuple[str, ...]) -> None:
    source = str(text_page(tmp_path).path)
    code = f"""
import sys
from afpcluster.cli import app
app(["convert", {source!r}, "-o", {name!r}, "-q"], standalone_mode=False)
print([name for name in {(*SERVICES_AND_CLUSTER, *ONLY_SOMETIMES, *modules)!r} if name in sys.modules])
"""
    assert run(code, tmp_path) == "[]\n"
