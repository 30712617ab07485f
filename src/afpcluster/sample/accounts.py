"""Invented accounts and their month: pure data, the same for the same seed and number.

Amounts are euro cents. Every statement is made from its own random sequence, so that any of them can be
made alone and a file of any length needs no memory.
"""

from __future__ import annotations

from random import Random

from afpcluster.light import dataclass
from afpcluster.sample.words import CATEGORIES, LANGUAGES, Language

COUNTRY = "QX"  # a code that ISO 3166 leaves to users, so that no account of this number exists
_AMOUNTS = {
    "card": (350, 18_900),
    "debit": (1_290, 21_000),
    "transfer": (2_000, 95_000),
    "cash": (2_000, 40_000),
    "salary": (90_000, 410_000),
}
_LENGTHS = (6, 9, 12, 18, 24, 31, 40, 52, 66, 90, 112)
"""Numbers of transactions on a statement: one to five pages."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """`amount` is positive for money in. `day` and `value_day` are days of the month."""

    day: int
    value_day: int
    category: str
    party: str
    reference: str
    amount: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One month of one account."""

    number: int  # in the print file, from 1
    language: Language
    holder: str
    street: str
    town: str
    iban: str
    year: int
    month: int
    opening: int
    transactions: tuple[Transaction, ...]

    @property
    def closing(self) -> int:
        return self.opening + sum(t.amount for t in self.transactions)


def statement(seed: int, number: int) -> Statement:
    """Statement `number` (from 1) of the print file with this seed."""
    random = Random(f"{seed}:{number}")
    language = random.choice(LANGUAGES)
    transactions = sorted(
        (_transaction(random, language) for _ in range(random.choice(_LENGTHS))), key=lambda t: t.day
    )
    return Statement(
        number,
        language,
        f"{random.choice(language.given_names)} {random.choice(language.surnames)}",
        random.choice(language.streets).format(random.randrange(1, 140)),
        random.choice(language.towns),
        _iban(random.randrange(10**16)),
        2026,
        random.randrange(1, 13),
        random.randrange(-60_000, 900_000),
        tuple(transactions),
    )


def _transaction(random: Random, language: Language) -> Transaction:
    category = CATEGORIES[min(int(random.random() * 5.2), 4)] if random.random() < 0.5 else "card"
    low, high = _AMOUNTS[category]
    amount = low + int((high - low) * random.random() ** 2.5)
    if category == "cash":
        amount -= amount % 1000
    day = 1 + int(random.random() * 27)
    return Transaction(
        day,
        min(day + int(random.random() * 2.5), 28),
        category,
        random.choice(language.shops[category]),
        f"{int(random.random() * 1e9):09}",
        amount if category == CATEGORIES[-1] else -amount,
    )


def _iban(account: int) -> str:
    """An account number of the form of an IBAN, with right check digits (ISO 13616, modulo 97)."""
    digits = "".join(str(int(c, 36)) for c in COUNTRY)
    plain = f"{account:016}"
    check = 98 - int(plain + digits + "00") % 97
    text = f"{COUNTRY}{check:02}{plain}"
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))
