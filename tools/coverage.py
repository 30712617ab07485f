"""Write docs/format/coverage.md: what of the AFP references is decoded, interpreted and tested.

Rows come from the tables in the code (afp/fields, triplets, ptoca, goca, ioca, bcoca, foca), so that
nothing is listed by hand. A row is *interpreted* where the code right of `afp` names it (for
drawing orders: has a handler of that name), and *tested* where a test of its area names it.
What is not interpreted needs a reason in `coverage_notes.py`. `problems` says where an answer is missing.

    python tools/coverage.py          write the table
    python tools/coverage.py --check  only compare it, exit code 1 if it is out of date or has gaps
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tools")]
TARGET = ROOT / "docs/format/coverage.md"

from coverage_notes import NOTES  # noqa: E402

from afpcluster.afp import bcoca, fields, foca, goca, im_image, ioca, modca, ptoca, triplets  # noqa: E402

REPORTED = "reported"
"""How a note ends whose subject the code names only to report it as not applied."""
_RIGHT_OF_AFP = ("document", "fonts", "interpret", "outputs")
_NO_EVIDENCE = ("fuzz", "sample", "bench")  # tests that name everything or nothing


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of a reference. `words` are what code and tests call it; `decoder` decodes it."""

    code: str
    name: str
    decoder: str
    words: tuple[str, ...]
    interpreted: bool = False
    tests: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A table of the document: its rows, where interpreting code stands, and where its tests do."""

    title: str
    rows: list[Row]
    sources: tuple[str, ...] = _RIGHT_OF_AFP
    evidence: str = "words"
    tests: tuple[str, ...] = field(default=())


@cache
def _words(path: Path, evidence: str = "words") -> frozenset[str]:
    """Names in a file: identifiers, attributes and the words of strings, but not of docstrings; or only
    the names of its "functions", or only the "attributes" that it reads; in "tests", numbers as well."""
    found: set[str] = set()
    tree = ast.parse(path.read_text("utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and evidence != "functions":
            found.add(node.attr)
        elif isinstance(node, ast.FunctionDef) and evidence != "attributes":
            found.add(node.name)
        elif evidence in ("functions", "attributes"):
            continue
        elif isinstance(node, ast.keyword):
            found.add(node.arg or "")
        elif isinstance(node, ast.Compare | ast.Call):
            found.update(_numbers(node, first_arguments=evidence == "tests"))
            found.update(_positional_fields(node))
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            found.update(re.findall(r"\w+", node.value))
    return frozenset(found)


def _numbers(node: ast.Compare | ast.Call, *, first_arguments: bool) -> Iterator[str]:
    """Codes as the table writes them: `triplet.id == 0x70`, `find_triplet(data, 0x70)`, and in tests the
    first argument of any call, which for bar codes is the type."""
    if isinstance(node, ast.Compare):
        values = node.comparators if getattr(node.left, "attr", "") == "id" else []
    elif getattr(node.func, "id", getattr(node.func, "attr", "")) == "find_triplet":
        values = node.args
    else:
        values = node.args[:1] if first_arguments else []
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, int):
            yield f"X'{value.value:02X}'"


def _positional_fields(node: ast.Compare | ast.Call) -> list[str]:
    """The fields of a declared structure that a call gives by position."""
    if not isinstance(node, ast.Call):
        return []
    shape = getattr(getattr(foca, getattr(node.func, "attr", ""), None), "shape", None)
    names = [name for name, wire in shape.wires if wire.kind != "pad"] if shape else []
    return names[: len(node.args)]


def _sources(patterns: Iterable[str]) -> Iterator[Path]:
    """Python files of packages ("fonts") or by pattern ("afp/ioca_*.py")."""
    for pattern in patterns:
        yield from sorted((ROOT / "src/afpcluster").glob(pattern if "." in pattern else f"{pattern}/**/*.py"))


@cache
def _tests_by_word(folders: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Which test files name a word; without folders, those of all areas that are evidence."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        area = path.relative_to(ROOT / "tests").parts[0]
        if area in _NO_EVIDENCE or (folders and area not in folders):
            continue
        for word in _words(path, "tests"):
            found[word].add(path.relative_to(ROOT / "tests").as_posix())
    return {word: tuple(sorted(paths)) for word, paths in found.items()}


def judged(family: Family) -> Family:
    """The family with its rows' interpretation, tests and notes filled in."""
    named = frozenset().union(*(_words(path, family.evidence) for path in _sources(family.sources)))
    tests = _tests_by_word(family.tests)
    rows = []
    for row in family.rows:
        by = sorted({path for word in row.words for path in tests.get(word, ())})
        note = NOTES.get(f"{family.title}: {row.code}", "")
        acts = not named.isdisjoint(row.words) and not note.endswith(REPORTED)
        acts = acts and not (note and family.evidence == "attributes")  # other structures share the names
        rows.append(replace(row, interpreted=acts, tests=tuple(by), note=note))
    return replace(family, rows=rows)


def problems(families: Iterable[Family]) -> list[str]:
    """Rows without an answer, interpreted ones without a test, notes that no longer apply."""
    found = []
    used = set()
    for family in families:
        for row in family.rows:
            key = f"{family.title}: {row.code}"
            used.add(key)
            if not row.decoder:
                found.append(f"{key} ({row.name}) is not decoded by anything known")
            if row.interpreted and row.note:
                found.append(f"{key} is interpreted, its note says it is not: {row.note}")
            if row.interpreted and not row.tests:
                found.append(f"{key} ({row.name}) is interpreted, but no test names it")
            if not row.interpreted and not row.note:
                found.append(f"{key} ({row.name}) is neither interpreted nor explained")
    return found + [f"the note for {key} is about nothing" for key in NOTES if key not in used]


# The families


def structured_fields() -> Family:
    """Every structured field; Begin and End share a row."""
    decoders = _decoders_by_mnemonic()
    rows = []
    for mnemonic, type_ in fields.CODES.items():
        if fields.is_end(type_):
            continue
        if fields.is_begin(type_):
            end = fields.mnemonic(fields.end_of(type_))
            decoder, code = "Begin, End", f"{mnemonic}, {end}"
        else:
            decoder, code = decoders.get(mnemonic, ""), mnemonic
        name = f"{fields.FIELDS[type_].name} (X'{type_:06X}')"
        rows.append(Row(code, name, decoder, (mnemonic, f"_{mnemonic}")))
    return Family("Structured fields", rows, (*_RIGHT_OF_AFP, "afp/ioca.py"))


_BY_FUNCTION = {
    "PTX": "ptoca.split_controls",
    "IPD": "ioca.fields",
    "GAD": "goca.segments",
    "GDD": "goca_descriptor.descriptor_parameters",
    "BDA": "BarCodeSymbolData",
    "BDD": "BarCodeSymbolDescriptor",
    "IRD": "raw image data",
    "OCD": "raw object data",
    "DXD": "raw bytes",
    "MCA": "raw bytes",
    "PTD1": "PresentationTextDescriptorFormat1",
    "MCF1": "MapCodedFontFormat1",
    "PGP1": "PagePositionFormat1",
}
"""Decoders of fields that are no structure of their own, or that share a mnemonic with another format."""


def _decoders_by_mnemonic() -> dict[str, str]:
    """Structures by the mnemonics that their specification or docstring names."""
    found: dict[str, str] = {}
    for kind in (*vars(modca).values(), *vars(foca).values(), *vars(ioca).values(), *vars(im_image).values()):
        shape = getattr(kind, "shape", None)
        if shape is None or kind.__name__.endswith("Format1"):
            continue
        first_line = (kind.__doc__ or "").partition("\n")[0]
        text = f"{shape.spec} {first_line}"
        for mnemonic in re.findall(r"\b[A-Z]{3}\b", text):
            found.setdefault(mnemonic, kind.__name__)
    return found | _BY_FUNCTION


def triplet_family() -> Family:
    """Every triplet of MO:DCA."""
    rows = []
    for id_, kind in sorted(triplets.TRIPLETS.items()):
        name = re.sub(r"^MO:DCA | Triplet X'..'|\s*\(retired\)", "", kind.shape.spec)
        rows.append(Row(f"X'{id_:02X}'", name, kind.__name__, (kind.__name__, f"X'{id_:02X}'")))
    return Family("Triplets", rows)


def text_controls() -> Family:
    """Every PTOCA control sequence."""
    rows = [
        Row(f"{c.mnemonic} X'{c.code:02X}'", c.name.replace("_", " "), "ptoca.CONTROLS", (c.name, c.mnemonic))
        for c in ptoca.CONTROLS
    ]
    return Family("Text controls (PTOCA)", rows, ("interpret/text/*.py",))


def drawing_orders() -> Family:
    """Every AFP GOCA drawing order."""
    rows = [
        Row(
            f"{order.mnemonic} X'{order.code:02X}'",
            order.name.replace("_", " "),
            "goca.ORDERS",
            (order.name, *((order.mnemonic,) if order.mnemonic != "-" else ())),
        )
        for order in goca.ORDERS.values()
    ]
    return Family("Drawing orders (AFP GOCA)", rows, ("interpret/graphics/*.py",), "functions", ("graphics",))


_WRITTEN_BY = {
    **dict.fromkeys(
        ("BEGIN_SEGMENT", "END_SEGMENT", "BEGIN_IMAGE_CONTENT", "END_IMAGE_CONTENT"), ("encode_segment",)
    ),
    "IMAGE_DATA": ("encode_data",),
    "FUNCTION_SET": ("image_descriptor",),
    "RL4": ("decode_rl4",),
}
"""Functions that write these parameters for tests, or that only these need."""


def image_parameters() -> Family:
    """The self-defining fields of IOCA and the values of its enumerations."""
    rows = []
    for enumeration in (ioca.Parameter, ioca.Compression, ioca.Recording, ioca.ColourFormat):
        for member in enumeration:
            digits = 4 if member > 0xFF else 2
            code = f"{enumeration.__name__} X'{member:0{digits}X}'"
            name = member.name.replace("_", " ").lower()
            words = (member.name, *_WRITTEN_BY.get(member.name, ()))
            rows.append(Row(code, name, f"ioca.{enumeration.__name__}", words))
    sources = ("afp/ioca_segment.py", "interpret/image/*.py", "interpret/colour.py")
    return Family("Images (IOCA)", rows, sources, tests=("images", "interpret"))


def bar_codes() -> Family:
    """Every bar code type of BCOCA."""
    rows = [
        Row(f"X'{m:02X}'", m.name.replace("_", " ").lower(), "bcoca.BarCodeType", (m.name, f"X'{m:02X}'"))
        for m in bcoca.BarCodeType
    ]
    return Family("Bar code types (BCOCA)", rows, ("interpret/barcode/*.py",), tests=("barcodes",))


def font_parameters() -> Family:
    """Every parameter of the FOCA structured fields."""
    rows = []
    for kind in vars(foca).values():
        shape = getattr(kind, "shape", None)
        if shape is None:
            continue
        names = [name for name, wire in shape.wires if wire.kind != "pad"]
        for name in names + ([shape.tail] if shape.tail else []):
            rows.append(
                Row(f"{kind.__name__}.{name}", shape.spec.removeprefix("FOCA "), kind.__name__, (name,))
            )
    sources = ("fonts", "afp/foca.py")
    return Family("Font parameters (FOCA)", rows, sources, "attributes", ("fonts",))


FAMILIES: tuple[Callable[[], Family], ...] = (
    structured_fields,
    triplet_family,
    text_controls,
    drawing_orders,
    image_parameters,
    bar_codes,
    font_parameters,
)


def families() -> list[Family]:
    """All families, judged."""
    return [judged(make()) for make in FAMILIES]


# The document

_HEAD = """# Coverage of the AFP references

Generated by `python tools/coverage.py` from the tables in the code; do not edit. *Interpreted*: the
conversion acts on it. What is not interpreted is at least decoded, and the last column says why that is
right. *Tested*: a test of its area names it.
"""


def document(judged_families: Iterable[Family]) -> str:
    """The text of docs/format/coverage.md."""
    parts = [_HEAD, "| | rows | interpreted | tested |\n|---|---:|---:|---:|"]
    tables = []
    for family in judged_families:
        rows = family.rows
        counts = (len(rows), sum(r.interpreted for r in rows), sum(bool(r.tests) for r in rows))
        parts[-1] += f"\n| {family.title} | " + " | ".join(map(str, counts)) + " |"
        tables.append(_table(family))
    return "\n".join([*parts, "", *tables])


def _table(family: Family) -> str:
    lines = [
        f"## {family.title}\n",
        "| | what | decoded by | interpreted | tested | remark |",
        "|---|---|---|---|---|---|",
    ]
    for row in family.rows:
        tested = "yes" if row.tests else "no"  # not where: every new test would change the table
        answer = "yes" if row.interpreted else "no"
        lines.append(f"| {row.code} | {row.name} | `{row.decoder}` | {answer} | {tested} | {row.note} |")
    return "\n".join(lines) + "\n"


def main(check: bool) -> int:
    found = families()
    gaps = problems(found)
    for gap in gaps:
        print(gap, file=sys.stderr)
    text = document(found)
    if check:
        current = TARGET.read_text("utf-8") if TARGET.exists() else ""
        if current != text:
            print(f"{TARGET.relative_to(ROOT)} is out of date: run python tools/coverage.py", file=sys.stderr)
        return 1 if gaps or current != text else 0
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, "utf-8")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
