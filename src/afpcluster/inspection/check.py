"""Before a migration: what converting print files would meet. Every page is drawn, nothing is written.

A verdict is the gravest thing about a file: "ok", "substituted" (something else stands in), "skipped" (a part
would not be shown), "error" (bytes or pages are lost), "refused" (it is not
converted at all), "empty" (it has no byte). Of a folder, files that are neither AFP nor called so are counted
by themselves, since nobody meant them.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import field
from pathlib import Path
from typing import IO, Any

from afpcluster.conversion.work import Work
from afpcluster.findings import ConversionError, Finding, Findings, NotAfpError, Severity
from afpcluster.inspection.inventory import BUILT_IN, FOLDER, INSIDE, MISSING, Inventory, take_stock
from afpcluster.light import dataclass
from afpcluster.options import Options
from afpcluster.spreadsheet import cells

OK, REFUSED, EMPTY, NOT_AFP = "ok", "refused", "empty", "not AFP"
COLUMNS = (
    *("file", "verdict", "bytes", "pages", "documents", "groups", "tags"),
    *("fonts_inside", "fonts_found", "fonts_missing", "resources_missing"),
    *("info", "substituted", "skipped", "error", "bytes_lost", "codes", "refusal"),
)


@dataclass(slots=True)
class Checked:
    """What is known of one file; `refusal` is why it is not converted."""

    path: Path
    size: int = 0
    stock: Inventory = field(default_factory=Inventory)
    findings: list[Finding] = field(default_factory=list)
    refusal: str = ""
    is_afp: bool = True  # or somebody takes it for AFP
    is_empty: bool = False

    @property
    def verdict(self) -> str:
        if self.refusal:
            meant = EMPTY if self.is_empty else REFUSED
            return meant if self.is_afp else NOT_AFP
        worst = max((finding.severity.rank for finding in self.findings), default=0)
        return OK if worst == 0 else str(list(Severity)[worst])

    @property
    def stand_ins(self) -> list[str]:
        """What is said of fonts that something else stands in for."""
        return [one.message for one in self.findings if one.code == "font-substituted"]

    def row(self) -> dict[str, Any]:
        """A row of the table."""
        stock = self.stock
        counts: Counter[str] = Counter()
        for finding in self.findings:
            counts[str(finding.severity)] += finding.count
        others = [one.name for one in stock.asked.values() if one.found == MISSING and one.kind not in _FONTS]
        return {
            "file": str(self.path),
            "verdict": self.verdict,
            "bytes": self.size,
            "pages": stock.pages,
            "documents": stock.documents,
            "groups": stock.groups,
            "tags": stock.tags,
            "fonts_inside": " ".join(_fonts(stock, INSIDE)),
            "fonts_found": " ".join(_fonts(stock, FOLDER, BUILT_IN)),
            "fonts_missing": " ".join(_fonts(stock, MISSING)),
            "resources_missing": " ".join(sorted(others)),
            **{severity.value: counts[severity.value] for severity in Severity},
            "bytes_lost": sum(finding.bytes_lost for finding in self.findings),
            "codes": " ".join(sorted({f.code for f in self.findings if f.severity is not Severity.INFO})),
            "refusal": self.refusal,
        }


_FONTS = ("font", "code page")


def _fonts(stock: Inventory, *where: str) -> list[str]:
    return [name for kind in _FONTS for name in stock.found(kind, *where)]


def check(path: Path, options: Options) -> Checked:
    """Check one file. Raises OSError where it cannot be read."""
    with path.open("rb") as source:
        checked = Checked(path, path.stat().st_size)
        checked.stock = take_stock(source, options.resource_paths, Findings())
        source.seek(0)
        try:
            with Work(source, options) as work:
                for _ in work.pages():
                    pass
                checked.findings = work.findings()
        except ConversionError as error:
            checked.refusal = error.message
            checked.is_empty = error.code == "input-empty"
            checked.is_afp = not isinstance(error, NotAfpError) or error.code == "input-no-pages"
    return checked


def write_table(rows: Iterable[dict[str, Any]], file: IO[str]) -> None:
    """Rows of `Checked.row` as CSV (RFC 4180)."""
    table = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    table.writeheader()
    table.writerows(map(cells, rows))


@dataclass(slots=True)
class Summary:
    """Over all files."""

    files: Counter[str] = field(default_factory=Counter)  # by verdict
    pages: int = 0
    missing_fonts: Counter[str] = field(default_factory=Counter)  # by name, files that ask for it
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)  # (severity, code) -> files

    def add(self, checked: Checked) -> None:
        self.files[checked.verdict] += 1
        self.pages += checked.stock.pages
        self.missing_fonts.update(_fonts(checked.stock, MISSING))
        self.codes.update({(f.severity.value, f.code) for f in checked.findings if f.severity.rank})

    @property
    def exit_code(self) -> int:
        """0: everything would be shown, perhaps with other fonts; 7: a part of some file would not, or a file
        is refused."""
        return 7 if set(self.files) - {OK, NOT_AFP, Severity.SUBSTITUTED.value} else 0

    def lines(self) -> list[str]:
        """As people read it."""
        files, pages = self.files.total(), self.pages
        shown = [f"{files} file{'s' * (files != 1)}, {pages:,} page{'s' * (pages != 1)}"]
        order = [OK, *[s.value for s in Severity if s.rank], REFUSED, EMPTY, NOT_AFP]
        shown += [f"  {verdict:<12}{self.files[verdict]:>6}" for verdict in order if self.files[verdict]]
        if self.missing_fonts:
            shown.append("fonts that are missing, and how many files ask for them:")
            shown += [f"  {name:<28}{count:>6}" for name, count in self.missing_fonts.most_common()]
        if self.codes:
            shown.append("what would be told of files (docs/findings.md):")
            shown += [f"  {severity:<12}{code:<28}{n:>6}" for (severity, code), n in self.codes.most_common()]
        return shown
