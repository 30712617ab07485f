"""The language of a document, as readers that speak are told it (section 14.9.2)."""

from __future__ import annotations

import re

from afpcluster.findings import ConversionError

# RFC 5646: a language, then script, region and variants.
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


class LanguageError(ConversionError):
    """What was given is no language tag."""

    http_status = 400
    exit_code = 9


def language_of(tag: str | None) -> str | None:
    """The language tag, if it is one. Raises LanguageError."""
    if tag is not None and not _LANGUAGE.fullmatch(tag):
        raise LanguageError(
            "language-unknown", f"{tag[:40]!r} is no language tag; one is, for example, en, de-CH or pt-BR."
        )
    return tag
