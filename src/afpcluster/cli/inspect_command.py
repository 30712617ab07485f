"""The `inspect` and `check` commands: to look inside print files. Damaged files are what they are for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from afpcluster.afp.dissect import Part
from afpcluster.afp.fields import CODES
from afpcluster.cli.new_files import new_file
from afpcluster.findings import Findings
from afpcluster.inspection.check import Checked, Summary, check, write_table
from afpcluster.inspection.inventory import extract, take_stock
from afpcluster.inspection.texts import texts_of
from afpcluster.inspection.tree import FieldShown, fields_of
from afpcluster.options import Format, Options
from afpcluster.outputs.output import OUTPUTS

_CANNOT_READ, _NOTHING_FOUND, _WRONG = 1, 3, 2
_LONGEST_LINE = 160
_AFP_SUFFIXES = OUTPUTS[Format.AFP].suffixes


@dataclass(slots=True, frozen=True)
class Wanted:
    """Which fields are shown; None and () do not choose."""

    mnemonics: tuple[str, ...] = ()
    page: int | None = None
    at: int | None = None

    def takes(self, field: FieldShown) -> bool:
        if self.mnemonics and field.mnemonic not in self.mnemonics:
            return False
        if self.page is not None and field.page != self.page:
            return False
        return self.at is None or field.offset <= self.at < field.offset + field.length

    def done(self, field: FieldShown) -> bool:
        """Whether nothing behind this field is wanted."""
        if self.at is not None and field.offset > self.at:
            return True
        return self.page is not None and field.page is not None and field.page > self.page


_FIELDS = "the fields"
_EFFECTIVE = {
    "--resources": {"--resources", "--extract", "--resource-path"},
    "--extract": {"--resources", "--extract", "--resource-path"},
    "--text": {"--text", "--page", "--resource-path"},
    _FIELDS: {"--fields", "--page", "--at", "--brief"},
}
"""By what is shown, or the option that asks for it: the options that have an effect on it."""


def complain_of_useless(given: Mapping[str, object]) -> int:
    """Say which options of `given` (None, False and () are not given) have no effect on what is shown. The
    exit code: 0 where there are none."""
    named = [
        name for name, value in given.items() if value is not None and value is not False and value != ()
    ]
    shown = next((name for name in _EFFECTIVE if name in named), _FIELDS)
    useless = [name for name in named if name not in _EFFECTIVE[shown]]
    if not useless:
        return 0
    effect = "has no effect" if len(useless) == 1 else "have no effect"
    return _complain(f"{' and '.join(useless)} {effect} on {shown}: leave one or the other out")


def inspect(source: Path, wanted: Wanted, *, as_json: bool, brief: bool) -> int:
    """Show the fields of a file; `brief` without their parts. The exit code: 0, whatever is wrong with the
    file; 3 where nothing of it is AFP or wanted."""
    unknown = [name for name in wanted.mnemonics if name not in CODES]
    if unknown:
        return _complain(f"{unknown[0]!r} is no structured field; names are such as BPG, PTX, TLE")
    findings = Findings()
    shown = 0
    with source.open("rb") as opened:
        for field in fields_of(opened, findings):
            if wanted.done(field):
                break
            if wanted.takes(field):
                shown += 1
                if as_json:
                    print(json.dumps(field.as_dict(brief=brief), ensure_ascii=False))
                    continue
                for line in field_lines(field, brief=brief, with_bytes=wanted.at is not None):
                    print(line)
    _tell(findings, as_json)
    return 0 if shown else _nothing(source, wanted, findings)


def texts(source: Path, wanted: Wanted, options: Options, *, as_json: bool) -> int:
    """Show the text of pages as their fields hold it."""
    findings = Findings()
    shown = 0
    with source.open("rb") as opened:
        for page, offset, text in texts_of(opened, options, findings):
            if wanted.page is not None and page != wanted.page:
                continue
            shown += 1
            if as_json:
                print(json.dumps({"page": page, "offset": offset, "text": text}, ensure_ascii=False))
            else:
                print(f"{offset:>10}  page {page}  {text}")
    _tell(findings, as_json)
    return 0 if shown else _nothing(source, wanted, findings)


def resources(source: Path, options: Options, folder: Path | None, *, as_json: bool) -> int:
    """List the resources of a file and what its pages ask for; write those that it holds into `folder`."""
    findings = Findings()
    with source.open("rb") as opened:
        stock = take_stock(opened, options.resource_paths, findings)
        written = extract(stock, folder, findings) if folder is not None else []
    held = [{"kind": h.kind, "name": h.name, "offset": h.offset, "bytes": h.size} for h in stock.held]
    asked = [
        {"kind": one.kind, "name": one.name, "found": one.found, "pages": one.pages}
        for one in stock.asked.values()
    ]
    if as_json:
        print(json.dumps({"inside": held, "asked": asked, "written": [str(p) for p in written]}))
    else:
        print(f"inside ({len(held)}):")
        for row in held:
            print(f"  {row['offset']:>10}  {row['bytes']:>9} bytes  {row['kind']:<20}{row['name']}")
        print(f"asked for by pages ({len(asked)}):")
        for row in asked:
            print(f"  {row['found']:<12}{row['pages']:>7} pages  {row['kind']:<16}{row['name']}")
        for path in written:
            print(f"written: {path}")
    _tell(findings, as_json)
    return 0 if held or asked else _NOTHING_FOUND


def check_files(paths: Sequence[Path], options: Options, table: Path | None, *, processes: int) -> int:
    """Check files, and those of folders; a line each, a table if asked for, and a summary."""
    named = set(paths)
    files = list(_files(paths))
    if not files:
        return _complain("there is no file to check")
    with nullcontext() if table is None else new_file(table, text=True) as file:
        return _check_all(files, named, options, file, processes)


def _check_all(
    files: list[Path], named: set[Path], options: Options, table: TextIO | None, processes: int
) -> int:
    summary = Summary()
    rows: list[dict[str, Any]] = []
    for checked in _checked(files, options, processes):
        if checked.path in named or checked.path.suffix.lower() in _AFP_SUFFIXES:
            checked.is_afp = True  # at least somebody takes it for AFP
        summary.add(checked)
        rows.append(checked.row())
        print(f"{checked.verdict:<12}{checked.stock.pages:>7} pages  {checked.path}")
        for line in [checked.refusal] if checked.refusal else checked.stand_ins:
            print(f"{'':<12}{line}")
    if table is not None:
        write_table(rows, table)
    print("\n".join(summary.lines()))
    return summary.exit_code


def _checked(files: list[Path], options: Options, processes: int) -> Iterator[Checked]:
    if processes == 1:
        yield from map(partial(_check, options), files)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(partial(_check, options), files)


def _check(options: Options, path: Path) -> Checked:
    try:
        checked = check(path, options)
    except OSError as error:
        return Checked(path, refusal=f"It cannot be read: {error.strerror}")
    checked.stock.held.clear()  # open files do not cross process borders
    return checked


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file())
        else:
            yield path


def field_lines(field: FieldShown, *, brief: bool, with_bytes: bool) -> Iterator[str]:
    """A field as people read it."""
    indent = "  " * field.level
    head = f"{field.offset:>10} {field.length:>6}  {indent}{field.mnemonic} {field.title}"
    yield f"{head}  {field.name}".rstrip()
    if not brief:
        parts = [part for part in field.parts if not (part.name == "name" and field.name)]
        yield from _part_lines(parts, f"{'':>19}{indent}  ")
    if with_bytes:
        for at in range(0, len(field.data), 16):
            row = field.data[at : at + 16]
            ebcdic = "".join(c if c.isprintable() else "." for c in row.decode("cp500"))
            latin = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
            yield f"{at:>10}  {row.hex(' '):<48} {ebcdic:<17}{latin}"


def _part_lines(parts: Iterable[Part], indent: str) -> Iterator[str]:
    for part in parts:
        if part.parts and not any(one.parts for one in part.parts):
            values = ", ".join(f"{one.name} {one.value}" for one in part.parts)
            if len(values) < _LONGEST_LINE:
                yield f"{indent}{part.name}: {values}"
                continue
        yield f"{indent}{part.name}" + (f": {part.value}" if part.value is not None else "")
        yield from _part_lines(part.parts, indent + "  ")


def _tell(findings: Findings, as_json: bool) -> None:
    """What is wrong with the file, on standard error, or as the last line of JSON."""
    if as_json:
        found = [finding.as_dict() for finding in findings]
        if found:
            print(json.dumps({"findings": found}, ensure_ascii=False))
        return
    for finding in findings:
        where = f" at byte {finding.offset}" if finding.offset is not None else ""
        times = f" ({finding.count} times)" if finding.count > 1 else ""
        print(f"{finding.severity}{where}: {finding.message}{times} ({finding.code})", file=sys.stderr)


def _nothing(source: Path, wanted: Wanted, findings: Findings) -> int:
    """Nothing was shown; say so, unless what was found says why."""
    if not list(findings):
        asked = [f"{name} {value}" for name, value in (("page", wanted.page), ("byte", wanted.at)) if value]
        what = " and ".join([*wanted.mnemonics, *asked]) or "text"
        _complain(f"{source} has no {what}; `afpcluster inspect {source} --brief` shows what it has")
    return _NOTHING_FOUND


def _complain(message: str) -> int:
    print(f"afpcluster: {message}", file=sys.stderr)
    return _WRONG
