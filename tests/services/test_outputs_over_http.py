"""The outputs through both services: the same bytes as the engine makes, or a clear refusal."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from urllib.parse import quote

import pikepdf
import pytest
from service_processes import Afp2webProcess, WrapperProcess

from afpcluster.convert import convert
from afpcluster.options import Colour, Format, Options, TextOrder
from afpcluster.sample import write_sample
from afpcluster.selection import Selection


@pytest.fixture(scope="module")
def statements() -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=4, seed=2)
    return sink.getvalue()


@pytest.fixture(scope="module")
def wrapper(afp2web: Afp2webProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WrapperProcess]:
    process = WrapperProcess(tmp_path_factory.mktemp("wrapper"), afp2web.port)
    yield process
    process.stop()


def made(data: bytes, options: Options) -> tuple[bytes, str]:
    sink = io.BytesIO()
    result = convert(io.BytesIO(data), sink, options)
    return sink.getvalue(), result.media_type


FIRST = Selection.parse("1")
ASKED: dict[str, tuple[str, str, Options, str]] = {
    "pages": ("PageRange=2-3", "pages=2-3", Options(selection=Selection.parse("2-3")), ".pdf"),
    "groups": (
        "Groups=S000000%3F",
        "groups=S000000%3F",
        Options(selection=Selection.parse(groups=["S000000?"])),
        ".pdf",
    ),
    "documents": ("Documents=1", "documents=1", Options(selection=Selection.parse(documents="1")), ".pdf"),
    "an index": ("OutputFormat=Index", "format=index", Options(format=Format.INDEX), ".jsonl"),
    "a table": ("OutputFormat=CSV", "format=csv", Options(format=Format.CSV), ".csv"),
    "a document index": ("OutputFormat=IND", "format=ind", Options(format=Format.IND), ".ind"),
    "AFP again": (
        "OutputFormat=AFP&PageRange=2-3",
        "format=afp&pages=2-3",
        Options(format=Format.AFP, selection=Selection.parse("2-3")),
        ".afp",
    ),
    "text": (
        "OutputFormat=TXT&TextOrder=flow",
        "format=txt&text=flow",
        Options(format=Format.TEXT, text_order=TextOrder.FLOW),
        ".txt",
    ),
    "words": ("OutputFormat=JSON", "format=words", Options(format=Format.WORDS), ".json"),
    "a picture": (
        "OutputFormat=PNG&DPI=40&PageRange=1",
        "format=png&dpi=40&pages=1",
        Options(format=Format.PNG, dpi=40, selection=FIRST),
        ".png",
    ),
    "pictures": (
        "OutputFormat=JPEG&DPI=30",
        "format=jpeg&dpi=30",
        Options(format=Format.JPEG, dpi=30),
        ".zip",
    ),
    "a fax": (
        "OutputFormat=TIFF&Colour=bilevel&DPI=50",
        "format=tiff&colour=bilevel&dpi=50",
        Options(format=Format.TIFF, colour=Colour.BILEVEL, dpi=50),
        ".tif",
    ),
    "split": (
        "Split=group&PartName=" + quote("{tag:Account Number}"),
        "split=group&part-name=" + quote("{tag:Account Number}"),
        Options(split="group", part_name="{tag:Account Number}"),
        ".zip",
    ),
    "tagged": (
        "Tagged=On&Language=de-CH",
        "tagged=true&language=de-CH",
        Options(tagged=True, language="de-CH"),
        ".pdf",
    ),
    "finished": (
        "Title=April&Index=On&Linearize=On",
        "title=April&attach-index=true&linearize=true",
        Options(title="April", attach_index=True, linearize=True),
        ".pdf",
    ),
}


@pytest.mark.parametrize(("afp2web_query", "wrapper_query", "options", "suffix"), ASKED.values(), ids=ASKED)
def test_the_same_bytes_as_the_engine(
    afp2web: Afp2webProcess,
    wrapper: WrapperProcess,
    statements: bytes,
    afp2web_query: str,
    wrapper_query: str,
    options: Options,
    suffix: str,
) -> None:
    expected, media_type = made(statements, options)
    for answer in (
        afp2web.transform(statements, f"?Filename=in.afp&{afp2web_query}"),
        wrapper.convert(statements, f"?filename=in.afp&{wrapper_query}"),
    ):
        assert answer.status == 200, answer.body
        assert answer.headers["Content-Type"].replace(" ", "") == media_type.replace(" ", "")
        assert f'"in{suffix}"' in answer.headers["Content-Disposition"]
        assert answer.body == expected


def test_a_password(wrapper: WrapperProcess, statements: bytes) -> None:
    answer = wrapper.convert(statements, "?password=geheim&permissions=print")
    assert answer.status == 200
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(answer.body))
    with pikepdf.open(io.BytesIO(answer.body), password="geheim") as pdf:
        assert (pdf.encryption.R, pdf.allow.extract) == (6, False)


REFUSED: dict[str, tuple[str, int, str]] = {
    "a range": ("PageRange=x", 400, "A2W-1014"),
    "nothing chosen": ("PageRange=900", 400, "A2W-1014"),
    "split": ("Split=weight", 400, "A2W-1014"),
    "a name": ("Split=group&PartName=" + quote("{x}"), 400, "A2W-1014"),
    "a language": ("Tagged=On&Language=a+b", 400, "A2W-1014"),
    "permissions": ("Permissions=fly", 400, "A2W-1014"),
    "a split index": ("Split=group&OutputFormat=CSV", 400, "A2W-1014"),
    "dpi": ("OutputFormat=PNG&DPI=x", 400, "A2W-1002"),
    "too many dpi": ("OutputFormat=PNG&DPI=99999999", 400, "A2W-1002"),
    "too many digits": ("OutputFormat=PNG&DPI=0015000000", 400, "A2W-1002"),
    "dpi of a PDF": ("DPI=150", 400, "A2W-1014"),
    "colours of text": ("OutputFormat=TXT&Colour=grey", 400, "A2W-1014"),
    "an order of words": ("OutputFormat=JSON&TextOrder=flow", 400, "A2W-1014"),
    "a title of a picture": ("OutputFormat=PNG&Title=x", 400, "A2W-1014"),
    "a language of AFP": ("OutputFormat=AFP&Language=en", 400, "A2W-1014"),
    "tags of a table": ("OutputFormat=CSV&Tagged=On", 400, "A2W-1014"),
    "a password of an index": ("OutputFormat=Index&Password=x", 400, "A2W-1014"),
    "a title without end": ("Title=" + "x" * 5000, 400, "A2W-1002"),
}


@pytest.mark.parametrize(("query", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(afp2web: Afp2webProcess, statements: bytes, query: str, status: int, code: str) -> None:
    answer = afp2web.transform(statements, f"?ResponseFormat=JSON&{query}")
    assert (answer.status, json.loads(answer.body)["ErrorCode"]) == (status, code)


def test_what_has_no_effect_is_refused_by_the_wrapper_too(wrapper: WrapperProcess, statements: bytes) -> None:
    answer = wrapper.convert(statements, "?format=png&title=April")
    assert answer.status == 400
    assert "title has an effect on pdf, and png is made" in answer.json["detail"]
    assert wrapper.convert(statements, "?format=png&dpi=20&tagged=false&attach-index=false").status == 200


def test_parts_are_whole(afp2web: Afp2webProcess, statements: bytes) -> None:
    answer = afp2web.transform(statements, "?Split=pages:2")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-1] == "manifest.jsonl"
