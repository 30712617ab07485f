"""Graphic character identifiers (GCGIDs) and the Unicode text they stand for.

IBM's identifiers are eight characters: two letters for the script and the letter, two digits for the
form, then "0000" or a variant. Accented Latin letters follow rules; the rest is a table of facts.
Identifiers of other makers that carry a Unicode value in them are read too; anything else is unknown.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SPACE = "SP010000"

# Two digits of the form of a small letter; the capital's is one higher.
_ACCENTS = {
    1: "",
    11: "\u0301",
    13: "\u0300",
    15: "\u0302",
    17: "\u0308",
    19: "\u0303",
    21: "\u030c",
    23: "\u0306",
    25: "\u030b",
    27: "\u030a",
    29: "\u0307",
    31: "\u0304",
    41: "\u0327",
    43: "\u0328",
}

# Small letters; the capital's digits are one higher.
_LETTERS = """
LA51 æ LI51 ĳ LO51 œ LD61 đ LD63 ð LH61 ħ LL61 ł LN61 ŋ LO61 ø LT61 ŧ LT63 þ LL63 ŀ
GA01 α GB01 β GG01 γ GD01 δ GE01 ε GZ01 ζ GE31 η GT61 θ GI01 ι GK01 κ GL01 λ GM01 μ GN01 ν GX01 ξ
GO01 ο GP01 π GR01 ρ GS01 σ GT01 τ GU01 υ GF01 φ GH01 χ GP61 ψ GO31 ω
GA11 ά GE11 έ GE71 ή GI11 ί GO11 ό GU11 ύ GO71 ώ GI17 ϊ GU17 ϋ
KA01 а KB01 б KV01 в KG01 г KD01 д KE01 е KE17 ё KZ21 ж KZ01 з KI01 и KJ11 й KK01 к KL01 л KM01 м
KN01 н KO01 о KP01 п KR01 р KS01 с KT01 т KU01 у KF01 ф KH01 х KC01 ц KC21 ч KS21 ш KS15 щ KU21 ъ
KY01 ы KX11 ь KE13 э KU15 ю KA15 я KD61 ђ KG11 ѓ KE15 є KZ15 ѕ KI11 і KI17 ї KJ01 ј KL41 љ KN11 њ
KC11 ћ KK11 ќ KU23 ў KG21 џ KG29 ґ
"""

# Four characters of the identifier; whatever variant follows them.
_CHARACTERS = """
SP02 ! SP03 ¡ SP04 " SP05 ' SP06 ( SP07 ) SP08 , SP09 _ SP10 - SP11 . SP12 / SP13 : SP14 ; SP15 ?
SP16 ¿ SP17 « SP18 » SP19 ‘ SP20 ’ SP21 “ SP22 ” SP23 „ SP26 ‚ SP27 ‹ SP28 › SP33 ‼
SA00 − SA01 + SA02 ± SA03 < SA04 = SA05 > SA06 ÷ SA07 × SA16 ∼ SA38 ∩ SA42 ∟ SA45 ∞ SA48 ≡ SA49 ∂ SA51 ∫
SA52 ≤ SA53 ≥ SA54 ≠ SA66 ◊ SA70 ≈ SA79 ∙ SA80 √
SC01 ¤ SC02 £ SC03 $ SC04 ¢ SC05 ¥ SC06 ₧ SC07 ƒ SC12 ￥ SC17 ₪ SC20 €
SD11 ´ SD13 ` SD15 ^ SD17 ¨ SD19 ~ SD21 ˇ SD23 ˘ SD25 ˝ SD27 ˚ SD29 ˙ SD31 ¯ SD41 ¸ SD43 ˛ SD63 ·
SD73 ΅ SD64 ־ SD65 ׀ SD66 ׃
SM00 № SM01 # SM02 % SM03 & SM04 * SM05 @ SM06 [ SM07 \\ SM08 ] SM10 ‗ SM11 { SM12 ― SM13 | SM14 }
SM15 ¯ SM16 ℓ SM17 µ SM19 ° SM20 º SM21 ª SM24 § SM25 ¶ SM28 ♂ SM29 ♀ SM30 ← SM31 → SM32 ↑ SM33 ↓
SM34 † SM35 ‡ SM45 □ SM47 ■ SM52 © SM53 ® SM54 ™ SM56 ‰ SM57 • SM58 ◅ SM59 ► SM60 ▲ SM63 ◄ SM65 ¦
SM66 ¬ SM68 ⌐ SM69 ☼ SM70 ▬ SM72 ↵ SM75 ○ SM76 ↕ SM77 ↨ SM78 ↔ SM79 ⌂ SM86 ـ SM90 — SM91 ♫ SM93 ♪
SS00 ☺ SS01 ☻ SS02 ♥ SS03 ♦ SS04 ♣ SS05 ♠ SS26 ⌠ SS27 ⌡ SS30 ⌘ SS68 – SV04 ▼ SV32 \ufffd SV52 …
SF01 ┌ SF02 └ SF03 ┐ SF04 ┘ SF05 ┼ SF06 ┬ SF07 ┴ SF08 ├ SF09 ┤ SF10 ─ SF11 │ SF14 ░ SF15 ▒ SF16 ▓
SF19 ╡ SF20 ╢ SF21 ╖ SF22 ╕ SF23 ╣ SF24 ║ SF25 ╗ SF26 ╝ SF27 ╜ SF28 ╛ SF36 ╞ SF37 ╟ SF38 ╚ SF39 ╔
SF40 ╩ SF41 ╦ SF42 ╠ SF43 ═ SF44 ╬ SF45 ╧ SF46 ╨ SF47 ╤ SF48 ╥ SF49 ╙ SF50 ╘ SF51 ╒ SF52 ╓ SF53 ╫
SF54 ╪ SF57 ▄ SF58 ▌ SF59 ▐ SF60 ▀ SF61 █
NF01 ½ NF02 ⅓ NF03 ⅔ NF04 ¼ NF05 ¾ NF18 ⅛ NF19 ⅜ NF20 ⅝ NF21 ⅞
ND01 1 ND02 2 ND03 3 ND04 4 ND05 5 ND06 6 ND07 7 ND08 8 ND09 9 ND10 0
LD62 Ð LI61 ı LK61 ĸ LN63 ŉ LS61 ß LF51 ﬀ LF53 ﬁ LF55 ﬂ LF57 ﬃ LF59 ﬄ GS61 ς GI73 ΐ GU73 ΰ
HX33 א HB01 ב HG01 ג HD01 ד HH01 ה HW01 ו HZ01 ז HH45 ח HT45 ט HY01 י HK61 ך HK01 כ HL01 ל HM61 ם
HM01 מ HN61 ן HN01 נ HS01 ס HX35 ע HP61 ף HP01 פ HS61 ץ HS45 צ HQ01 ק HR01 ר HS21 ש HT01 ת
HW61 װ HW63 ױ HY61 ײ
AX30 ء AA21 آ AA31 أ AW31 ؤ AY31 ئ AA01 ا AB01 ب AT02 ة AT01 ت AT47 ث AG23 ج AH45 ح AH47 خ AD01 د
AD47 ذ AR01 ر AZ01 ز AS01 س AS23 ش AS45 ص AD45 ض AT45 ط AZ45 ظ AC47 ع AG31 غ AF01 ف AQ01 ق AK01 ك
AL01 ل AM01 م AN01 ن AH01 ه AW01 و AA02 ى AY01 ي AL02 لا AL22 لآ AL32 لأ AC21 چ AG01 گ AP01 پ AX21 ژ
AZ21 ژ AX10 ّ AA05 َ AU05 ُ AI05 ِ AA07 ً AU07 ٌ AI07 ٍ AE05 ْ
JQ70 。 JQ71 「 JQ72 」 JQ73 、 JQ74 ・ JX70 ー JX71 ゛ JX72 ゜ JA00 ア JI00 イ JU00 ウ JE00 エ JO00 オ
JA01 ァ JI01 ィ JU01 ゥ JE01 ェ JO01 ォ JY11 ャ JY31 ュ JY51 ョ JT31 ッ JN00 ン JW10 ワ JW50 ヲ
"""

# Whole identifiers whose variant means another character.
_EXACT = """
SP080007 ، SP140007 ؛ SP150007 ؟ SP120001 ⁄ SM570001 ◘ SM750002 ◙ SD110001 ΄ SD150100 ˆ SD190100 ˜
GT610001 ϑ AA310400 إ
"""

_KATAKANA_ROWS = {
    "K": "カキクケコ",
    "S": "サシスセソ",
    "T": "タチツテト",
    "N": "ナニヌネノ",
    "H": "ハヒフヘホ",
    "M": "マミムメモ",
    "Y": "ヤ?ユ?ヨ",
    "R": "ラリルレロ",
}
_RAISED = {  # variant -> superior and inferior forms
    "1000": dict(zip("0123456789+()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁽⁾ⁿ", strict=True)),
    "2000": dict(zip("0123456789+()", "₀₁₂₃₄₅₆₇₈₉₊₍₎", strict=True)),
}
_SPACES = {"SP01": " ", "SP30": "\u00a0", "SP31": "\u2007", "SP32": "\u00ad", "SP50": "\u303f"}
_UNICODE_IDENTIFIER = re.compile(r"U(?:NIC|NI|N|\+)?0*([0-9A-F]{4,6})")


def _table() -> dict[str, str]:
    found: dict[str, str] = dict(_SPACES)
    letters = _LETTERS.split()
    for stem, small in zip(letters[::2], letters[1::2], strict=True):
        found[stem] = small
        found[f"{stem[:2]}{int(stem[2:]) + 1:02}"] = small.upper()
    characters = (_CHARACTERS + _EXACT).split()
    found.update(zip(characters[::2], characters[1::2], strict=True))
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        for form, accent in _ACCENTS.items():
            for number, base in ((form, letter.lower()), (form + 1, letter)):
                text = unicodedata.normalize("NFC", base + accent)
                if len(text) == 1:
                    found.setdefault(f"L{letter}{number:02}", text)
    for row, characters_of_row in _KATAKANA_ROWS.items():
        for vowel, character in enumerate(characters_of_row, 1):
            if character != "?":
                found[f"J{row}{vowel}0"] = character
    for stem in [stem for stem in found if stem[0] == "J" and stem[1] not in "QX"]:
        found["R" + stem[1:]] = chr(ord(found[stem]) - 0x60)  # hiragana mirror katakana
    return found


_TABLE = _table()


@lru_cache(maxsize=16384)
def unicode_text(identifier: str) -> str | None:
    """The Unicode text of a GCGID; None where it is not known."""
    exact = _TABLE.get(identifier)
    if exact is not None:
        return exact
    stem, variant = identifier[:4], identifier[4:]
    text = _TABLE.get(stem)
    if text is not None and len(identifier) in (4, 8):
        if stem[:2] == "ND" and variant == "0001":
            return chr(0x0660 + int(text))  # Arabic-Indic digits
        return _RAISED.get(variant, {}).get(text, text)
    match = _UNICODE_IDENTIFIER.fullmatch(identifier)
    if match:
        value = int(match.group(1), 16)
        if value < 0x110000 and not 0xD800 <= value < 0xE000 and value >= 0x20:
            return chr(value)
    return None


@lru_cache(maxsize=1)
def _reverse() -> dict[str, str]:
    found: dict[str, str] = {}
    for identifier, text in _TABLE.items():
        if len(text) == 1:
            found.setdefault(text, identifier.ljust(8, "0"))
    for variant, forms in _RAISED.items():
        for text, raised in forms.items():
            if text in found:
                found.setdefault(raised, found[text][:4] + variant)
    return found | {"Đ": "LD620000", "‾": "SM150000"}  # characters that share an identifier


def identifier(character: str) -> str | None:
    """The GCGID of a character; None where the table has none. Narrow kana have those of wide ones."""
    found = _reverse()
    return found.get(character) or found.get(unicodedata.normalize("NFKC", character))
