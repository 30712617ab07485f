"""Small HTML pages without scripts, and the choice between HTML and JSON.

Rules: everything that comes from outside is escaped here and only here; the one style sheet is inline
and allowed by its hash, so the Content-Security-Policy stays `default-src 'none'`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape

from starlette.requests import Request

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;"
    "border-bottom:1px solid #d0d7de}"
)
STYLE_SOURCE = "'sha256-" + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode() + "'"


def page(title: str, *parts: str) -> str:
    """A whole page; `parts` are HTML already, made by the functions below."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
    )


def heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of escaped texts, with a header row unless `header` is empty."""
    head = (
        f"<thead><tr>{''.join(f'<th>{escape(name)}</th>' for name in header)}</tr></thead>" if header else ""
    )
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{head}<tbody>{body}</tbody></table>"


def accepts_json(request: Request) -> bool:
    """True when the Accept header names JSON before HTML (quality values are not weighed)."""
    for item in request.headers.get("accept", "").lower().split(","):
        media_type = item.split(";")[0].strip()
        if media_type in ("application/json", "application/problem+json"):
            return True
        if media_type in ("text/html", "application/xhtml+xml"):
            return False
    return False
