"""HTML to tagged PDF with WeasyPrint, inside one process and without any limit.

It is the only importer of WeasyPrint and runs in the children of `html_to_pdf.PdfPool`. Fonts,
stylesheet and caches are made once in a process: a fresh set for each document costs a third more
time and leaks memory.
"""

import atexit
import gc
import logging
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import Any

import pydyf
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

_HERE = Path(__file__).parent
_FONTS = {path.name: path.read_bytes() for path in sorted((_HERE / "fonts").glob("*.ttf"))}
_STYLESHEET = (_HERE / "templates" / "document.css").read_text("utf-8")
_IMAGE_TYPES = ("data:image/svg+xml", "data:image/png", "data:image/jpeg")
_MAX_CACHED_IMAGES = 4  # a QR code's tree takes 2 MB, and each document has its own
_LAST_ASCII = 0x7F


def _page_references(self: Any) -> tuple[bytes, ...]:
    """Pydyf writes them anew for every element of the structure tree, which is a third of the
    time over 200 pages: the same list is kept until another page is added.
    """
    kids = self.pages["Kids"]
    known: tuple[int, tuple[bytes, ...]] = getattr(self, "_known_references", (0, ()))
    if known[0] != len(kids):
        known = (len(kids), tuple(f"{number} 0 R".encode("ascii") for number in kids[::3]))
        self._known_references = known
    return known[1]


pydyf.PDF.page_references = property(_page_references)


class ForbiddenAddress(Exception):
    """A document asked for something that is not bundled."""


class BundledAssets(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
    """Answers `asset:` with the bundled fonts and `data:` with images; anything else is fatal.

    The documents hold nothing else, so another address can only have been smuggled in.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("asset", "data"), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith("asset:") and url.removeprefix("asset:") in _FONTS:
            return URLFetcherResponse(url, _FONTS[url.removeprefix("asset:")])
        if url.startswith(_IMAGE_TYPES):
            return super().fetch(url, headers)
        raise FatalURLFetchingError(f"a document asked for {url[:80]!r}")


class Typesetter:
    """`typeset` may be called again and again, by one thread."""

    def __init__(self) -> None:
        self._fetcher = BundledAssets()
        self._fonts = FontConfiguration()
        # It keeps the fonts in a temporary folder and forgets it when the interpreter ends.
        atexit.register(self._fonts.__del__)
        self._stylesheet = self._css(_STYLESHEET)
        self._images: dict[str, Any] = {}

    def typeset(self, html: str) -> bytes:
        """A PDF/UA-1 with the title, author and language of `html`.

        Raises `ForbiddenAddress`, or whatever WeasyPrint raises for what it cannot lay out.
        """
        if len(self._images) > _MAX_CACHED_IMAGES:
            self._images.clear()
        try:
            return self._pdf(html)
        except FatalURLFetchingError as refused:  # a BaseException: it would end the process
            raise ForbiddenAddress(str(refused)) from refused

    def _pdf(self, html: str) -> bytes:
        pdf, missing = self._written(html)
        if not missing:
            return pdf
        # WeasyPrint shows boxes and describes their text in a way that several readers of PDFs
        # stumble over, for the whole document: set it again with characters that are there.
        return self._written(html.translate({code: _stand_in(code) for code in missing}))[0]

    def _written(self, html: str) -> tuple[bytes, set[int]]:
        """The PDF, and the characters beyond ASCII that no font has."""
        source = HTML(string=html, url_fetcher=self._fetcher, base_url="asset:")
        options = {"cache": self._images, "pdf_variant": "pdf/ua-1"}
        document = source.render(self._fonts, stylesheets=[self._stylesheet], **options)
        target = BytesIO()
        document.write_pdf(target, **options)
        missing = {code for font in document.fonts.values() for code in font.missing}
        return target.getvalue(), {code for code in missing if code > _LAST_ASCII}

    def _css(self, text: str) -> CSS:
        return CSS(string=text, font_config=self._fonts, url_fetcher=self._fetcher)


def _stand_in(code: int) -> str:
    """Nothing for what only modifies its neighbours, else the replacement character."""
    return "" if unicodedata.category(chr(code)) in {"Mn", "Cf"} else "\ufffd"


def warm_typesetter() -> Typesetter:
    """A typesetter that has set one page, in a process tuned for setting more."""
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # its warnings quote the document
    gc.set_threshold(50_000, 20, 100)  # layout makes cyclic garbage by the megabyte
    typesetter = Typesetter()
    typesetter.typeset("<html lang=en><title>Warm-up</title><p>USD 125.00 <b>14 Mar</b>")
    gc.collect()
    gc.freeze()
    return typesetter
