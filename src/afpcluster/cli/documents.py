"""Commands for print files: no server is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from afpcluster.cli.parameters import PATH, OneOf, refused
from afpcluster.options import LEAST_DPI, MOST_DPI, Colour, FailOn, Format, Layout, PdfA, TextOrder


@click.command("sample")
@click.argument("out", type=PATH, help="file to write, for example statements.afp")
@click.option("--statements", type=click.IntRange(min=1), default=10, help="how many bank statements")
@click.option(
    "--seed", type=int, default=1, help="another seed makes other statements; the same, the same file"
)
@click.option(
    "--fonts/--no-fonts", default=True, help="fonts inside the file; without them they are only named"
)
def sample(out: Path, statements: int, seed: int, fonts: bool) -> None:
    """Write an AFP print file of invented bank statements, to try the converter with."""
    from afpcluster.cli.new_files import is_stream, new_file
    from afpcluster.sample import write_sample

    try:
        with new_file(out) as sink:
            pages = write_sample(sink, statements=statements, seed=seed, fonts=fonts)
    except OSError as error:
        raise refused(error, output=out) from error
    click.echo(
        f"{out}: {statements} statements, {pages} pages, {out.stat().st_size:,} bytes", err=is_stream(out)
    )


@click.command("convert")
@click.argument(
    "sources",
    type=PATH,
    nargs=-1,
    required=True,
    help="the AFP print file; - for standard input; several become one output, in their order",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(readable=False),
    required=True,
    help="the file to write, or with / behind it a folder of files; - for standard output",
)
@click.option(
    "format_",
    "--format",
    "-f",
    help=", ".join(Format) + "; else as --output ends, pdf with any other ending",
)
@click.option(
    "--resources", "-r", type=PATH, multiple=True, help="folder or resource group file to look in; may repeat"
)
@click.option("--strict", is_flag=True, help="refuse where a font or resource is missing")
@click.option(
    "--fail-on", type=OneOf(FailOn), help="refuse where a finding is this serious, or more (docs/findings.md)"
)
@click.option("--processes", "-p", type=click.IntRange(min=1, max=64), default=1, help="worker processes")
@click.option("--max-pages", type=click.IntRange(min=1), help="refuse documents with more pages")
@click.option("--accept-truncated", is_flag=True, help="convert what is there of a file that is cut off")
@click.option(
    "--raster-a-space/--no-raster-a-space",
    default=True,
    help="place raster characters after their A-space (FOCA), or without it",
)
@click.option(
    "--stand-in-fonts",
    type=PATH,
    multiple=True,
    help="folder with Liberation or URW fonts for what a standard font lacks; may repeat",
)
@click.option(
    "--layout",
    type=OneOf(Layout),
    default=Layout.PAGES.value,
    help="an output page is an AFP page, or a sheet side as the form map prints it",
)
@click.option("--form-map", help="name of the form map to use, in the file or in --resources")
@click.option(
    "--max-copies", type=click.IntRange(min=1), default=100, help="most copies of a sheet (--layout sheets)"
)
@click.option(
    "--text",
    type=OneOf(TextOrder),
    help="text as laid out on the page (so without this), or in the order of reading",
)
@click.option(
    "--dpi", type=click.IntRange(LEAST_DPI, MOST_DPI), help="pixels to the inch, of pictures; 150 without it"
)
@click.option("--colour", type=OneOf(Colour), help="colours of pictures; in colour without it")
@click.option("--split", help="a file for each document, group, tag:NAME or pages:N, into a folder or .zip")
@click.option("--part-name", help="names of these files: {document}-{tag:Account Number}-{number}")
@click.option("--title", help="title of the PDF")
@click.option(
    "--password", envvar="AFPCLUSTER_PASSWORD", show_envvar=True, help="password to open the PDF (AES-256)"
)
@click.option(
    "--permissions", help="what readers may do: print,copy,modify,annotate,forms,assemble, all or none"
)
@click.option("--linearize", is_flag=True, help="order the PDF for the web")
@click.option("--attach-index", is_flag=True, help="attach the index to the PDF")
@click.option("--pages", help="pages to convert, for example 3-4,9,12-")
@click.option(
    "--groups",
    multiple=True,
    help="page groups to convert: TAG=VALUE or NAME, * stands for anything in any of them; may repeat",
)
@click.option("--documents", help="documents of the file to convert: 2-5")
@click.option(
    "--pdf-a", type=OneOf(PdfA), help="make the PDF an archive format; what cannot conform is refused"
)
@click.option("--tagged", is_flag=True, help="give the PDF the structure of its text, for readers that speak")
@click.option("--language", help="language of the PDF's text: en, de-CH")
@click.option("as_json", "--json", is_flag=True, help="print result and findings as JSON")
@click.option("--quiet", "-q", is_flag=True, help="print errors only")
def convert(
    sources: tuple[Path, ...],
    output: str,
    format_: str | None,
    resources: tuple[Path, ...],
    strict: bool,
    fail_on: FailOn | None,
    processes: int,
    max_pages: int | None,
    accept_truncated: bool,
    raster_a_space: bool,
    stand_in_fonts: tuple[Path, ...],
    layout: Layout,
    form_map: str | None,
    max_copies: int,
    text: TextOrder | None,
    dpi: int | None,
    colour: Colour | None,
    split: str | None,
    part_name: str | None,
    title: str | None,
    password: str | None,
    permissions: str | None,
    linearize: bool,
    attach_index: bool,
    pages: str | None,
    groups: tuple[str, ...],
    documents: str | None,
    pdf_a: PdfA | None,
    tagged: bool,
    language: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Convert AFP print files to PDF, or write their index, without any server."""
    from afpcluster.cli.convert_command import failed, run
    from afpcluster.findings import ConversionError
    from afpcluster.options import STAND_IN_FOLDERS, Options
    from afpcluster.outputs.output import format_of
    from afpcluster.selection import Selection

    target = Path(output)
    try:
        selection = Selection.parse(pages, groups, documents)
        chosen = format_of(format_, target.name)
    except ConversionError as error:
        raise click.exceptions.Exit(failed(sources[0], error, as_json)) from error
    options = Options(
        selection=selection,
        format=chosen,
        text_order=text,
        dpi=dpi,
        colour=colour,
        split=split,
        part_name=part_name,
        title=title,
        file_name=sources[0].name if len(sources) == 1 else target.name,
        password=password,
        permissions=tuple(permissions.split(",")) if permissions is not None else None,
        linearize=linearize,
        attach_index=attach_index,
        strict=strict,
        fail_on=fail_on,
        resource_paths=resources,
        stand_in_folders=stand_in_fonts or STAND_IN_FOLDERS,
        processes=processes,
        max_pages=max_pages,
        accept_truncated=accept_truncated,
        raster_a_space=raster_a_space,
        layout=layout,
        form_map=form_map,
        max_copies=max_copies,
        pdf_a=pdf_a,
        tagged=tagged,
        language=language,
    )
    to_folder = output.endswith("/")
    raise click.exceptions.Exit(
        run(sources, target, options, to_folder=to_folder, as_json=as_json, quiet=quiet)
    )


@click.command("inspect")
@click.argument(
    "source",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="the AFP file, sound or damaged",
)
@click.option("--fields", help="these structured fields only, by their mnemonics: BPG,TLE,NOP")
@click.option("--page", type=click.IntRange(min=1), help="the fields of this page only")
@click.option("--at", type=click.IntRange(min=0), help="the field that this byte is in, with its bytes")
@click.option("--brief", is_flag=True, help="without what is in the fields")
@click.option("--text", is_flag=True, help="the text of pages, read through their fonts")
@click.option("--resources", is_flag=True, help="the resources inside, and those that pages ask for")
@click.option(
    "--extract", type=PATH, help="write the resources inside into this folder: fonts, images, overlays"
)
@click.option(
    "paths",
    "--resource-path",
    "-r",
    type=PATH,
    multiple=True,
    help="folder or resource group file to look in; may repeat",
)
@click.option("as_json", "--json", is_flag=True, help="JSON, a line for each field")
def inspect(
    source: Path,
    fields: str | None,
    page: int | None,
    at: int | None,
    brief: bool,
    text: bool,
    resources: bool,
    extract: Path | None,
    paths: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Show what is in an AFP file: its structured fields, decoded, as a tree. Never stops at damage."""
    from afpcluster.cli import inspect_command
    from afpcluster.options import Options

    useless = inspect_command.complain_of_useless(
        {
            "--fields": fields,
            "--page": page,
            "--at": at,
            "--brief": brief,
            "--text": text,
            "--resources": resources,
            "--extract": extract,
            "--resource-path": paths,
        }
    )
    if useless:
        raise click.exceptions.Exit(useless)
    options = Options(resource_paths=paths)
    names = tuple(name.strip().upper() for name in fields.split(",")) if fields else ()
    wanted = inspect_command.Wanted(names, page, at)
    with _complaining(extract):
        if resources or extract is not None:
            code = inspect_command.resources(source, options, extract, as_json=as_json)
        elif text:
            code = inspect_command.texts(source, wanted, options, as_json=as_json)
        else:
            code = inspect_command.inspect(source, wanted, as_json=as_json, brief=brief)
    raise click.exceptions.Exit(code)


@contextmanager
def _complaining(output: Path | None) -> Iterator[None]:
    """Say what a file, a folder of resources or the place of the output does not allow: exit code 1, or that
    of the error."""
    from afpcluster.findings import ConversionError

    try:
        yield
    except ConversionError as error:
        raise refused(error, error.exit_code) from error
    except BrokenPipeError:
        raise  # whoever read has read enough: click ends in silence
    except OSError as error:
        raise refused(error, 1, output or "standard output") from error


@click.command("check")
@click.argument("files", type=PATH, nargs=-1, required=True, help="AFP files, and folders of them")
@click.option(
    "--resources", "-r", type=PATH, multiple=True, help="folder or resource group file to look in; may repeat"
)
@click.option("table", "--csv", type=PATH, help="write a row for each file")
@click.option("--processes", "-p", type=click.IntRange(min=1, max=64), default=1, help="worker processes")
def check(files: tuple[Path, ...], resources: tuple[Path, ...], table: Path | None, processes: int) -> None:
    """Tell what converting print files would meet: pages, tags, fonts, what would not be shown.

    Exit code 0: everything would be shown, perhaps in other fonts; 7: a part would not, or a file is refused.
    """
    from afpcluster.cli.inspect_command import check_files
    from afpcluster.options import Options

    options = Options(resource_paths=resources)
    with _complaining(table):
        code = check_files(files, options, table, processes=processes)
    raise click.exceptions.Exit(code)
