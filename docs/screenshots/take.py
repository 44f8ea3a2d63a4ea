"""Takes the pictures in this folder: a stage, its page, and a walk through every screen of it.

`make screenshots`
"""

import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bot.sandbox.demo.scenery import app_manifest, scene_of
from bot.sandbox.demo.stage import Stage
from bot.sandbox.page.server import SandboxPage

FOLDER = Path(__file__).parent
DESK, PHONE = (1280, 800), (390, 844)
COLOURS = 200  # of one picture's palette: small files, no visible difference on flat screens
MARA, SALLY = "U02MARA", "U04SALLY"
SETTLED = 600  # ms after which nothing moves any more


@dataclass
class Camera:
    """Takes a picture of `page` under a name, in the size the page has."""

    page: Page
    size: str

    def take(self, name: str) -> None:
        self.page.wait_for_timeout(SETTLED)
        picture = Image.open(io.BytesIO(self.page.screenshot()))
        path = FOLDER / f"{name}-{self.size}.png"
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
        print(path.name, f"{path.stat().st_size // 1024} KB")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Stage(Path(folder)) as stage,
        sync_playwright() as playwright,
    ):
        scene = scene_of(stage)
        scene.ready()
        scene.offers(app_manifest(stage))
        found = map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))
        chromium = next(filter(None, found), None)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with SandboxPage(scene, port=0) as sandbox:
            link = walk(browser, sandbox)
            customers_pages(browser, link)
            afterwards(browser, sandbox)
        browser.close()


@contextmanager
def opened(browser: Browser, url: str, size: tuple[int, int]) -> Iterator[Camera]:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(60_000)
    page.goto(url)
    yield Camera(page, "desk" if size == DESK else "phone")
    page.close()


def command(page: Page, words: str) -> None:
    page.get_by_label("Message or command").fill(words)
    page.keyboard.press("Enter")


def walk(browser: Browser, sandbox: SandboxPage) -> str:
    """What staff see until a mail has left; the address of the link in it."""
    with opened(browser, f"{sandbox.url}?person={SALLY}", DESK) as camera:
        page = camera.page
        camera.take("workspace-empty")
        page.get_by_label("Message or command").fill("/pay")
        camera.take("command-hints")
        page.keyboard.press("Enter")
        page.locator(".whisper").last.wait_for()
        camera.take("launcher")
        command(page, "/pay invoice")
        page.get_by_role("dialog").get_by_role("combobox").press_sequentially("cascade")
        page.locator(".listbox li").first.wait_for()
        camera.take("search")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        forms(camera)
        return mailbox(camera)


def forms(camera: Camera) -> None:
    page = camera.page
    command(page, "/pay invoice INV-1050")
    page.get_by_label("Email addresses").fill("Robin Vale <robin@grandcascade.test>, robin at home")
    page.locator("[data-submit]").click()
    page.locator(".error").filter(has_text="@").wait_for()
    camera.take("send-form")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    Camera(page, "phone").take("send-form")
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.get_by_label("Email addresses").fill("")
    page.locator("[data-submit]").click()
    page.get_by_role("dialog").wait_for(state="detached")
    command(page, "/pay order new wild fern")
    page.get_by_label("Lines").fill("12 x Roses red 60cm @ 1.25\n3 boxes x Lilies @ 20 +8.25%")
    camera.take("order-form")
    page.keyboard.press("Escape")


def mailbox(camera: Camera) -> str:
    page = camera.page
    page.get_by_role("button", name="Payment Links").click()
    page.locator(".mail-entry").first.wait_for()
    camera.take("card-and-mailbox")
    page.locator(".mail-entry").first.click()
    frame = page.frame_locator(".mail-body iframe")
    link = frame.get_by_role("link", name="Pay USD").get_attribute("href") or ""
    camera.take("mail")
    page.get_by_role("button", name="PDF:").click()
    page.wait_for_timeout(2500)  # the browser's own viewer says nothing when it is done
    camera.take("pdf")
    return link


def customers_pages(browser: Browser, link: str) -> None:
    for size in (DESK, PHONE):
        with opened(browser, link, size) as camera:
            camera.take("pay-page")
    with opened(browser, link, PHONE) as camera:
        page = camera.page
        page.get_by_role("button", name=re.compile("^Card")).click()
        page.get_by_role("button", name=re.compile("^Pay ")).wait_for()
        camera.take("checkout")
        if page.locator("input[type=email]").count():
            page.locator("input[type=email]").fill("ap@grandcascade.test")
        page.get_by_role("button", name=re.compile("^Pay ")).click()
        page.wait_for_url("**/pay/**")
        page.wait_for_timeout(4000)
        page.reload()
        camera.take("paid-page")


def afterwards(browser: Browser, sandbox: SandboxPage) -> None:
    with opened(browser, f"{sandbox.url}?person={SALLY}", DESK) as camera:
        page = camera.page
        page.locator("#messages .message").filter(has_text="INV-1050").first.wait_for()
        camera.take("confirmation")
        panes(camera)
        page.get_by_role("button", name="Payment Links").click()
        page.locator(".replies").first.click()
        camera.take("thread")
    with opened(browser, f"{sandbox.url}?person={SALLY}", PHONE) as camera:
        for part in ("Slack", "Chats", "Mail", "Stripe", "More"):
            camera.page.locator("#phone").get_by_role("button", name=part).click()
            camera.take(part.lower())


def panes(camera: Camera) -> None:
    page = camera.page
    page.get_by_role("tab", name="Stripe").click()
    camera.take("stripe")
    page.get_by_role("tab", name="Requests").click()
    page.locator(".exchange summary").first.click()
    camera.take("requests")
    page.get_by_role("tab", name="Time").click()
    page.get_by_role("button", name="To after the month").click()
    page.locator(".runs .checkout").first.wait_for()
    camera.take("time")


if __name__ == "__main__":
    main()
