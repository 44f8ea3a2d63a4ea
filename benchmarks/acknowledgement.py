"""How soon Slack and payers are answered while mail and Slack hang: 500 mails are in work.

The product's own processes beside the stand-ins on loopback:

    python -m benchmarks.acknowledgement [DATABASE_URL]   # of an empty database; default SQLite
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
from sqlmodel import col, func, select

from bot import wiring
from bot.sandbox.demo.stage import Stage
from bot.sandbox.slack.faults import Fault
from bot.settings import Settings
from commands.access import Actor, Role
from commands.desk import Desk
from commands.payment_link import service as payment_link
from commands.send_invoice.service import SendInvoice, send_invoice
from storage.deliveries import UNFINISHED, Delivery

MAILS = 500
REQUESTS = 200  # of each kind
AT_ONCE = 8
HANG_SECONDS = 20.0  # each conversation and each post; shorter than the stage waits for an end
ALWAYS = 100_000
TARGET_SECONDS = 1.0  # at p99, on a quiet machine
SALLY = Actor("U04SALLY", "Sally Okafor", "sally@bloom-wholesale.test", frozenset({Role.SALES}))
INVOICE, CUSTOMER = "INV-1073", "C1001"
Ask = Callable[[], float]


def main(database_url: str = "") -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Stage(Path(folder), database_url=database_url) as stage,
    ):
        desk = wiring.desk(Settings(stage.settings))
        stage.mail.hang("CONNECT", HANG_SECONDS, ALWAYS)
        stage.slack.workspace.faults.add(
            Fault("hang", ALWAYS, "chat.postMessage", seconds=HANG_SECONDS)
        )
        url = a_link(desk)
        queue_mails(desk)
        say(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the start")
        for name, spent in measured(stage, url).items():
            say_times(name, spent)
        say(f"{in_work(desk)} deliveries in work at the end, {len(stage.mail.messages)} mails left")
        say(f"load average {os.getloadavg()[0]:.1f} at the end")
        stage.mail.clear()
        stage.slack.workspace.faults.clear()
        desk.database.close()


def a_link(desk: Desk) -> str:
    with desk.database.writing() as session:
        link = payment_link.issue(
            session,
            SALLY,
            desk,
            kind="bulk",
            subject="benchmark",
            customer_id=CUSTOMER,
            currency="USD",
            invoice_numbers=[INVOICE],
        )
    return payment_link.url(desk, link)


def queue_mails(desk: Desk) -> None:
    """Through the real service; then the hold for Undo is waited out, so that all are due."""
    for number in range(MAILS):
        to = (f"ap{number}@blueiris.test",)
        order = SendInvoice(f"benchmark-{number}", INVOICE, to, with_link=True)
        send_invoice(SALLY, desk, order=order)
    time.sleep(desk.policy.send_hold_seconds + 1)


def measured(stage: Stage, url: str) -> dict[str, list[float]]:
    """Seconds by what was asked; all kinds are asked in turn, `AT_ONCE` at a time."""
    with httpx2.Client(timeout=30) as http:
        asks: dict[str, Ask] = {
            "/pay help": lambda: command(stage, "help"),
            f"/pay invoice {INVOICE}": lambda: command(stage, f"invoice {INVOICE}"),
            "GET /pay/{token}": lambda: page(http, url),
        }
        with ThreadPoolExecutor(AT_ONCE) as pool:
            rounds = [
                {name: pool.submit(ask) for name, ask in asks.items()} for _ in range(REQUESTS)
            ]
            return {name: [told[name].result() for told in rounds] for name in asks}


def command(stage: Stage, text: str) -> float:
    answer = stage.person(SALLY.id).command("/pay", text, channel="#payments")
    if not answer.ok:
        say(f"/pay {text}: {answer.trouble} after {answer.seconds:.2f} s")
    return answer.seconds


def page(http: httpx2.Client, url: str) -> float:
    began = time.perf_counter()
    http.get(url).raise_for_status()
    return time.perf_counter() - began


def in_work(desk: Desk) -> int:
    with desk.database.reading() as session:
        unfinished = select(func.count()).where(col(Delivery.status).in_(UNFINISHED))
        return session.exec(unfinished).one()


def say_times(name: str, spent: list[float]) -> None:
    p99 = statistics.quantiles(spent, n=100)[98]
    milliseconds = [1000 * x for x in (statistics.median(spent), p99, max(spent))]
    p50, late, worst = (f"{value:6.0f} ms" for value in milliseconds)
    verdict = "within" if p99 < TARGET_SECONDS else "ABOVE"
    say(f"{name:24} p50 {p50}  p99 {late}  max {worst}  ({verdict} {TARGET_SECONDS:.0f} s)")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
