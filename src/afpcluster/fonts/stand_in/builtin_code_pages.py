"""Code pages that are neither in the file nor in a resource folder: IBM's, by number or usual name.

Python's codecs have most. The other EBCDIC pages are permutations or variants of code page 500 and are
written as differences from it (two hexadecimal digits, character). GCGIDs follow from the characters.
"""

from __future__ import annotations

import re
from functools import lru_cache

from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.stand_in import gcgid

_DIFFERENCES = {
    277: """
47} 4A# 5A¤ 5BÅ 67$ 6Aø 70¦ 7BÆ 7CØ 80@ 9C{ 9E[ 9F] A1ü C0æ D0å DC~
""",
    278: """
43{ 47} 4A§ 51` 5A¤ 5BÅ 63# 67$ 6Aö 71\\ 79é 7BÄ 7CÖ 9F] A1ü B5[ C0ä CC¦ D0å DC~ E0É EC@
""",
    280: """
44{ 48\\ 4A° 51] 54} 58~ 5Aé 6Aò 79ù 7B£ 7C§ 90[ A1ì B1# B5@ C0à CD¦ D0è DD` E0ç
""",
    284: """
49¦ 4F| 5F¬ 69# 6Añ 7BÑ A1¨ BA^ BB! BD~
""",
    285: """
4A$ 4F| 5A! 5B£ 5F¬ A1¯ B1[ BA^ BB] BC~
""",
    297: """
44@ 48\\ 4A° 51{ 54} 5A§ 6Aù 79µ 7B£ 7Cà 90[ A0` A1¨ B1# B5] BD~ C0é D0è DD¦ E0ç
""",
    870: """
44ţ 46ă 47č 49ć 52ę 54ů 57ľ 58ĺ 64˝ 66Ă 67Č 69Ć 6A| 70ˇ 72Ę 74Ů 77Ľ 78Ĺ 80˘ 8Aś 8Bň 8Cđ 8Eř 8Fş 9Ał
9Bń 9Cš 9E˛ A0ą AAŚ ABŇ ACĐ AEŘ AFŞ B0· B1Ą B2ż B3Ţ B4Ż B6ž B7ź B8Ž B9Ź BAŁ BBŃ BCŠ CDŕ CFő DAĚ DBű
DDť DFě EAď EDŔ EFŐ FAĎ FBŰ FDŤ
""",
    871: """
4AÞ 5AÆ 5FÖ 79ð 7CÐ 8C` 8E{ 9C} 9E] A1ö AC@ AE[ BE\\ C0þ CC~ D0æ E0´ EC^
""",
    1025: """
42ђ 43ѓ 44ё 45є 46ѕ 47і 48ї 49ј 51љ 52њ 53ћ 54ќ 55ў 56џ 57Ъ 58№ 59Ђ 62Ѓ 63Ё 64Є 65Ѕ 66І 67Ї 68Ј 69Љ
6A| 70Њ 71Ћ 72Ќ 74Ў 75Џ 76ю 77а 78б 80ц 8Aд 8Bе 8Cф 8Dг 8Eх 8Fи 90й 9Aк 9Bл 9Cм 9Dн 9Eо 9Fп A0я AAр
ABс ACт ADу AEж AFв B0ь B1ы B2з B3ш B4э B5щ B6ч B7ъ B8Ю B9А BAБ BBЦ BCД BDЕ BEФ BFГ CAХ CBИ CCЙ CDК
CEЛ CFМ DAН DBО DCП DDЯ DEР DFС E1§ EAТ EBУ ECЖ EDВ EEЬ EFЫ FAЗ FBШ FCЭ FDЩ FEЧ
""",
    1047: """
4A¢ 4F| 5A! AD[ B0¬ BAÝ BB¨ BD]
""",
    1112: """
42š 44ą 45į 46ū 48ē 49ž 4A¢ 4F| 52ę 53ė 54č 55ų 56„ 57“ 58ģ 5A! 5F¬ 62Š 64Ą 65Į 66Ū 68Ē 69Ž 72Ę 73Ė
74Č 75Ų 76Ī 77Ļ 78Ģ 8Cā 8Dż 8Eń 9AŖ 9Bŗ 9Dķ AA” ABź ACĀ ADŻ AEŃ B0^ B2ī BA[ BB] BCŹ BDĶ BEļ CBō CDņ
DBć DDł DEś DF’ EBŌ EDŅ FBĆ FDŁ FEŚ
""",
    1122: """
43{ 47} 4A§ 51` 5A¤ 5BÅ 63# 67$ 6Aö 71\\ 79é 7BÄ 7CÖ 8Cš 8Ež 9F] A1ü ACŠ AEŽ B5[ C0ä CC¦ D0å DC~ E0É
EC@
""",
}
"""CPGID -> what differs from code page 500."""

_EURO_AT = {  # CPGID -> the page it is like, and where the euro sign took a place
    924: (1047, 0x9F),
    1140: (37, 0x9F),
    1141: (273, 0x9F),
    1142: (277, 0x5A),
    1143: (278, 0x5A),
    1144: (280, 0x9F),
    1145: (284, 0x9F),
    1146: (285, 0x9F),
    1147: (297, 0x9F),
    1148: (500, 0x9F),
    1149: (871, 0x9F),
    1153: (870, 0x9F),
    1154: (1025, 0xE1),
    1155: (1026, 0x9F),
    1156: (1112, 0x9F),
    1157: (1122, 0x5A),
}
_CODECS = {819: "latin-1", 912: "iso8859-2", 913: "iso8859-3", 914: "iso8859-4", 915: "iso8859-5"} | {
    916: "iso8859-8", 920: "iso8859-9", 923: "iso8859-15", 1089: "iso8859-6", 813: "iso8859-7"
}  # fmt: skip
_FORMERLY = {29: 871, 38: 500, 260: 37, 283: 284, 286: 273, 287: 277, 288: 278, 289: 284}
"""Older CPGID -> the page that is the same."""

_DIGITS = re.compile(r"(\d{3,4})$")
_NAMED = {"T1D0BASE": 500, "T1DCDCFS": 500, "T1L0FONT": 500}
DEFAULT = 500


def number_of(name: str) -> int | None:
    """The CPGID that a code page name such as T1V10500 or T1001252 ends in; None without one."""
    if name in _NAMED:
        return _NAMED[name]
    match = _DIGITS.search(name)
    return int(match.group(1)) if match else None


@lru_cache(maxsize=64)
def built_in(number: int) -> CodePage | None:
    """The built-in code page with this CPGID; None where there is none."""
    number = _FORMERLY.get(number, number)
    characters = _characters(number)
    if characters is None:
        return None
    gcgids = {}
    for code, character in characters.items():
        identifier = gcgid.identifier(character)
        if identifier is not None:
            gcgids[code] = identifier
    ebcdic = characters.get(0x40) == " "
    return CodePage(
        key=f"built-in-{number}",
        name=f"CPGID {number}",
        code_size=1,
        gcgids=gcgids,
        unicode=characters,
        space_code=0x40 if ebcdic else 0x20,
        number=number,
    )


def _characters(number: int) -> dict[int, str] | None:
    if number in _EURO_AT:
        base, at = _EURO_AT[number]
        found = _characters(base)
        return {**found, at: "€"} if found else None
    if number in _DIFFERENCES:
        changed = {int(item[:2], 16): item[2] for item in _DIFFERENCES[number].split()}
        return {**(_characters(DEFAULT) or {}), **changed}
    codec = _CODECS.get(number, f"cp{number:03d}")
    try:
        text = {code: bytes([code]).decode(codec, "ignore") for code in range(256)}
    except LookupError:
        return None
    return {
        code: character
        for code, character in text.items()
        if character >= " " and character != "\x7f" and not "\x80" <= character < "\xa0"
    }
