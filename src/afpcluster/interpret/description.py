"""What a print file says in words of a picture: the comments on it.

MO:DCA has no field for alternate text. What its writers have is the Comment triplet X'65', "for documentation
purposes", on what includes a picture, what begins it, and its environment group; the first of these that
has comments counts.
"""

from __future__ import annotations

from collections.abc import Iterable

from afpcluster.afp import triplets as t
from afpcluster.afp.names import decode_text
from afpcluster.afp.triplets_control import Comment
from afpcluster.document.attributes import declared_code_page

_COMMENT = t.TRIPLET_IDS[Comment]
_UNREADABLE = "\ufffd"  # what a code page has no character for


def description(fields: Iterable[bytes], outer: int) -> str:
    """The comments among the triplets of the first field that has some, one behind the other; '' where none
    has. `outer` is the code page of what encloses the fields. Comments that are no readable text are left
    out."""
    for triplets in fields:
        comments = [triplet.data for triplet in t.split_triplets(triplets) if triplet.id == _COMMENT]
        if comments:
            code_page = declared_code_page(triplets, outer)
            texts = [decode_text(comment, code_page).strip() for comment in comments]
            said = " ".join(
                [text for text in texts if text and text.isprintable() and _UNREADABLE not in text]
            )
            if said:
                return said
    return ""
