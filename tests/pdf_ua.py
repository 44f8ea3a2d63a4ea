"""PDF/UA-1 as far as a program can judge it: ISO 14289-1, by the checkpoints of its protocol.

No validator can be installed with pip, so each rule is read from the file itself with pypdf. The
number of the Matterhorn checkpoint stands beside each sentence.
"""

import re
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject

STANDARD = frozenset(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 "
    "H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry "
    "Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form".split()
)
INSIDE = {
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "TH": {"TR"},
    "TD": {"TR"},
    "LI": {"L"},
    "Lbl": {"LI", "Note", "Reference"},
    "LBody": {"LI"},
}
PAINTING = frozenset(b"Tj TJ ' \" Do f F f* B B* b b* S s sh EI".split())


def faults(reader: PdfReader) -> list[str]:
    """One sentence for each rule that is broken."""
    return [
        *_catalog(reader.root_object),
        *_metadata(reader),
        *_structure(reader),
        *_pages(reader),
        *_fonts(reader),
    ]


def _listed(given: Any) -> list[Any]:
    """What a PDF writes as one object or as an array of them, followed to where it lies."""
    whole = given.get_object() if given is not None else []
    return [one.get_object() for one in (whole if isinstance(whole, list) else [whole])]


def _catalog(root: DictionaryObject) -> Iterator[str]:
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "06-001 the file does not say that it is tagged"
    if not str(root.get("/Lang", "")):
        yield "11-006 no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "07-001 viewers are not asked to show the title"
    if "/StructTreeRoot" not in root:
        yield "01-006 no structure"


def _metadata(reader: PdfReader) -> Iterator[str]:
    xmp = "".join(one.get_data().decode() for one in _listed(reader.root_object.get("/Metadata")))
    if not re.search(r"pdfuaid:part(>|=.)1", xmp):
        yield "06-002 the metadata does not claim PDF/UA-1"
    if "dc:title" not in xmp:
        yield "06-003 no title in the metadata"


def elements(reader: PdfReader) -> Iterator[tuple[DictionaryObject, str]]:
    """Each structure element with the type of its parent, in reading order."""
    [root] = _listed(reader.root_object["/StructTreeRoot"])
    yield from _children(root, "")


def _children(node: DictionaryObject, parent: str) -> Iterator[tuple[DictionaryObject, str]]:
    for one in _listed(node.get("/K")):
        if isinstance(one, DictionaryObject) and "/S" in one:
            yield one, parent
            yield from _children(one, _type(one))


def _type(element: DictionaryObject) -> str:
    return str(element["/S"]).removeprefix("/")


def _structure(reader: PdfReader) -> Iterator[str]:
    level = 0
    for element, parent in elements(reader):
        kind = _type(element)
        if kind not in STANDARD:
            yield f"02-001 {kind} is no standard type"
        if parent not in INSIDE.get(kind, {parent}):
            yield f"09-004 {kind} inside {parent}"
        if kind == "Figure" and not str(element.get("/Alt", element.get("/ActualText", ""))):
            yield "13-004 a figure without a description"
        if kind == "TH" and not (_attribute(element, "/Scope") or "/ID" in element):
            yield "15-003 a header cell with neither scope nor a name for its cells to refer to"
        if kind == "TD" and not _attribute(element, "/Headers"):
            yield "15-003 a cell that names no header"
        if re.fullmatch(r"H\d", kind):
            if int(kind[1]) > level + 1:
                yield f"14-003 {kind} after H{level}"
            level = int(kind[1])


def _attribute(element: DictionaryObject, name: str) -> Any:
    return next((one[name] for one in _listed(element.get("/A")) if name in one), None)


def _pages(reader: PdfReader) -> Iterator[str]:
    for number, page in enumerate(reader.pages, start=1):
        if "/StructParents" not in page:
            yield f"01-004 page {number} is not in the structure"
        annotations = _listed(page.get("/Annots"))
        if annotations and page.get("/Tabs") != "/S":
            yield f"28-008 page {number}: the tab order is not the structure's"
        for annotation in annotations:
            if annotation["/Subtype"] == "/Link" and "/StructParent" not in annotation:
                yield f"28-011 page {number}: a link outside the structure"
            if annotation["/Subtype"] == "/Link" and not str(annotation.get("/Contents", "")):
                yield f"28-012 page {number}: a link that does not say where it leads"
        yield from _marked(reader, page, number)


def _marked(reader: PdfReader, page: Any, number: int) -> Iterator[str]:
    """01-005: whatever is painted is either in the structure or called an artifact."""
    content = ContentStream(page.get_contents(), reader)
    depth = 0
    for _operands, operator in content.operations:
        if operator in (b"BDC", b"BMC"):
            depth += 1
        elif operator == b"EMC":
            depth -= 1
        elif operator in PAINTING and depth == 0:
            yield f"01-005 page {number}: something is painted that is neither tagged nor artifact"
            return


def _fonts(reader: PdfReader) -> Iterator[str]:
    for page in reader.pages:
        for resources in _listed(page.get("/Resources")):
            for name, font in resources.get("/Font", {}).items():
                yield from _font(name, font.get_object())


def _font(name: str, font: Any) -> Iterator[str]:
    if "/ToUnicode" not in font:
        yield f"10-001 font {name}: its letters cannot be read"
    for inner in font.get("/DescendantFonts", [font]):
        described = _listed(inner.get_object().get("/FontDescriptor"))
        if not any({"/FontFile", "/FontFile2", "/FontFile3"} & set(one) for one in described):
            yield f"31-009 font {name} is not embedded"
