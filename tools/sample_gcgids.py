"""IBM graphic character identifier and PostScript glyph name of each character of CCSID 1148."""

from __future__ import annotations

_LETTER_MARKS = {
    "acute": 10,
    "grave": 12,
    "circumflex": 14,
    "dieresis": 16,
    "tilde": 18,
    "ring": 26,
    "cedilla": 40,
}
_ACCENTED = {
    "acute": ("aeiouy", "áéíóúý"),
    "grave": ("aeiou", "àèìòù"),
    "circumflex": ("aeiou", "âêîôû"),
    "dieresis": ("aeiouy", "äëïöüÿ"),
    "tilde": ("ano", "ãñõ"),
    "ring": ("a", "å"),
    "cedilla": ("c", "ç"),
}
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_OTHERS = """
  SP010000 space|! SP020000 exclam|" SP040000 quotedbl|' SP050000 quotesingle|( SP060000 parenleft
) SP070000 parenright|, SP080000 comma|_ SP090000 underscore|- SP100000 hyphen|. SP110000 period
/ SP120000 slash|: SP130000 colon|; SP140000 semicolon|? SP150000 question|¿ SP160000 questiondown
« SP170000 guillemotleft|» SP180000 guillemotright|\xa0 SP300000 nbspace|\xad SP320000 softhyphen
¡ SP030000 exclamdown|+ SA010000 plus|± SA020000 plusminus|< SA030000 less|= SA040000 equal
> SA050000 greater|÷ SA060000 divide|× SA070000 multiply|£ SC020000 sterling
$ SC030000 dollar|¢ SC040000 cent|¥ SC050000 yen|€ SC200000 Euro|# SM010000 numbersign
% SM020000 percent|& SM030000 ampersand|* SM040000 asterisk|@ SM050000 at|[ SM060000 bracketleft
\\ SM070000 backslash|] SM080000 bracketright|{ SM110000 braceleft|} SM140000 braceright
¯ SM150000 macron|µ SM170000 mu|° SM190000 degree|º SM200000 ordmasculine|ª SM210000 ordfeminine
§ SM240000 section|¶ SM250000 paragraph|© SM520000 copyright|® SM530000 registered
¦ SM650000 brokenbar|¬ SM660000 logicalnot|· SD630000 periodcentered|´ SD110000 acute
` SD130000 grave|^ SD150000 asciicircum|¨ SD170000 dieresis|~ SD190000 asciitilde|¸ SD410000 cedilla
½ NF010000 onehalf|¼ NF040000 onequarter|¾ NF050000 threequarters|¹ ND011000 onesuperior
² ND021000 twosuperior|³ ND031000 threesuperior|æ LA510000 ae|Æ LA520000 AE|ø LO610000 oslash
Ø LO620000 Oslash|ß LS610000 germandbls|ð LD630000 eth|Ð LD620000 Eth|þ LT630000 thorn
Þ LT640000 Thorn
"""


def _table() -> dict[str, tuple[str, str]]:
    table: dict[str, tuple[str, str]] = {"|": ("SM130000", "bar")}
    for small in "abcdefghijklmnopqrstuvwxyz":
        table[small] = (f"L{small.upper()}010000", small)
        table[small.upper()] = (f"L{small.upper()}020000", small.upper())
    for mark, (bases, letters) in _ACCENTED.items():
        for base, letter in zip(bases, letters, strict=True):
            number = _LETTER_MARKS[mark]
            table[letter] = (f"L{base.upper()}{number + 1}0000", base + mark)
            if letter != "ÿ":
                table[letter.upper()] = (f"L{base.upper()}{number + 2}0000", base.upper() + mark)
    for value, name in enumerate(_DIGITS):
        table[str(value)] = (f"ND{value or 10:02}0000", name)
    for entry in _OTHERS.strip("\n").replace("\n", "|").split("|"):
        character, gcgid, name = entry[0], *entry[2:].split()
        table[character] = (gcgid, name)
    return table


GCGIDS = _table()
