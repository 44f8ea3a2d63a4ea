"""The `demo` verb: the stage with its page, the tour on it, then it stays up for whoever walks."""

import shutil
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.demo.scenery import app_manifest, scene_of
from bot.sandbox.demo.stage import QUICK_HOLD, Stage, StageError
from bot.sandbox.demo.steps import STEPS
from bot.sandbox.demo.tour import Tour
from bot.sandbox.page.scene import Scene
from bot.sandbox.page.server import SandboxPage

FOLDER = Path("var/demo")
WALKING_HOLD = 10  # seconds in which a person finds Undo


@dataclass(frozen=True)
class Plan:
    """`once`: end after the tour. `tour` False: only start and stay up."""

    once: bool
    tour: bool = True


def run(plan: Plan) -> int:
    """0, or 1 if a step failed; unless `plan.once` it stays up until Ctrl-C."""
    # Ended from outside, the processes that were started still have to be stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = FOLDER.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    _say("Payment Links on loopback: the bot, and stand-ins for Slack, Stripe and a mail server.")
    stage = Stage(folder, hold_seconds=QUICK_HOLD if plan.once else WALKING_HOLD)
    try:
        stage.start_stand_ins()
        scene = scene_of(stage)
        with SandboxPage(scene) as page:
            _say(f"\n    Open  {page.url}  and walk about by hand.\n")
            return _perform(stage, scene, plan)
    except KeyboardInterrupt:
        return 1
    finally:
        stage.stop()


def _perform(stage: Stage, scene: Scene, plan: Plan) -> int:
    """The page is up: start the product, play the tour in it, stay."""
    scene.touring = plan.tour
    try:
        stage.start_product()
        scene.ready()
        scene.offers(app_manifest(stage))
    except StageError as error:
        _say(str(error))
        scene.failed(str(error))
        return 1
    complete = _play(stage, scene) if plan.tour else True
    if not plan.once:
        _stay(plan)
    return 0 if complete else 1


def _play(stage: Stage, scene: Scene) -> bool:
    def say(line: str) -> None:
        _say(line)
        scene.tell(line)

    try:
        return Tour(stage, say, skip=scene.skip).run(STEPS)
    finally:
        scene.end_tour()


def _stay(plan: Plan) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    mailed = f" What the tour mailed: {FOLDER / 'mail'}" if plan.tour else ""
    _say(f"\nEverything stays up until Ctrl-C.{mailed}")
    stop.wait()


def _say(line: str) -> None:
    print(line, flush=True)
