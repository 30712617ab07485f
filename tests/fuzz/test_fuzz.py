"""Mutated and cut-off files give a result or a ConversionError; the harness notices what breaks that."""

from __future__ import annotations

import gc
import io
import signal
from pathlib import Path
from random import Random

import pytest

from afpcluster.convert import convert
from afpcluster.findings import ConversionError
from afpcluster.options import Options
from afpcluster.sample import write_sample
from benchmarks.fuzz.check import Fault, check, minimise, peak_memory
from benchmarks.fuzz.framings import FRAMINGS
from benchmarks.fuzz.mutate import MUTATIONS, mutated, split
from benchmarks.fuzz.run import Plan, run
from benchmarks.fuzz.seeds import own_seeds
from benchmarks.fuzz.works import LOOKING, MERGING

SEEDS = own_seeds()
INPUTS = 600
SHOWS_NOTHING_WELL = ("every_control", "graphics")  # contain what no output can show, on purpose


@pytest.mark.parametrize("name", SEEDS)
def test_seeds_are_valid(name: str) -> None:
    """A seed that is refused or not drawn would test nothing behind the framing."""
    result = convert(io.BytesIO(SEEDS[name]), io.BytesIO(), Options(raise_faults=True))
    assert result.pages == 1
    if name not in SHOWS_NOTHING_WELL:
        assert [f.message for f in result.findings if f.severity in ("skipped", "error")] == []


@pytest.mark.parametrize("number", range(len(MERGING) + len(LOOKING)))
def test_sound_files_are_merged_and_looked_into(number: int) -> None:
    for data in SEEDS.values():
        (*MERGING, *LOOKING)[number](data)


@pytest.mark.parametrize("number", range(len(MERGING) + len(LOOKING)))
def test_mutated_files_are_merged_and_looked_into(number: int) -> None:
    """More of them than their share of all inputs."""
    works = ((*MERGING, *LOOKING)[number],)
    for at in range(60):
        found = check(mutated(Random(number << 20 | at), list(SEEDS.values())), works=works)
        assert not isinstance(found, Fault), f"input {at}\n{found.report}"


@pytest.mark.parametrize("framing", FRAMINGS)
def test_framed_seeds_are_valid(framing: str) -> None:
    """However a seed is framed, it is the same document."""
    for name in ("plain_text", "image_g4"):
        sink, framed = io.BytesIO(), io.BytesIO()
        convert(io.BytesIO(SEEDS[name]), sink, Options(raise_faults=True))
        convert(io.BytesIO(FRAMINGS[framing](split(SEEDS[name]))), framed, Options(raise_faults=True))
        assert framed.getvalue() == sink.getvalue()


def test_mutated_files() -> None:
    seeds = list(SEEDS.values())
    for number in range(INPUTS):
        found = check(mutated(Random(number), seeds))
        assert not isinstance(found, Fault), f"input {number}\n{found.report}"


@pytest.mark.parametrize("name", ["plain_text", "image_g4", "graphics"])
def test_every_prefix(name: str) -> None:
    for size in range(len(SEEDS[name])):
        found = check(SEEDS[name][:size])
        assert not isinstance(found, Fault), f"{size} bytes\n{found.report}"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.__name__)
def test_mutations_change_files_and_repeat(mutation: object) -> None:
    assert callable(mutation)
    seeds = list(SEEDS.values())
    made = [mutation(Random(n), SEEDS["every_control"], seeds) for n in range(20)]
    assert made == [mutation(Random(n), SEEDS["every_control"], seeds) for n in range(20)]
    assert any(data != SEEDS["every_control"] for data in made)
    assert isinstance(mutation(Random(1), b"", seeds), bytes)


def test_split_keeps_every_byte() -> None:
    for data in SEEDS.values():
        assert b"".join(split(data)) == data


def test_minimise_keeps_the_fault() -> None:
    def broken_by_a(data: bytes) -> bool | Fault:
        return Fault("x", "") if b"a" in data else True

    assert minimise(b"0123a45678" * 9, "x", broken_by_a) == b"a"


def test_a_run_counts_every_input_once(tmp_path: Path) -> None:
    totals = run(Plan(seed=3, count=120, jobs=2, corpus=False, out=tmp_path), say=lambda text: None)
    assert totals.inputs == totals.results + totals.refused == 120
    assert list(tmp_path.iterdir()) == []


def sample_file() -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=10)
    return sink.getvalue()


def test_a_slow_input_is_a_fault() -> None:
    found = check(sample_file() * 50, time_limit=1e-3)  # which takes a hundred times as long
    assert isinstance(found, Fault)
    assert found.signature.startswith("TooSlow-")


def test_much_memory_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(data: bytes) -> None:
        assert len(b"x" * (len(data) << 20)) > len(data)

    check(b"", works=(work,))
    monkeypatch.setattr("benchmarks.fuzz.check.RESIDENT_LIMIT", peak_memory() + (50 << 20))
    found = check(bytes(100), works=(work,))
    assert isinstance(found, Fault)
    assert found.signature == "TooMuchMemory"
    assert check(bytes(10), works=(work,)) is True  # what was given back does not count


def test_an_alarm_while_objects_are_collected_is_not_lost() -> None:
    def alarm(phase: str, _: dict[str, int]) -> None:
        signal.raise_signal(signal.SIGPROF)

    before = signal.signal(signal.SIGPROF, signal.SIG_IGN)
    gc.callbacks.append(alarm)
    try:
        found = check(sample_file() * 50, time_limit=1e-3)
    finally:
        gc.callbacks.remove(alarm)
        signal.signal(signal.SIGPROF, before)
    assert isinstance(found, Fault)


def test_not_afp_is_refused() -> None:
    assert check(b"no AFP") is False
    with pytest.raises(ConversionError):
        convert(io.BytesIO(b"no AFP"), io.BytesIO())
