"""Ticking open invoices: a window opened, and every change in it merged with what is remembered."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, cast, get_args

from sqlmodel import Session

from commands import freshness
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.open_invoices import filtering
from commands.open_invoices.merging import Changes, Screen, changes
from storage import candidates, receivables, selections
from storage.candidates import Counts, Fallen, Refusal, Row
from storage.receivables import NO_FILTERS, Filters
from storage.selections import Selection, SelectionWindow, SentBack
from storage.unit_of_work import repeatable

PAGE = 50  # rows; Slack shows at most a hundred blocks
Step = Literal["look", "next", "previous", "all", "clear", "filter"]


@dataclass(frozen=True, slots=True)
class Move:
    """What was pressed; `filters` with the step "filter"."""

    step: Step = "look"
    filters: Filters = NO_FILTERS


def move(step: str) -> Move:
    """Raises `Refused` for a step that does not exist."""
    if step not in get_args(Step):
        raise Refused("This button is not known any more. Please open a new list: /pay open")
    return Move(cast("Step", step))


@dataclass(frozen=True, slots=True)
class Look:
    """What a window shows; `matching`: how many can be ticked under its filters.

    `sent_back`: the request that came to nothing and whose ticks are taken up again.
    """

    window_id: str
    version: int
    filters: Filters
    page: int
    rows: tuple[Row, ...]
    ticked: frozenset[str]
    matching: int
    counts: Counts
    refused: tuple[Refusal, ...]
    fallen: tuple[Fallen, ...]
    today: date
    imported_at: datetime | None
    sent_back: SentBack | None = None

    @property
    def pages(self) -> int:
        return max(-(-self.matching // PAGE), 1)


@audited("open_invoices")
@repeatable
def open_window(actor: Actor, desk: Desk, *, typed: str) -> Look:
    """A new window on what the person has ticked so far, searched for `typed`.

    Raises `Refused` while no money can be taken.
    """
    require(actor, Permission.BUILD_BULK_SEND)
    _require_account(desk)
    with desk.database.writing() as session:
        selection = selections.open_of(session, actor.id) or _begun(session, actor, desk)
        back = _take_up(session, selection)
        window = SelectionWindow(id=str(uuid.uuid4()), selection_id=selection.id)
        window.filters = filtering.content(filtering.typed(typed))
        session.add(window)
        gone, rows = drop_fallen(session, selection), _draw(session, desk, window)
    return replace(_look(desk, window, rows, gone), sent_back=back)


@audited("tick_invoices", about="screen.window_id")
@repeatable
def change(actor: Actor, desk: Desk, *, screen: Screen, move: Move = Move()) -> Look:
    """Merge what stands on the screen, then move.

    Raises `NotFound`, or `Refused` when the ticks were sent meanwhile.
    """
    require(actor, Permission.BUILD_BULK_SEND)
    with desk.database.writing() as session:
        selection, window = own(session, actor, screen.window_id)
        selection.changed_at = desk.clock.now()
        session.add(selection)
        _merge(session, window, screen)
        gone = drop_fallen(session, selection)
        _step(session, desk, window, move)
        rows = _draw(session, desk, window, None if move.step != "look" else screen)
    return _look(desk, window, rows, gone)


def own(session: Session, actor: Actor, window_id: str) -> tuple[Selection, SelectionWindow]:
    """The person's window and its selection, held until the unit of work ends."""
    window = selections.window(session, window_id)
    selection = selections.lock(session, window.selection_id) if window else None
    if window is None or selection is None or selection.owner != actor.id:
        raise NotFound("This list is not known any more. Please open a new one: /pay open")
    if selection.requested_at is not None:
        raise Refused("These invoices were sent already. Please open a new list: /pay open")
    session.refresh(window)  # another request may have changed it while this one waited
    return selection, window


def _require_account(desk: Desk) -> None:
    account = desk.gateway.account.state()
    if account.status == "not_connected":
        raise Refused(
            "No payments account is connected, so there are no links to send."
            " An Admin connects one; /pay invoice sends an invoice without a link meanwhile."
        )
    if account.status == "restricted":
        said = account.explanation or "The payments account cannot take money now."
        raise Refused(f"{said} No links can be sent until an Admin has seen to it.")


def _begun(session: Session, actor: Actor, desk: Desk) -> Selection:
    selection = Selection(id=str(uuid.uuid4()), owner=actor.id, changed_at=desk.clock.now())
    session.add(selection)
    session.flush()
    return selection


def _take_up(session: Session, selection: Selection) -> SentBack | None:
    """What was rejected, withdrawn or never decided is ticked again, if nothing else is."""
    back = selections.sent_back(session, selection.owner)
    if back is None or candidates.owners(session, selection.id):
        return None
    selections.take_over(session, session.get_one(Selection, back.selection_id), selection)
    return back


def _merge(session: Session, window: SelectionWindow, screen: Screen) -> None:
    made = changes(screen, window.version, window.ticked)
    candidates.tick(session, window.selection_id, made.ticked)
    selections.untick(session, window.selection_id, made.unticked)
    if screen.version == window.version:
        window.ticked = sorted(_now(frozenset(window.ticked), made))


def _now(known: frozenset[str], made: Changes) -> frozenset[str]:
    return (known | made.ticked) - made.unticked


def drop_fallen(session: Session, selection: Selection) -> tuple[Fallen, ...]:
    """Ticks that no longer hold, taken off."""
    gone = candidates.fallen(session, selection.id)
    selections.untick(session, selection.id, [each.number for each in gone])
    return tuple(gone)


def _draw(
    session: Session, desk: Desk, window: SelectionWindow, screen: Screen | None = None
) -> list[Row]:
    """Read the window's page and remember what it shows.

    With the `screen` that it replaces its blocks keep their names, unless a tick or a row on it
    is to change: Slack ignores what a block that it knows should begin with.
    """
    rows = _rows(session, desk, window)
    numbers = [row.number for row in rows]
    ticked = candidates.ticked_among(session, window.selection_id, numbers)
    same = screen is not None and screen.version == window.version and window.shown == numbers
    if not same or (screen is not None and screen.ticked != ticked):
        window.version += 1
    window.shown, window.ticked = numbers, sorted(ticked)
    session.add(window)
    session.flush()
    return rows


def _rows(session: Session, desk: Desk, window: SelectionWindow) -> list[Row]:
    conditions = _conditions(session, desk, window)
    rows = candidates.page(session, conditions, limit=PAGE, offset=window.page * PAGE)
    if not rows and window.page:
        last = (candidates.count(session, conditions) - 1) // PAGE
        window.page = max(last, 0)
        rows = candidates.page(session, conditions, limit=PAGE, offset=window.page * PAGE)
    return rows


def _look(desk: Desk, window: SelectionWindow, rows: list[Row], gone: tuple[Fallen, ...]) -> Look:
    with desk.database.reading() as session:
        conditions = _conditions(session, desk, window)
        return Look(
            window_id=window.id,
            version=window.version,
            filters=filtering.of_content(window.filters),
            page=window.page,
            rows=tuple(rows),
            ticked=frozenset(window.ticked),
            matching=candidates.count(session, conditions),
            counts=candidates.counts(session, window.selection_id),
            refused=tuple(candidates.refused(session, conditions)),
            fallen=gone,
            today=desk.policy.today(desk.clock.now()),
            imported_at=freshness.imported_at(session),
        )


def _conditions(
    session: Session, desk: Desk, window: SelectionWindow
) -> list[candidates.Condition]:
    today = desk.policy.today(desk.clock.now())
    return receivables.conditions(session, today, filtering.of_content(window.filters))


def _step(session: Session, desk: Desk, window: SelectionWindow, move: Move) -> None:
    match move.step:
        case "next":
            window.page += 1
        case "previous":
            window.page = max(window.page - 1, 0)
        case "all":
            candidates.tick_all(session, window.selection_id, _conditions(session, desk, window))
        case "clear":
            selections.clear(session, window.selection_id)
        case "filter":
            window.filters, window.page = filtering.content(move.filters), 0
        case "look":
            pass
