"""Commands for print files: no server is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from afpcluster.cli.app import app, refused
from afpcluster.options import Colour, FailOn, Layout, PdfA, TextOrder


@app.command("sample")
def sample(
    out: Annotated[Path, typer.Argument(help="file to write, for example statements.afp")],
    statements: Annotated[int, typer.Option(min=1, help="how many bank statements")] = 10,
    seed: Annotated[
        int, typer.Option(help="another seed makes other statements; the same, the same file")
    ] = 1,
    fonts: Annotated[
        bool, typer.Option(help="fonts inside the file; without them they are only named")
    ] = True,
) -> None:
    """Write an AFP print file of invented bank statements, to try the converter with."""
    from afpcluster.sample import write_sample

    try:
        with out.open("wb") as sink:
            pages = write_sample(sink, statements=statements, seed=seed, fonts=fonts)
    except OSError as error:
        raise refused(error) from error
    typer.echo(f"{out}: {statements} statements, {pages} pages, {out.stat().st_size:,} bytes")


@app.command("convert")
def convert(
    sources: Annotated[
        list[Path],
        typer.Argument(
            help="the AFP print file; - for standard input; several become one output, in their order"
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="the file to write; - for standard output")],
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="pdf, index, csv, ind, txt, words, afp, …; else as --output ends, pdf with any other ending",
        ),
    ] = None,
    resources: Annotated[
        list[Path] | None,
        typer.Option("--resources", "-r", help="folder or resource group file to look in; may repeat"),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="refuse where a font or resource is missing")
    ] = False,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="refuse where a finding is this serious, or more (docs/findings.md)")
    ] = None,
    processes: Annotated[int, typer.Option("--processes", "-p", min=1, max=64, help="worker processes")] = 1,
    max_pages: Annotated[int | None, typer.Option(min=1, help="refuse documents with more pages")] = None,
    accept_truncated: Annotated[
        bool, typer.Option("--accept-truncated", help="convert what is there of a file that is cut off")
    ] = False,
    raster_a_space: Annotated[
        bool, typer.Option(help="place raster characters after their A-space (FOCA), or without it")
    ] = True,
    stand_in_fonts: Annotated[
        list[Path] | None,
        typer.Option(help="folder with Liberation or URW fonts for what a standard font lacks; may repeat"),
    ] = None,
    layout: Annotated[
        Layout, typer.Option(help="an output page is an AFP page, or a sheet side as the form map prints it")
    ] = Layout.PAGES,
    form_map: Annotated[
        str | None, typer.Option(help="name of the form map to use, in the file or in --resources")
    ] = None,
    max_copies: Annotated[int, typer.Option(min=1, help="most copies of a sheet (--layout sheets)")] = 100,
    text: Annotated[
        TextOrder, typer.Option("--text", help="text as laid out on the page, or in the order of reading")
    ] = TextOrder.LAYOUT,
    dpi: Annotated[int, typer.Option(min=10, max=2400, help="pixels to the inch, of pictures")] = 150,
    colour: Annotated[Colour, typer.Option(help="colours of pictures")] = Colour.COLOUR,
    split: Annotated[
        str | None,
        typer.Option(help="a file for each document, group, tag:NAME or pages:N, into a folder or .zip"),
    ] = None,
    part_name: Annotated[
        str | None, typer.Option(help="names of these files: {document}-{tag:Account Number}-{number}")
    ] = None,
    title: Annotated[str | None, typer.Option(help="title of the PDF")] = None,
    password: Annotated[
        str | None,
        typer.Option(envvar="AFPCLUSTER_PASSWORD", help="password to open the PDF (AES-256)"),
    ] = None,
    permissions: Annotated[
        str | None,
        typer.Option(help="what readers may do: print,copy,modify,annotate,forms,assemble, all or none"),
    ] = None,
    linearize: Annotated[bool, typer.Option("--linearize", help="order the PDF for the web")] = False,
    attach_index: Annotated[bool, typer.Option("--attach-index", help="attach the index to the PDF")] = False,
    pages: Annotated[str | None, typer.Option(help="pages to convert, for example 3-4,9,12-")] = None,
    groups: Annotated[
        list[str] | None,
        typer.Option(help="page groups to convert: TAG=VALUE or NAME, * stands for anything; may repeat"),
    ] = None,
    documents: Annotated[str | None, typer.Option(help="documents of the file to convert: 2-5")] = None,
    pdf_a: Annotated[
        PdfA | None, typer.Option(help="make the PDF an archive format; what cannot conform is refused")
    ] = None,
    tagged: Annotated[
        bool, typer.Option("--tagged", help="give the PDF the structure of its text, for readers that speak")
    ] = False,
    language: Annotated[str | None, typer.Option(help="language of the PDF's text: en, de-CH")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print result and findings as JSON")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="print errors only")] = False,
) -> None:
    """Convert AFP print files to PDF, or write their index, without any server."""
    from afpcluster.cli.convert_command import failed, run
    from afpcluster.findings import ConversionError
    from afpcluster.options import STAND_IN_FOLDERS, Options
    from afpcluster.outputs.output import format_of
    from afpcluster.selection import Selection

    try:
        selection = Selection.parse(pages, groups or (), documents)
        chosen = format_of(format_, output.name)
    except ConversionError as error:
        raise typer.Exit(failed(sources[0], error, as_json)) from error
    options = Options(
        selection=selection,
        format=chosen,
        text_order=text,
        dpi=dpi,
        colour=colour,
        split=split,
        part_name=part_name,
        title=title,
        file_name=sources[0].name if len(sources) == 1 else output.name,
        password=password,
        permissions=tuple(permissions.split(",")) if permissions is not None else None,
        linearize=linearize,
        attach_index=attach_index,
        strict=strict,
        fail_on=fail_on,
        resource_paths=tuple(resources or ()),
        stand_in_folders=tuple(stand_in_fonts or STAND_IN_FOLDERS),
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
    raise typer.Exit(run(sources, output, options, as_json=as_json, quiet=quiet))


@app.command("inspect")
def inspect(
    source: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="the AFP file, sound or damaged")
    ],
    fields: Annotated[
        str | None, typer.Option(help="these structured fields only, by their mnemonics: BPG,TLE,NOP")
    ] = None,
    page: Annotated[int | None, typer.Option(min=1, help="the fields of this page only")] = None,
    at: Annotated[
        int | None, typer.Option(min=0, help="the field that this byte is in, with its bytes")
    ] = None,
    brief: Annotated[bool, typer.Option("--brief", help="without what is in the fields")] = False,
    text: Annotated[bool, typer.Option("--text", help="the text of pages, read through their fonts")] = False,
    resources: Annotated[
        bool, typer.Option("--resources", help="the resources inside, and those that pages ask for")
    ] = False,
    extract: Annotated[
        Path | None, typer.Option(help="write the resources inside into this folder: fonts, images, overlays")
    ] = None,
    paths: Annotated[
        list[Path] | None,
        typer.Option("--resource-path", "-r", help="folder or resource group file to look in; may repeat"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, a line for each field")] = False,
) -> None:
    """Show what is in an AFP file: its structured fields, decoded, as a tree. Never stops at damage."""
    from afpcluster.cli import inspect_command
    from afpcluster.options import Options

    options = Options(resource_paths=tuple(paths or ()))
    names = tuple(name.strip().upper() for name in fields.split(",")) if fields else ()
    wanted = inspect_command.Wanted(names, page, at)
    if resources or extract is not None:
        code = inspect_command.resources(source, options, extract, as_json=as_json)
    elif text:
        code = inspect_command.texts(source, wanted, options, as_json=as_json)
    else:
        code = inspect_command.inspect(source, wanted, as_json=as_json, brief=brief)
    raise typer.Exit(code)


@app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="AFP files, and folders of them")],
    resources: Annotated[
        list[Path] | None,
        typer.Option("--resources", "-r", help="folder or resource group file to look in; may repeat"),
    ] = None,
    table: Annotated[Path | None, typer.Option("--csv", help="write a row for each file")] = None,
    processes: Annotated[int, typer.Option("--processes", "-p", min=1, max=64, help="worker processes")] = 1,
) -> None:
    """Tell what converting print files would meet: pages, tags, fonts, what would not be shown.

    Exit code 0: everything would be shown, perhaps in other fonts; 7: a part would not, or a file is refused.
    """
    from afpcluster.cli.inspect_command import check_files
    from afpcluster.options import Options

    options = Options(resource_paths=tuple(resources or ()))
    raise typer.Exit(check_files(files, options, table, processes=processes))
