import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from multiprocessing import active_children
from pathlib import Path

import pytest
from pypdf import PdfReader

from renderers.html_to_pdf import Limits, PdfPool, RenderFailed

pytestmark = pytest.mark.usefixtures("forkserver")


def page(body: str, head: str = "") -> str:
    return (
        f"<html lang=en><head><title>Invoice INV-1</title>{head}</head><body>{body}</body></html>"
    )


def text_of(pdf: bytes) -> str:
    return "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf)).pages)


@pytest.fixture
def hasty() -> Iterator[PdfPool]:
    """One child with little time."""
    pool = PdfPool(1, Limits(wall_seconds=2))
    yield pool
    pool.close()


def test_a_pdf_is_tagged_and_named(pdfs: PdfPool) -> None:
    reader = PdfReader(BytesIO(pdfs.render(page("<p>Hello"), title="Hello")))
    catalog = reader.root_object
    assert reader.metadata is not None
    assert reader.metadata.title == "Invoice INV-1"
    assert str(catalog["/Lang"]) == "en"
    assert "/StructTreeRoot" in catalog


def test_several_threads_render_at_once(pdfs: PdfPool) -> None:
    bodies = [f"<p>Document number {n}." for n in range(12)]
    with ThreadPoolExecutor(6) as threads:
        made = list(threads.map(lambda body: pdfs.render(page(body), title="x"), bodies))
    assert all(f"number {n}." in text_of(pdf) for n, pdf in enumerate(made))


def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_is_rendered(
    pdfs: PdfPool, hasty: PdfPool
) -> None:
    pdfs.render(page("<p>the fork server is started"), title="first")
    hasty.render(page("<p>warm"), title="warm")
    started = time.monotonic()
    with pytest.raises(RenderFailed, match=r"Endless: it took longer than 2 s"):
        hasty.render(page("<table><tr><td colspan=100000>x</table>"), title="Endless")
    assert time.monotonic() - started < 15
    assert "next" in text_of(hasty.render(page("<p>next"), title="next"))


def test_a_document_that_takes_too_much_cpu_ends_its_renderer_only() -> None:
    pool = PdfPool(1, Limits(wall_seconds=30, cpu_seconds=1))
    try:
        with pytest.raises(RenderFailed, match="CPU"):
            pool.render(page("<table><tr><td colspan=100000>x</table>"), title="Endless")
        assert "next" in text_of(pool.render(page("<p>next"), title="next"))
    finally:
        pool.close()


def test_a_document_too_deep_to_lay_out_is_a_failure_and_not_a_crash(pdfs: PdfPool) -> None:
    with pytest.raises(RenderFailed, match="Deep: it cannot be laid out"):
        pdfs.render(page("<div>" * 2000), title="Deep")


def test_a_document_that_takes_too_much_memory_is_a_failure() -> None:
    # Less address space than a warm child has: whatever it asks for is too much.
    pool = PdfPool(1, Limits(wall_seconds=100, memory_bytes=200 * 1024 * 1024))
    try:
        with pytest.raises(RenderFailed, match=r"memory|MemoryError"):
            pool.render(page("<p>x</p>" * 5000), title="Huge")
    finally:
        pool.close()


@pytest.mark.parametrize(
    "smuggled",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/x.png">',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        '<style>@import url("file:///etc/hosts");</style>',
        '<p style="background:url(http://127.0.0.1:9/x.png)">x',
        '<object data="file:///etc/hosts"></object>',
        '<embed src="ftp://127.0.0.1/x">',
        '<img src="asset:../typesetting.py">',
        '<img src="data:text/html,hello">',
    ],
)
def test_a_document_can_fetch_nothing(pdfs: PdfPool, smuggled: str) -> None:
    with pytest.raises(RenderFailed, match="ForbiddenAddress"):
        pdfs.render(page("<p>x" + smuggled), title="Smuggler")


def test_children_are_replaced_after_so_many_documents() -> None:
    pool = PdfPool(1, Limits(documents_per_child=2))
    others = {child.pid for child in active_children()}
    seen = set()
    try:
        for _ in range(3):
            pool.render(page("<p>x"), title="x")
            seen |= {child.pid for child in active_children()} - others
    finally:
        pool.close()
    assert len(seen) == 2


def test_a_closed_pool_refuses_and_has_no_children() -> None:
    others = active_children()
    pool = PdfPool(1)
    pool.render(page("<p>x"), title="x")
    pool.close()
    pool.close()
    assert set(active_children()) <= set(others)
    with pytest.raises(RenderFailed, match="closed"):
        pool.render(page("<p>x"), title="x")


def test_a_process_that_ends_leaves_no_temporary_files(tmp_path: Path) -> None:
    program = (
        "from renderers.html_to_pdf import PdfPool\n"
        "print(len(PdfPool(1).render('<html lang=en><title>x</title>x', title='x')))"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True
    )
    assert int(done.stdout) > 1000
    deadline = time.monotonic() + 10
    while any(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []
