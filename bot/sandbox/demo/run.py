"""The `demo` verb: the stage, the tour on it, then the stage stays up for whoever wants to walk."""

import shutil
import signal
import sys
import threading
from pathlib import Path

from bot.sandbox.demo.stage import Stage, StageError
from bot.sandbox.demo.steps import STEPS
from bot.sandbox.demo.tour import Tour

FOLDER = Path("var/demo")


def run(*, once: bool) -> int:
    """0, or 1 if a step failed; without `once` it stays up until Ctrl-C."""
    # Ended from outside, the processes that were started still have to be stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = FOLDER.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    _say("Payment Links on loopback: the bot, and stand-ins for Slack, Stripe and a mail server.")
    _say("Starting …")
    try:
        with Stage(folder) as stage:
            complete = Tour(stage, _say).run(STEPS)
            if not once:
                _stay(stage)
            return 0 if complete else 1
    except StageError as error:
        _say(str(error))
        return 1


def _stay(stage: Stage) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _say(f"\nEverything stays up until Ctrl-C. Mails and PDFs: {FOLDER / 'mail'}")
    for mail in stage.mail.messages:
        if f"{stage.base_url}/pay/" in mail.text:
            link = mail.text.partition(f"{stage.base_url}/pay/")[2].split()[0]
            _say(f"  {mail.subject}\n    {stage.base_url}/pay/{link}")
    stop.wait()


def _say(line: str) -> None:
    print(line, flush=True)
