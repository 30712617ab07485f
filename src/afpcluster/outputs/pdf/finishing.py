"""What can be done to a PDF only when it is whole: encryption and linearisation, by qpdf through pikepdf.

Rules: encryption is AES-256 (revision 6), which takes random numbers, so its bytes differ each time; all
else gives the same bytes again. qpdf holds the file's objects in memory: some kilobytes a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from afpcluster.findings import ConversionError
from afpcluster.light import dataclass
from afpcluster.outputs.output import Merging, Packet, Sink, Writer
from afpcluster.outputs.scratch import copy_all, scratch_file

if TYPE_CHECKING:
    import pikepdf


class Permission(StrEnum):
    """What a reader without the owner's password may do (PDF section 7.6.4.2): words of `--permissions`."""

    PRINT = "print"
    COPY = "copy"
    MODIFY = "modify"
    ANNOTATE = "annotate"
    FORMS = "forms"
    ASSEMBLE = "assemble"


class PermissionsError(ConversionError):
    """A permission that there is not."""

    http_status = 400
    exit_code = 9


@dataclass(slots=True, frozen=True)
class Finishing:
    """`password` is asked for when the PDF is opened (None: not, so that everyone can). `permissions`
    None allows everything."""

    password: str | None = None
    permissions: frozenset[Permission] | None = None
    linearize: bool = False

    @property
    def encrypts(self) -> bool:
        return self.password is not None or self.permissions is not None

    @property
    def needed(self) -> bool:
        return self.encrypts or self.linearize

    def encryption(self) -> pikepdf.Encryption:
        """Where something is forbidden, nobody knows the owner's password, so that nobody lifts it."""
        import secrets

        import pikepdf

        user = self.password or ""
        if self.permissions is None:
            return pikepdf.Encryption(owner=user, user=user, R=6)
        may = self.permissions
        allow = pikepdf.Permissions(
            accessibility=True,  # readers for the blind ask for nothing
            extract=Permission.COPY in may,
            modify_annotation=Permission.ANNOTATE in may,
            modify_assembly=Permission.ASSEMBLE in may,
            modify_form=Permission.FORMS in may,
            modify_other=Permission.MODIFY in may,
            print_highres=Permission.PRINT in may,
            print_lowres=Permission.PRINT in may,
        )
        return pikepdf.Encryption(owner=secrets.token_urlsafe(32), user=user, R=6, allow=allow)


PLAIN = Finishing()


def permissions_of(words: Iterable[str] | None) -> frozenset[Permission] | None:
    """The permissions of these words; "none" and "all" are words, too. Raises PermissionsError."""
    if words is None:
        return None
    found: set[Permission] = set()
    for word in words:
        if word == "all":
            found.update(Permission)
        elif word in list(Permission):
            found.add(Permission(word))
        elif word not in ("", "none"):
            known = ", ".join([*Permission, "all", "none"])
            raise PermissionsError(
                "permission-unknown", f"Permission {word[:40]!r} is not known; known are: {known}."
            )
    return frozenset(found)


class FinishingWriter:
    """Has a writer write to a scratch file, and finishes that into `sink`."""

    def __init__(self, writer: Callable[[Sink], Writer], sink: Sink, finishing: Finishing) -> None:
        self._scratch = scratch_file()
        self._writer = writer(self._scratch)
        self._sink = sink
        self._finishing = finishing

    def add(self, packet: Packet) -> None:
        self._writer.add(packet)

    def begin_file(self, name: str) -> None:
        if isinstance(self._writer, Merging):
            self._writer.begin_file(name)

    def abandon(self) -> None:
        self._scratch.close()

    def finish(self) -> int:
        """The size of the finished file."""
        import pikepdf

        with self._scratch, scratch_file() as finished:
            self._writer.finish()
            finishing = self._finishing
            with pikepdf.open(self._scratch) as pdf:
                pdf.save(
                    finished,
                    linearize=finishing.linearize,
                    encryption=finishing.encryption() if finishing.encrypts else False,
                    object_stream_mode=pikepdf.ObjectStreamMode.preserve,
                    deterministic_id=not finishing.encrypts,
                )
            return copy_all(finished, self._sink)
