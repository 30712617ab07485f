"""One statement as AFP pages: where everything stands. All measurements are twips.

The transactions are cut into pages first, so that every page knows how many there are; what stands at
the same place on every page is written by `_head`, the rest flows down from `y`.
"""

from __future__ import annotations

from collections.abc import Sequence

from afpcluster.light import dataclass
from afpcluster.sample.accounts import Statement, Transaction
from afpcluster.sample.letterhead import LEFT, RIGHT
from afpcluster.sample.sheet import AMBER, BLACK, FAINT, GREY, PALE, RED, TEAL, WHITE, Sheet
from afpcluster.sample.typefaces import Style, encode_text, typeface
from afpcluster.sample.words import BANK, CONTACT, Language

ROW = 445
FIRST_TABLE, LATER_TABLE, TABLE_END = 7_050, 2_450, 15_250
SUMMARY_HEIGHT = 4_300
DATE, VALUE, TEXT = LEFT + 80, LEFT + 760, LEFT + 1_480
OUT, IN, BALANCE = RIGHT - 2_980, RIGHT - 1_540, RIGHT - 80


@dataclass(frozen=True, slots=True)
class PagePlan:
    """The transactions of one page, and whether the summary follows them. `y` is where the table begins."""

    number: int
    rows: Sequence[Transaction]
    y: int
    opening: int
    last: bool


def plan(statement: Statement) -> list[PagePlan]:
    """Cut the transactions into pages; the last page has room for the summary."""
    pages: list[PagePlan] = []
    rest: Sequence[Transaction] = statement.transactions
    balance = statement.opening
    while True:
        y = LATER_TABLE if pages else FIRST_TABLE
        room = TABLE_END - y - 3 * ROW  # head, opening and closing rows
        last = len(rest) * ROW <= room - SUMMARY_HEIGHT
        count = len(rest) if last else min(room // ROW, len(rest))
        pages.append(PagePlan(len(pages) + 1, rest[:count], y, balance, last))
        balance += sum(t.amount for t in rest[:count])
        rest = rest[count:]
        if last:
            return pages


def draw(statement: Statement, page: PagePlan, pages: int) -> tuple[Sheet, int]:
    """The text of one page, and on the last page where its picture goes."""
    sheet = Sheet()
    _head(sheet, statement, page, pages)
    if page.number == 1:
        _letter(sheet, statement)
    y = _table(sheet, statement, page)
    if page.last:
        y = _summary(sheet, statement, y + 520)
    return sheet, y


def _date(statement: Statement, day: int) -> str:
    return f"{day:02}.{statement.month:02}."


def _head(sheet: Sheet, statement: Statement, page: PagePlan, pages: int) -> None:
    labels = statement.language.labels
    sheet.write_right(RIGHT, 1_190, labels["page"].format(page.number, pages), Style.SMALL_BOLD, TEAL)
    if page.number > 1:
        month = f"{statement.language.months[statement.month - 1]} {statement.year}"
        sheet.write(LEFT, 2_080, f"{labels['title']} {month}", Style.HEADING, TEAL)
        sheet.write_right(RIGHT, 2_080, statement.iban, Style.SMALL, GREY)


def _letter(sheet: Sheet, statement: Statement) -> None:
    """Address window, facts beside it, title and greeting of the first page."""
    language, labels = statement.language, statement.language.labels
    sheet.write(LEFT, 2_640, f"{BANK} · {CONTACT[0]} · {CONTACT[1]}", Style.TINY, GREY)
    sheet.rule(LEFT, 2_700, 4_300, 6, GREY)
    sheet.write_column(LEFT, 3_080, (statement.holder, statement.street, statement.town), 300, Style.ADDRESS)
    x = RIGHT - 3_900
    sheet.rule(x - 200, 2_420, 4_100, 2_020, PALE)
    sheet.upright(x - 200, 2_420, 2_020, 40, AMBER)
    facts = (
        (labels["holder"], statement.holder),
        ("IBAN", statement.iban),
        (labels["number"], f"{statement.month} / {statement.year}"),
        (labels["date"], f"{_date(statement, 28)}{statement.year}"),
        (labels["customer"], CONTACT[2]),
    )
    for number, (label, value) in enumerate(facts):
        y = 2_740 + number * 380
        sheet.write(x, y, label, Style.SMALL, GREY)
        sheet.write_right(RIGHT - 140, y, value, Style.SMALL_BOLD)
    month = language.months[statement.month - 1]
    sheet.write(LEFT, 5_350, f"{labels['title']} {month} {statement.year}", Style.TITLE, TEAL)
    lines = wrap(language.greeting, Style.BODY, RIGHT - LEFT)
    sheet.write_column(LEFT, 5_850, lines, 270, Style.BODY)


def _table(sheet: Sheet, statement: Statement, page: PagePlan) -> int:
    """The table of transactions with its opening and closing rows; answers its lower edge."""
    language, labels = statement.language, statement.language.labels
    y, balance = page.y, page.opening
    sheet.rule(LEFT, y, RIGHT - LEFT, ROW - 60, TEAL)
    base = y + 245
    for x, key in ((DATE, "date"), (VALUE, "value"), (TEXT, "text")):
        sheet.write(x, base, labels[key], Style.SMALL_BOLD, WHITE)
    for x, key in ((OUT, "out"), (IN, "in"), (BALANCE, "balance")):
        sheet.write_right(x, base, labels[key], Style.SMALL_BOLD, WHITE)
    y += ROW - 60
    key = "opening" if page.number == 1 else "brought"
    _balance_row(sheet, y, labels[key], language.amount(balance))
    y += ROW
    for number, transaction in enumerate(page.rows):
        balance += transaction.amount
        if number % 2:
            sheet.rule(LEFT, y, RIGHT - LEFT, ROW, FAINT)
        _row(sheet, statement, transaction, y, balance)
        y += ROW
    key = "closing" if page.last else "carried"
    sheet.rule(LEFT, y, RIGHT - LEFT, 14, TEAL)
    _balance_row(sheet, y, labels[key], language.amount(balance))
    return y + ROW


def _balance_row(sheet: Sheet, y: int, label: str, amount: str) -> None:
    sheet.write(TEXT, y + 275, label, Style.BODY_BOLD)
    sheet.write_right(BALANCE, y + 275, amount, Style.BODY_BOLD)


def _row(sheet: Sheet, statement: Statement, transaction: Transaction, y: int, balance: int) -> None:
    language, base = statement.language, y + 190
    sheet.write(DATE, base, _date(statement, transaction.day), Style.BODY)
    sheet.write(VALUE, base, _date(statement, transaction.value_day), Style.BODY)
    sheet.write(TEXT, base, transaction.party, Style.BODY)
    amount = language.amount(transaction.amount)
    if transaction.amount < 0:
        sheet.write_right(OUT, base, amount, Style.BODY)
    else:
        sheet.write_right(IN, base, amount, Style.BODY_BOLD, TEAL)
    sheet.write_right(BALANCE, base, language.amount(balance), Style.BODY, RED if balance < 0 else BLACK)
    detail = f"{language.kinds[transaction.category]} · Ref. {transaction.reference}"
    sheet.write(TEXT, y + 352, detail, Style.SMALL, GREY)
    sheet.rule(LEFT, y + ROW - 5, RIGHT - LEFT, 5, PALE)


def _summary(sheet: Sheet, statement: Statement, y: int) -> int:
    """The figures of the month and, as bars, what the money went for; answers where the picture goes."""
    language, labels = statement.language, statement.language.labels
    received = sum(t.amount for t in statement.transactions if t.amount > 0)
    spent = sum(t.amount for t in statement.transactions if t.amount < 0)
    sheet.write(LEFT, y, labels["summary"], Style.HEADING, TEAL)
    sheet.write(LEFT + 5_000, y, labels["spending"], Style.HEADING, TEAL)
    figures = (
        (labels["opening"], statement.opening),
        (labels["received"], received),
        (labels["spent"], spent),
        (labels["closing"], statement.closing),
    )
    for number, (label, amount) in enumerate(figures):
        at = y + 400 + number * 310
        style = Style.BODY_BOLD if number == len(figures) - 1 else Style.BODY
        sheet.write(LEFT, at, label, style)
        sheet.write_right(LEFT + 4_200, at, language.amount(amount), style)
        sheet.rule(LEFT, at + 90, 4_200, 6, PALE)
    _bars(sheet, statement, LEFT + 5_000, y + 400)
    lines = wrap(language.notice, Style.SMALL, 5_600)
    sheet.write_column(LEFT, y + 1_850, lines, 200, Style.SMALL, GREY)
    sheet.write(LEFT + 6_700, y + 2_250, language.labels["manager"], Style.SMALL, GREY)
    picture = y + 2_400
    sheet.write(LEFT + 300, picture + 560, language.slogan, Style.TITLE, WHITE)
    return picture


def _bars(sheet: Sheet, statement: Statement, x: int, y: int) -> None:
    sums: dict[str, int] = {}
    for transaction in statement.transactions:
        if transaction.amount < 0:
            sums[transaction.category] = sums.get(transaction.category, 0) - transaction.amount
    largest = max(sums.values(), default=1)
    for number, (category, amount) in enumerate(sorted(sums.items(), key=lambda item: -item[1])):
        at = y + number * 310
        sheet.write(x, at, statement.language.kinds[category], Style.SMALL)
        sheet.rule(x + 1_500, at - 130, 1_900, 170, FAINT)
        sheet.rule(x + 1_500, at - 130, max(1_900 * amount // largest, 20), 170, (AMBER, TEAL)[number % 2])
        sheet.write_right(RIGHT, at, _plain(statement.language, amount), Style.SMALL)


def _plain(language: Language, amount: int) -> str:
    return language.amount(amount)[:-1] + " €"


def wrap(text: str, style: Style, width: float) -> list[str]:
    """Break text into lines that fit into `width`."""
    face = typeface(style)
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.width(encode_text(longer)) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
