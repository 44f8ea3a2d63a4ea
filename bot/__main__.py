"""`python -m bot VERB`: the verbs of the contract."""

import argparse
import atexit
import gc
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from bot import logs
from bot.settings import SettingError, Settings
from commands.errors import PayError
from commands.ports import Clock, SetClock, SystemClock

WRONG_USE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code; 2 for a wrong setting or command line, told in one line."""
    # Else the interpreter, as it ends, looks for garbage among all that was loaded: 0.4 s.
    atexit.register(gc.freeze)
    chosen = _parser().parse_args(arguments)
    try:
        settings = Settings.load()
        logs.configure(chosen.verb)
        run: Callable[[Settings, argparse.Namespace], int] = chosen.run
        return run(settings, chosen)
    except SettingError as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    except PayError as error:
        print(error.sentence, file=sys.stderr)
        return 1
    except Exception as error:
        said = _database_trouble(error)
        if not said:
            raise
        print(said, file=sys.stderr)
        return 1


def _database_trouble(error: Exception) -> str:
    """One line if the database could not be reached, else nothing."""
    if "sqlalchemy" not in sys.modules:  # then it was not the database
        return ""
    from storage.unit_of_work import out_of_reach

    if not out_of_reach(error):
        return ""
    reason = " ".join(str(getattr(error, "orig", None) or error).split())
    return f"DATABASE_URL: the database cannot be reached or is busy. {reason}"


def _migrate(settings: Settings, _: argparse.Namespace) -> int:
    from bot.wiring import open_database
    from storage.schema import migrate

    database = open_database(settings)
    try:
        migrate(database)
    finally:
        database.close()
    return 0


def _web(settings: Settings, _: argparse.Namespace) -> int:
    from bot.web.server import run

    return run(settings)


def _worker(settings: Settings, _: argparse.Namespace) -> int:
    from bot.jobs.worker import run

    return run(settings)


def _clock(settings: Settings, _: argparse.Namespace) -> int:
    from bot.jobs.clock import run

    return run(settings)


def _serve(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot.account_check import checked_desk
    from bot.serve import run
    from bot.wiring import check

    check(settings)  # each child would say it for itself, and all of it would begin anew
    _migrate(settings, chosen)
    checked_desk(settings).database.close()
    return run()


def _import(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot.wiring import office_desk
    from commands.access import IMPORTER
    from commands.import_files.service import import_files

    desk = office_desk(settings, clock=_clock_at(chosen.now))
    report = import_files(
        IMPORTER,
        desk,
        paths=chosen.files,
        accept_good=chosen.accept_good,
        progress=lambda line: print(line, file=sys.stderr, flush=True),
    )
    print("\n".join(report.sentences()))
    return 1 if report.refused else 0


def _run_due(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot.account_check import checked_desk
    from bot.jobs.due import run_due
    from bot.wiring import carriers, migrated_database

    migrated_database(settings).close()
    own, import_dir = checked_desk(settings, clock=_clock_at(chosen.now)), settings.import_dir
    counts = run_due(own, carriers(settings), import_dir)
    print(json.dumps(counts))
    return 0


def _export_ledger(settings: Settings, _: argparse.Namespace) -> int:
    from bot.wiring import migrated_database
    from commands.export_ledger.service import ledger

    json.dump(ledger(migrated_database(settings)), sys.stdout, ensure_ascii=False)
    print()
    return 0


def _export_payments(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot.wiring import migrated_database
    from commands.export_payments.service import write

    timezone = settings.timezone
    write(migrated_database(settings), sys.stdout, since=chosen.since, timezone=timezone)
    return 0


def _manifest(settings: Settings, _: argparse.Namespace) -> int:
    from bot.slack.manifest import manifest

    print(json.dumps(manifest(settings.base_url), indent=2))
    return 0


def _people(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot.wiring import office_desk
    from commands.people import service

    desk = office_desk(settings)
    act = {"add": service.add_role, "remove": service.remove_role}.get(chosen.act)
    if act is None:
        people = service.list_people(service.OPERATOR, desk)
    else:
        people = [act(service.OPERATOR, desk, person=chosen.who, role=chosen.role)]
    print("\n".join(str(person) for person in people) or "Nobody yet: people add SLACK_ID ROLE")
    return 0


def _demo(_: Settings, chosen: argparse.Namespace) -> int:
    import logging

    from bot.sandbox.demo.run import Plan, run

    logging.getLogger().setLevel(logging.WARNING)  # the terminal belongs to the tour
    return run(Plan(once=chosen.once, tour=not chosen.no_tour))


def _clock_at(instant: datetime | None) -> Clock:
    return SetClock(instant) if instant else SystemClock()


def _instant(text: str) -> datetime:
    """ISO 8601; without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not an instant such as 2026-10-31T23:30:00Z"
        raise argparse.ArgumentTypeError(message) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a day such as 2026-10-31"
        raise argparse.ArgumentTypeError(message) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Payment Links")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(
        name: str, run: Callable[[Settings, argparse.Namespace], int], says: str
    ) -> argparse.ArgumentParser:
        own = verbs.add_parser(name, help=says, description=says)
        own.set_defaults(run=run)
        return own

    verb("migrate", _migrate, "bring the database to the newest schema; creates it too")
    verb("web", _web, "answer Slack, Stripe and customers over HTTP")
    verb("worker", _worker, "deliver mails and Slack posts, settle gateway events")
    verb("clock", _clock, "do what is due by the time of day")
    verb("serve", _serve, "migrate, then web, worker and clock together")
    reading = verb("import", _import, "read CSV files into the ledger, all or nothing")
    reading.add_argument("files", nargs="+", type=Path, metavar="FILE")
    reading.add_argument("--accept-good", action="store_true", help="take the good rows")
    reading.add_argument("--now", type=_instant, metavar="ISO8601", help="business time")
    due = verb("run-due", _run_due, "do once everything that is due, then print counts as JSON")
    due.add_argument("--now", type=_instant, metavar="ISO8601", help="business time")
    verb("export-ledger", _export_ledger, "print the whole ledger as one JSON object")
    paid = verb("export-payments", _export_payments, "print payments as CSV for an ERP")
    paid.add_argument("--since", type=_date, metavar="DATE", help="only rows of that day or later")
    verb("manifest", _manifest, "print the Slack app manifest for BASE_URL")
    _people_arguments(verb("people", _people, "list people; add or remove a role"))
    demo = verb("demo", _demo, "the product on loopback with stand-ins, no account needed")
    demo.add_argument("--once", action="store_true", help="exit after the tour")
    demo.add_argument("--no-tour", action="store_true", help="only start, and stay up")
    return parser


def _people_arguments(people: argparse.ArgumentParser) -> None:
    people.set_defaults(act="list")
    acts = people.add_subparsers(dest="act", metavar="add|remove")
    for act in ("add", "remove"):
        own = acts.add_parser(act)
        own.add_argument("who", metavar="SLACK_ID_OR_EMAIL")
        own.add_argument("role", metavar="ROLE")


if __name__ == "__main__":
    sys.exit(main())
