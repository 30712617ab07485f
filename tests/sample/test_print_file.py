"""The sample is a valid MO:DCA print file: nesting, order of fields, names, references, arithmetic."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

import pytest

from afpcluster.afp import modca, ptoca, triplets
from afpcluster.afp.fields import is_begin, is_end, mnemonic
from afpcluster.afp.framing import Record, RecordFile
from afpcluster.afp.names import decode_name, decode_text
from afpcluster.findings import Findings
from afpcluster.sample import write_sample
from afpcluster.sample.accounts import statement
from afpcluster.sample.pages import plan

STATEMENTS = 12


@dataclass
class Node:
    """A Begin field, what it encloses, and its place in the order of its parent's fields."""

    kind: str
    begin: Record | None
    children: list[Node | Record] = field(default_factory=list)

    def order(self) -> str:
        return "".join(f"{c.kind if isinstance(c, Node) else mnemonic(c.type)} " for c in self.children)

    def all(self, kind: str) -> list[Node]:
        below = [n for c in self.children if isinstance(c, Node) for n in c.all(kind)]
        return ([self] if self.kind == kind else []) + below


def tree(data: bytes) -> Node:
    """The print file as a tree; checks that every End field closes the Begin field of its kind and name."""
    findings = Findings()
    file = RecordFile(io.BytesIO(data), findings)
    root = Node("", None)
    open_nodes = [root]
    for record in file.read(0, file.size):
        if is_begin(record.type):
            node = Node(mnemonic(record.type), record)
            open_nodes[-1].children.append(node)
            open_nodes.append(node)
        elif is_end(record.type):
            closed = open_nodes.pop()
            assert closed.begin is not None
            assert mnemonic(record.type)[1:] == closed.kind[1:]
            assert record.data[:8] == closed.begin.data[:8]
        else:
            open_nodes[-1].children.append(record)
    assert open_nodes == [root]
    assert not len(findings)
    return root


@pytest.fixture(scope="module")
def sample() -> Node:
    sink = io.BytesIO()
    write_sample(sink, statements=STATEMENTS, seed=5)
    return tree(sink.getvalue())


ORDER = {  # what a Begin field of this kind may enclose, in this order (MO:DCA Chapter 4 "Objects")
    "": "(BRG )?(BDT )+",
    "BRG": "(BRS )+",
    "BRS": "(BCP|BFN|BCF|BPS|BIM|BMO) ",
    "BDT": "(BNG )+",
    "BNG": "(TLE )+(BPG )+",
    "BPG": "BAG ((IPO|IPS|IOB|BIM|BPT) )+",
    "BAG": "(MCF )*(MDR )*(MPO )*(MPS )*PGD PTD ",
    "BMO": "BAG (BPT )+",
    "BPS": "(BIM )+",
    "BPT": "(PTX )+",
    "BIM": "BOG (IPD )+",
    "BOG": "OBD OBP MIO IDD ",
    "BCP": "CPD CPC (CPI )+",
    "BFN": "FND FNC FNO FNP FNI FNN (FNG )+",
    "BCF": "CFC CFI ",
}


@pytest.mark.parametrize("kind", ORDER)
def test_fields_stand_in_the_order_of_the_reference(sample: Node, kind: str) -> None:
    nodes = [sample] if kind == "" else sample.all(kind)
    assert nodes
    for node in nodes:
        assert re.fullmatch(ORDER[kind], node.order()), node.order()


def test_resources_that_pages_name_are_in_the_file(sample: Node) -> None:
    present = {decode_name(n.begin.data[:8]) for n in sample.all("BRS") if n.begin}
    named: set[str] = set()
    for page in sample.all("BPG") + sample.all("BMO"):
        for child in page.children:
            if isinstance(child, Record):
                named.add(decode_name(child.data[:8]))
        for record in page.all("BAG")[0].children:
            if isinstance(record, Record) and mnemonic(record.type) in ("MCF", "MDR", "MPO"):
                for group in modca.MapResources.decode(record.data).groups:
                    for triplet in triplets.split_triplets(group.triplets):
                        if triplet.id == 0x02:
                            named.add(triplets.name_of(triplet.data))
    assert named == present


def test_page_text_is_one_unbroken_chain(sample: Node) -> None:
    for text in sample.all("BPT"):
        for record in text.children:
            assert isinstance(record, Record)
            found = list(ptoca.split_controls(record.data))
            assert all(isinstance(item, ptoca.Sequence) for item in found)
            types = [item.type for item in found if isinstance(item, ptoca.Sequence)]
            assert all(t & 1 for t in types[:-1])
            assert not types[-1] & 1
            assert all(ptoca.TABLE[t] for t in types)


def tags(group: Node) -> dict[str, str]:
    found = {}
    for record in group.children:
        if isinstance(record, Record):
            data = modca.TagLogicalElement.decode(record.data).triplets
            value = triplets.decode_triplet(data, triplets.AttributeValue)
            assert value is not None
            name = triplets.qualified_name(data, triplets.FqnType.ATTRIBUTE_GID)
            assert name
            found[name] = decode_text(value.value)
    return found


def test_every_statement_is_tagged(sample: Node) -> None:
    groups = sample.all("BNG")
    assert len(groups) == STATEMENTS
    for number, group in enumerate(groups, 1):
        account = statement(5, number)
        assert tags(group) == {
            "Account Number": account.iban.replace(" ", ""),
            "Customer Name": account.holder,
            "Statement Date": f"2026-{account.month:02}-28",
            "Language": account.language.code,
            "Closing Balance": f"{account.closing / 100:.2f}",
        }


@pytest.mark.parametrize("number", range(1, 60))
def test_pages_carry_the_balance_forward(number: int) -> None:
    account = statement(1, number)
    pages = plan(account)
    assert 1 <= len(pages) <= 6
    assert [t for page in pages for t in page.rows] == list(account.transactions)
    balance = account.opening
    for page in pages:
        assert page.opening == balance
        balance += sum(t.amount for t in page.rows)
    assert balance == account.closing
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]


def test_account_numbers_have_right_check_digits() -> None:
    for number in range(1, 30):
        text = statement(1, number).iban.replace(" ", "")
        assert int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def test_same_seed_same_bytes() -> None:
    def made(**options: int | bool) -> bytes:
        sink = io.BytesIO()
        write_sample(sink, **options)
        return sink.getvalue()

    assert made(statements=3, seed=9) == made(statements=3, seed=9)
    assert made(statements=3, seed=9) != made(statements=3, seed=10)
    assert len(made(statements=3, seed=9)) - len(made(statements=3, seed=9, fonts=False)) > 60_000


def test_no_statement_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        write_sample(io.BytesIO(), statements=0)
