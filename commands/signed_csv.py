"""The list behind a signed link, for the person it was made for."""

from commands import previews
from commands.aging.csv_file import aging_csv
from commands.batches.report_csv import batch_csv
from commands.bulk_send.request_csv import bulk_send_csv
from commands.csv_files import CsvFile
from commands.desk import Desk
from commands.open_invoices.sheet import selection_csv
from commands.people import actors
from commands.previews import CsvLink


def signed_csv(desk: Desk, *, signed: str) -> CsvFile | None:
    """None when the link leads to something else. Raises as `previews.verify`, `NotPermitted`."""
    asked = previews.verify(desk.keyring, signed, desk.clock.real())
    if not isinstance(asked, CsvLink):
        return None
    actor = actors.present(desk, asked.person_id)
    match asked.table:
        case "batch":
            return batch_csv(actor, desk, batch_id=asked.ref)
        case "bulk_send":
            return bulk_send_csv(actor, desk, bulk_send_id=asked.ref)
        case "aging":
            return aging_csv(actor, desk, query=asked.ref)
        case "selection":
            return selection_csv(actor, desk, selection_id=asked.ref)
