"""The real PDF of a statement that is not sent yet, for the person who has the form open."""

from datetime import date
from typing import cast

from commands import pdf_files, statement_document
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.pdf_files import PdfFile
from commands.previews import StatementPreview
from commands.send_statement import service
from commands.send_statement.order import SendStatement
from storage.statements import StatementType


def preview(actor: Actor, desk: Desk, *, asked: StatementPreview) -> PdfFile:
    """As it would be made now. Raises `NotFound` or `RenderFailed`."""
    require(actor, Permission.SEND_STATEMENT)
    order = SendStatement(
        draft_id="",
        customer_id=asked.customer_id,
        currency=asked.currency,
        type=cast("StatementType", asked.type),
        period_end=date.fromisoformat(asked.period_end),
        recipients=(),
        with_link=asked.with_link,
    )
    pay_url = f"{desk.policy.base_url}/pay/preview" if asked.with_link else None
    with desk.database.reading() as session:
        made = service.made_for(session, desk, order)
        document = statement_document.assemble(
            session, desk, made.statement, made.items, pay_url=pay_url
        )
    return pdf_files.statement_pdf(desk, document)
