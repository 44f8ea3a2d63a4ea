"""One pool of real renderers for all tests of a worker process."""

from collections.abc import Iterator

import pytest

from renderers.html_to_pdf import PdfPool


@pytest.fixture(scope="session")
def pdfs() -> Iterator[PdfPool]:
    pool = PdfPool(workers=2)
    yield pool
    pool.close()
