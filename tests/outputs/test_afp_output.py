"""AFP again: a print file of the pages that were chosen shows what they show, and holds nothing else."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from outputs_of import output_of_file

from afpcluster import index
from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import RecordFile, encode
from afpcluster.convert import convert
from afpcluster.findings import ConversionError, Findings
from afpcluster.options import Format, Options
from afpcluster.outputs.output import FormatError
from afpcluster.sample import write_sample
from afpcluster.selection import Selection
from benchmarks.fuzz.seeds import own_seeds
from corpus import afp_files, needs_corpus

SEEDS = own_seeds()
STATEMENTS, SEED = 12, 5
_OWN = ("Account Number", "Customer Name")


@pytest.fixture(scope="module")
def sample() -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=STATEMENTS, seed=SEED)
    return sink.getvalue()


def afp_of(data: bytes, selection: Selection | None = None) -> bytes:
    chosen = Options(format=Format.AFP, selection=selection or Selection(), raise_faults=True)
    return output_of_file(data, chosen)


def pdf_of(data: bytes, selection: Selection | None = None) -> tuple[bytes, int]:
    sink = io.BytesIO()
    result = convert(io.BytesIO(data), sink, Options(selection=selection or Selection(), raise_faults=True))
    return sink.getvalue(), result.pages


def shown(pdf: bytes) -> list[tuple[tuple[float, float], str, bytes]]:
    """Of each page its size, text and picture."""
    opened = pypdfium2.PdfDocument(pdf)
    try:
        return [
            (
                page.get_size(),
                page.get_textpage().get_text_bounded(),
                page.render(scale=0.6).to_pil().tobytes(),
            )
            for page in opened
        ]
    finally:
        opened.close()


def fields_of(data: bytes) -> list[str]:
    """The mnemonics of all fields: nothing else is in the file."""
    findings = Findings()
    file = RecordFile(io.BytesIO(data), findings)
    found, at = [], 0
    for type_, offset, end, _, _ in file.scan(report=True):
        assert offset == at
        found.append(mnemonic(type_))
        at = end
    assert at == len(data)
    assert not list(findings)
    return found


def hold_alike(data: bytes) -> None:
    """The whole, every second page, and the last page alone show the same through the AFP of them."""
    try:
        pdf, pages = pdf_of(data)
    except ConversionError:
        with pytest.raises(ConversionError):
            afp_of(data)
        return
    again = afp_of(data)
    fields_of(again)
    assert len(again) <= len(data) + 1000
    through, _ = pdf_of(again)
    assert through == pdf or shown(through) == shown(pdf)
    assert afp_of(again) == again
    if pages < 2:
        return
    every_second = ",".join(map(str, range(1, pages + 1, 2)))
    for chosen in (every_second, str(pages)):
        selection = Selection.parse(pages=chosen)
        expected, _ = pdf_of(data, selection)
        through, _ = pdf_of(afp_of(data, selection))
        assert through == expected or shown(through) == shown(expected)


@pytest.mark.parametrize("data", SEEDS.values(), ids=SEEDS)
def test_seeds(data: bytes) -> None:
    hold_alike(data)


def without(data: bytes, *mnemonics: str) -> bytes:
    """The file without fields of these kinds."""
    file = RecordFile(io.BytesIO(data), Findings())
    spans = [(offset, end) for type_, offset, end, _, _ in file.scan() if mnemonic(type_) not in mnemonics]
    return b"".join([data[offset:end] for offset, end in spans])


@pytest.mark.parametrize("name", ["unicode_text", "includes", "form_map"])
def test_joined_files_of_pages_without_a_document(name: str) -> None:
    hold_alike(without(SEEDS[name], "BDT", "EDT") * 2)


def test_joined_files_that_use_one_resource_from_outside(tmp_path: Path) -> None:
    """Each has it in its own resource group, since none has the resources of another."""
    data = SEEDS["includes"]
    border = next(
        end
        for type_, _, end, _, _ in RecordFile(io.BytesIO(data), Findings()).scan()
        if type_ == CODES["ERG"]
    )
    (tmp_path / "resources.afp").write_bytes(data[:border])
    joined = (encode(CODES["BRG"]) + encode(CODES["ERG"]) + data[border:]) * 2
    options = Options(resource_paths=(tmp_path / "resources.afp",), raise_faults=True)
    again = output_of_file(joined, replace(options, format=Format.AFP))
    assert fields_of(again).count("BMO") == 2
    assert shown(pdf_of(again)[0]) == shown(output_of_file(joined, options))


@needs_corpus
@pytest.mark.parametrize("path", afp_files("*/*.afp") + afp_files("*/*/*.afp"), ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    hold_alike(path.read_bytes())


def test_the_sample(sample: bytes) -> None:
    hold_alike(sample)
    names = fields_of(afp_of(sample, Selection.parse(groups=["S0000002", "S0000005"])))
    assert names[:2] == ["BRG", "BRS"]
    assert (names.count("BNG"), names.count("ENG"), names.count("BDT"), names.count("EDT")) == (2, 2, 1, 1)
    tags = [len(entry["tags"]) for entry in index(io.BytesIO(sample)) if entry["record"] == "group"]
    assert names.count("TLE") == tags[1] + tags[4]


@pytest.mark.parametrize("options", [Options(), Options(split="group"), Options(split="pages:5")], ids=str)
def test_bytes_do_not_depend_on_processes(sample: bytes, options: Options) -> None:
    once = output_of_file(sample, replace(options, format=Format.AFP))
    for processes in (2, 4):
        assert output_of_file(sample, replace(options, format=Format.AFP, processes=processes)) == once


def test_parts_hold_nothing_of_others(sample: bytes) -> None:
    parts = output_of_file(sample, Options(format=Format.AFP, split="group"))
    with zipfile.ZipFile(io.BytesIO(parts)) as archive:
        manifest = [json.loads(line) for line in archive.read("manifest.jsonl").splitlines()]
        written = [archive.read(entry["name"]) for entry in manifest]
    assert all(entry["name"].endswith(".afp") for entry in manifest)
    secrets = [
        {tag["value"].encode("cp1140") for tag in entry["tags"] if tag["name"] in _OWN}
        for entry in index(io.BytesIO(sample))
        if entry["record"] == "group"
    ]
    assert len(written) == len(secrets) == STATEMENTS
    for number, part in enumerate(written):
        assert all(secret in part for secret in secrets[number])
        for other, known in enumerate(secrets):
            assert other == number or not any(secret in part for secret in known - secrets[number])
        expected, _ = pdf_of(sample, Selection.parse(groups=[f"S{number + 1:07}"]))
        assert shown(pdf_of(part)[0]) == shown(expected)


def test_several_files_are_refused(sample: bytes) -> None:
    with pytest.raises(FormatError) as refused:
        convert([io.BytesIO(sample), io.BytesIO(sample)], io.BytesIO(), Options(format=Format.AFP))
    assert refused.value.code == "afp-not-merged"
