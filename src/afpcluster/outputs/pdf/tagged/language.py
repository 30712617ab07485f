"""The language of a document, as readers that speak are told it (section 14.9.2)."""

from __future__ import annotations

import re

from afpcluster.findings import ConversionError
from afpcluster.options import LANGUAGE_TAG


class LanguageError(ConversionError):
    """What was given is no language tag."""

    http_status = 400
    exit_code = 9


def language_of(tag: str | None) -> str | None:
    """The language tag, if it is one. Raises LanguageError."""
    if tag is not None and not re.fullmatch(LANGUAGE_TAG, tag):
        raise LanguageError(
            "language-unknown", f"{tag[:40]!r} is no language tag; one is, for example, en, de-CH or pt-BR."
        )
    return tag
