"""Looking inside files: every field with its place and values, text, resources; damage never stops it."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from afpcluster.afp import modca, ptoca, triplets
from afpcluster.afp.declare import STRUCTURES, made
from afpcluster.afp.dissect import Part, dissect, structure_parts, text_parts
from afpcluster.afp.fields import CODES
from afpcluster.cli import app
from afpcluster.convert import convert
from afpcluster.findings import Findings
from afpcluster.inspection.texts import texts_of
from afpcluster.inspection.tree import fields_of
from afpcluster.options import Options
from afpcluster.sample import write_sample
from afpcluster.sample.records import field, tag, triplet
from corpus import afp_files, needs_corpus


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inspect") / "sample.afp"
    with path.open("wb") as sink:
        write_sample(sink, statements=3, seed=5)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def flat(parts: list[Part]) -> dict[str, Any]:
    """Every part by its path."""
    found: dict[str, Any] = {}
    for part in parts:
        if part.value is not None or not part.parts:
            found[part.name] = part.value
        for name, value in flat(list(part.parts)).items():
            found[f"{part.name} / {name}"] = value
    return found


DISSECTED: dict[str, tuple[bytes, dict[str, Any]]] = {
    "a page descriptor": (
        field("PGD", modca.PageDescriptor(0, 0, 14400, 14400, 8640, 12960)),
        {"x_units": 14400, "x_size": 8640, "y_size": 12960},
    ),
    "a tag": (
        tag("Account", "4711"),
        {"Fully Qualified Name (attribute gid)": "Account", "Attribute Value": "4711"},
    ),
    "a map": (
        field("MPO", modca.MapResources([modca.MapGroup(triplet(triplets.ResourceLocalIdentifier(2, 7)))])),
        {"group 1 / Resource Local Identifier / identifier": 7},
    ),
    "an include": (
        field("IPO", modca.IncludePageOverlay("LETTER".encode("cp500").ljust(8, b"@"), -5, 9)),
        {"name": "LETTER", "x_origin": -5, "y_origin": 9},
    ),
    "graphics": (
        field("GAD", b"\x70\x0c" + bytes(8) + b"\0\x0a\0\0" + b"\xc1\x08" + bytes((0, 1, 0, 2, 0, 3, 0, 4))),
        {
            "segment 1 / GLINE line_at_given_position / x0": 1,
            "segment 1 / GLINE line_at_given_position / points": "(3, 4)",
        },
    ),
    "an image": (
        field("IPD", b"\x70\0\x91\x01\xff\x94\x09\0\0\xc8\0\xc8\x01\0\0\x40"),
        {"image_size / x_size": 256, "image_size / y_size": 64, "begin_segment": None},
    ),
    "a comment": (field("NOP", "Größe".encode("cp500")), {"note": "Größe"}),
    "a field that is too short": (field("PGD", b"\0\0"), {"data": "X'0000'"}),
    "a triplet of impossible length": (field("BPG", b"@" * 8 + b"\x30\x01"), {"not a triplet": "X'3001'"}),
    "a field nobody knows": (b"\x5a\0\x0b\xd3\x11\x22\0\0\0abc", {"data": "X'616263'"}),
}


@pytest.mark.parametrize(("data", "expected"), DISSECTED.values(), ids=DISSECTED)
def test_dissected(data: bytes, expected: dict[str, Any]) -> None:
    (shown,) = fields_of(io.BytesIO(data), Findings())
    parts = flat(shown.parts)
    assert {name: parts.get(name, "absent") for name in expected} == expected


def test_text_controls() -> None:
    data = ptoca.TextBuilder().control("SCFL", 3).control("AMI", -7).text(b"\xc1\xc2").data()
    shown = flat(list(text_parts(data, lambda codes: codes.decode("cp500"))))
    assert shown == {
        "SCFL set_coded_font_local / LID": 3,
        "AMI absolute_move_inline / DSPLCMNT": -7,
        "TRN transparent_data": "AB",
    }


@pytest.mark.parametrize("type_", CODES.values(), ids=CODES)
def test_no_data_stops_it(type_: int) -> None:
    """Of any field, any bytes: parts that JSON takes, or what is wrong with them."""
    chance = random.Random(type_)
    for size in (0, 1, 7, 8, 10, 40, 300):
        for data in (bytes(size), b"\xff" * size, chance.randbytes(size)):
            json.dumps([part.as_dict() for part in dissect(type_, data)])


def test_every_structure_is_shown_whole() -> None:
    """Of a declared structure every field has a part of its name."""
    for kind in STRUCTURES:
        names = {name for name, wire in kind.shape.wires if wire.kind != "pad"}
        value = kind.decode(bytes(kind.shape.size))
        assert names <= {part.name for part in structure_parts(value)}, kind


def test_the_tree_is_whole(sample: Path) -> None:
    """Fields follow each other without a gap, and Begin and End of an object are at one level."""
    data = sample.read_bytes()
    at, levels, pages = 0, [], set()
    with sample.open("rb") as source:
        for shown in fields_of(source, Findings()):
            assert shown.offset == at
            at += shown.length
            if shown.mnemonic.startswith("B") and shown.mnemonic not in ("BDA", "BDD"):
                levels.append((shown.mnemonic[1:], shown.level))
            elif shown.mnemonic.startswith("E"):
                assert levels.pop() == (shown.mnemonic[1:], shown.level)
            pages.add(shown.page)
    assert (at, levels) == (len(data), [])
    with sample.open("rb") as source:
        assert max(page or 0 for page in pages) == convert(source, io.BytesIO()).pages


def test_choosing_fields(sample: Path) -> None:
    lines = [
        json.loads(line) for line in run("inspect", sample, "--fields", "bpg", "--json").stdout.splitlines()
    ]
    assert {line["mnemonic"] for line in lines} == {"BPG"}
    second = [json.loads(line) for line in run("inspect", sample, "--page", 2, "--json").stdout.splitlines()]
    assert (second[0]["offset"], second[0]["mnemonic"]) == (lines[1]["offset"], "BPG")
    assert {line["page"] for line in second} == {2}
    within = lines[1]["offset"] + 5
    (found,) = map(json.loads, run("inspect", sample, "--at", within, "--json").stdout.splitlines())
    assert found == lines[1]


def test_as_people_read_it(sample: Path) -> None:
    shown = run("inspect", sample, "--fields", "TLE,BNG").stdout
    assert "BNG Begin Named Page Group  S0000001" in shown
    assert "Fully Qualified Name (attribute gid): Account Number" in shown
    assert "Attribute Value: " in shown
    with_bytes = run("inspect", sample, "--at", 3).stdout
    assert "BRG Begin Resource Group  STMTRES" in with_bytes
    assert "e2 e3 d4 e3 d9 c5 e2 40" in with_bytes


def test_text_through_the_fonts_of_pages(sample: Path) -> None:
    with sample.open("rb") as source:
        texts = [text for page, _, text in texts_of(source, Options(), Findings()) if page == 1]
    assert any("IBAN" in text for text in texts)
    assert "\ufffd" not in "".join(texts)


def test_resources_and_their_extraction(sample: Path, tmp_path: Path) -> None:
    answer = json.loads(run("inspect", sample, "--resources", "--extract", tmp_path / "out", "--json").stdout)
    inside = {(one["kind"], one["name"]) for one in answer["inside"]}
    assert {("overlay", "O1LETTER"), ("font character set", "CZSAMPR0"), ("page segment", "S1LOGO")} <= inside
    assert {one["found"] for one in answer["asked"]} == {"inside"}
    assert (tmp_path / "out/CZSAMPR0.pfb").read_bytes()[:2] == b"\x80\x01"
    assert b"%!" in (tmp_path / "out/CZSAMPR0.pfb").read_bytes()[:10]
    # What was taken out serves as a resource folder for the file without its resource group.
    data = sample.read_bytes()
    bare = data[data.index(field("BDT", b"")[3:6]) - 3 :]
    whole, alone = io.BytesIO(), io.BytesIO()
    convert(io.BytesIO(data), whole)
    options = Options(resource_paths=(tmp_path / "out",), strict=True)
    assert [f for f in convert(io.BytesIO(bare), alone, options).findings if f.severity.rank] == []
    assert alone.getvalue() == whole.getvalue()


def test_a_file_in_a_container_is_written_as_what_it_is(tmp_path: Path) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(40)
    classified = triplet(
        made(triplets.ObjectClassification, object_class=1, structure_flags=b"\0\0", object_id=bytes(16))
    )
    container = field("BOC", b"@" * 8 + classified) + field("OCD", png) + field("EOC", b"")
    header = modca.BeginReserved(
        "A/B".encode("cp500").ljust(8, b"@"), 0, triplet(triplets.ResourceObjectType(0x92, bytes(8)))
    )
    page = field("BPG", b"@" * 8) + field("EPG", b"")
    resource = field("BRG", b"") + field("BRS", header) + container + field("ERS", b"") + field("ERG", b"")
    (tmp_path / "in.afp").write_bytes(resource + field("BDT", b"@" * 8 + b"\0\0") + page + field("EDT", b""))
    run("inspect", tmp_path / "in.afp", "--extract", tmp_path / "out")
    assert [(p.name, p.read_bytes()) for p in (tmp_path / "out").iterdir()] == [("A_B.png", png)]


DAMAGED = {
    "cut off": lambda data: data[:-7],
    "bytes in between": lambda data: data[:500] + bytes(99) + data[500:],
    "a wrong length": lambda data: data.replace(b"\x5a\0\x10\xd3\xa8\xaf", b"\x5a\0\x90\xd3\xa8\xaf", 1),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_damage_is_told_and_does_not_stop_it(sample: Path, tmp_path: Path, damage: Any) -> None:
    broken = tmp_path / "broken.afp"
    broken.write_bytes(damage(sample.read_bytes()))
    shown = run("inspect", broken, "--brief")
    assert shown.exit_code == 0
    assert "Begin Named Page Group  S0000003" in shown.stdout
    assert "byte" in shown.stderr


@pytest.mark.parametrize("options", [(), ("--text",), ("--resources",)])
def test_what_is_not_afp(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "x").write_bytes(b"%PDF-1.7 and more of it")
    shown = run("inspect", tmp_path / "x", *options)
    assert shown.exit_code == 3
    assert "PDF" in shown.stderr


def test_a_field_that_there_is_not(sample: Path) -> None:
    assert run("inspect", sample, "--fields", "XYZ").exit_code == 2


@needs_corpus
@pytest.mark.parametrize("path", afp_files("*/*.afp"), ids=lambda path: path.stem)
def test_the_corpus_is_shown(path: Path) -> None:
    """Every field of real files is a declared one, and decodes."""
    with path.open("rb") as source:
        for shown in fields_of(source, Findings()):
            parts = flat(shown.parts)
            assert not any(name.endswith("problem") for name in parts), (shown.mnemonic, shown.offset, parts)


def test_check(sample: Path, tmp_path: Path) -> None:
    bare = sample.read_bytes()
    bare = bare[bare.index(field("BDT", b"")[3:6]) - 3 :]
    (tmp_path / "files").mkdir()
    for name, data in {
        "a.afp": sample.read_bytes(),
        "b.afp": bare,
        "c.afp": bare[:-5],
        "d.txt": b"no",
    }.items():
        (tmp_path / "files" / name).write_bytes(data)
    shown = run("check", tmp_path / "files", "--csv", tmp_path / "t.csv", "-p", 2)
    assert shown.exit_code == 7
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        rows = {Path(row["file"]).name: row for row in csv.DictReader(file)}
    verdicts = {name: row["verdict"] for name, row in rows.items()}
    assert verdicts == {"a.afp": "ok", "b.afp": "skipped", "c.afp": "refused", "d.txt": "not AFP"}
    assert rows["a.afp"]["fonts_inside"].split() == ["CZSAMPB0", "CZSAMPR0", "XZSAMPR9", "T1001148"]
    assert rows["b.afp"]["fonts_missing"].split() == ["CZSAMPB0", "CZSAMPR0", "XZSAMPR9"]
    assert rows["b.afp"]["fonts_found"] == "T1001148"
    assert "O1LETTER" in rows["b.afp"]["resources_missing"]
    assert rows["a.afp"]["tags"] == "15"
    assert "is used instead" in shown.stdout
    assert "4 files" in shown.stdout
    assert run("check", sample).exit_code == 0
    assert run("check", tmp_path / "files" / "e.afp").exit_code == 7
    named = run("check", tmp_path / "files" / "d.txt")
    assert (named.exit_code, named.stdout.split()[0]) == (7, "refused")
    (tmp_path / "files" / "c.afp").unlink()
    (tmp_path / "files" / "b.afp").unlink()
    assert run("check", tmp_path / "files").exit_code == 0


@pytest.mark.parametrize(
    ("name", "data", "in_folder", "alone"),
    [
        ("a.afp", b"", ("empty", 7), ("empty", 7)),
        ("A.AFP", b"", ("empty", 7), ("empty", 7)),
        ("a.txt", b"", ("not AFP", 0), ("empty", 7)),
        ("a.afp", b"words", ("refused", 7), ("refused", 7)),
        ("a.txt", b"words", ("not AFP", 0), ("refused", 7)),
    ],
)
def test_check_of_what_holds_no_afp(
    tmp_path: Path, name: str, data: bytes, in_folder: tuple[str, int], alone: tuple[str, int]
) -> None:
    (tmp_path / name).write_bytes(data)
    for what, (verdict, code) in ((tmp_path, in_folder), (tmp_path / name, alone)):
        shown = run("check", what)
        assert (shown.stdout[:12].strip(), shown.exit_code) == (verdict, code)
        assert shown.stdout.splitlines()[-1].split() == [*verdict.split(), "1"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--resources", "--page", 3), "--page has no effect on --resources: "),
        (
            ("--resources", "--fields", "BPG", "--brief"),
            "--fields and --brief have no effect on --resources: ",
        ),
        (("--resources", "--text"), "--text has no effect on --resources: "),
        (("--extract", "x", "--at", 0), "--at has no effect on --extract: "),
        (("--text", "--fields", "BPG"), "--fields has no effect on --text: "),
        (("-r", "."), "--resource-path has no effect on the fields: "),
    ],
)
def test_options_without_effect_are_refused(sample: Path, options: tuple[str, ...], told: str) -> None:
    shown = run("inspect", sample, *options)
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert shown.stderr.startswith(f"afpcluster: {told}")


def test_json_is_brief_too(sample: Path) -> None:
    whole, brief = (
        [
            json.loads(line)
            for line in run("inspect", sample, "--page", 1, "--json", *more).stdout.splitlines()
        ]
        for more in ((), ("--brief",))
    )
    assert [{key: value for key, value in line.items() if key != "parts"} for line in whole] == brief


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("inspect", "SAMPLE", "--resources", "-r", "GONE"), 2, "GONE"),
        (("inspect", "SAMPLE", "--text", "-r", "GONE"), 2, "GONE"),
        (("inspect", "SAMPLE", "--extract", "SAMPLE"), 1, "SAMPLE"),
        (("inspect", "SAMPLE", "--page", "99"), 3, "has no page 99; "),
        (("inspect", "SAMPLE", "--at", "99999999"), 3, "has no byte 99999999; "),
        (("inspect", "SAMPLE", "--text", "--page", "99"), 3, "has no page 99; "),
        (("inspect", "SAMPLE", "--fields", "BOC", "--page", "1"), 3, "has no BOC and page 1; "),
        (("check", "SAMPLE", "-r", "GONE"), 2, "GONE"),
        (("check", "SAMPLE", "--csv", "GONE/report.csv"), 1, "GONE/report.csv: No such file or directory. "),
        (("sample", "FOLDER"), 2, "FOLDER: Is a directory. Check its name"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    sample: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    def named(text: str) -> str:
        for name, path in (("SAMPLE", sample), ("GONE", tmp_path / "gone"), ("FOLDER", tmp_path)):
            text = text.replace(name, str(path))
        return text

    shown = run(*map(named, arguments))
    assert (shown.exit_code, shown.stdout) == (code, "")
    assert shown.stderr.count("\n") == 1
    assert named(words) in shown.stderr
