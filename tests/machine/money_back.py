"""Money that goes back: refunds asked for, agreed on and made; disputes that somebody takes."""

from hypothesis import strategies as some
from hypothesis.stateful import rule

from commands.access import SETTLER
from commands.approvals import service as approvals
from commands.dispute import service as disputes
from commands.refund import service as refund
from commands.refund.carry_out import carry_out_next
from commands.refund.plan import RefundWish
from storage.approvals import Approval
from tests.builders import ANNA, CARL, MARA
from tests.machine.acting import AMOUNTS, PICK, STEPS, Acting, whole


class MoneyBack(Acting):
    @rule(pick=PICK, amount=AMOUNTS, whole_of_it=some.booleans(), asks=some.booleans(), dies=STEPS)
    def staff_refund(
        self, pick: int, amount: int, whole_of_it: bool, asks: bool, dies: int | None
    ) -> None:
        """An Admin at once; a cashier's waits for a second person."""
        books = self.latest
        if not books.money():
            return
        payment = books.payments[self.one_of(books.money(), pick)]
        minor = payment.amount - payment.refunded - payment.disputed if whole_of_it else amount
        ticked = tuple(row.invoice_number for row in books.laid if row.payment_id == payment.id)
        chosen = ticked[:1] if amount % 2 else ()
        draft = self.next_id("refund")
        wish = RefundWish(draft, payment.id, whole(minor), "requested_by_customer", invoices=chosen)
        with self.dying(dies):
            refund.place(CARL if asks else ANNA, self.shop.desk, wish=wish)

    @rule(act=some.sampled_from(["approve", "reject", "withdraw", "approve_own"]), dies=STEPS)
    def somebody_decides(self, act: str, dies: int | None) -> None:
        waiting = self.latest.waiting()
        with self.dying(dies):
            for request in waiting[:1]:
                self._decide(act, request)

    @rule(lost=some.booleans(), pending=some.booleans(), dies=STEPS)
    def the_refund_is_made(self, lost: bool, pending: bool, dies: int | None) -> None:
        """By a worker that dies over it, or hears no answer, now and then."""
        side = self.shop.stripe.refunds
        side.status, side.forget_answers = "pending" if pending else "succeeded", int(lost)
        with self.dying(dies):
            carry_out_next(SETTLER, self.shop.desk)
        side.status, side.forget_answers = "succeeded", 0

    @rule(pick=PICK, dies=STEPS)
    def somebody_takes_the_dispute(self, pick: int, dies: int | None) -> None:
        known = sorted(self.latest.disputes)
        with self.dying(dies):
            for dispute_id in [self.one_of(known, pick)] if known else []:
                disputes.take(MARA, self.shop.desk, dispute_id=dispute_id)

    # -- how ------------------------------------------------------------------------------------

    def _decide(self, act: str, request: Approval) -> None:
        desk, about = self.shop.desk, request.id
        seen = request.content_hash
        if act == "withdraw":
            approvals.withdraw(CARL, desk, approval_id=about)
        elif act == "reject":
            reason = "Not agreed"
            approvals.reject(MARA, desk, approval_id=about, content_hash=seen, reason=reason)
        else:
            actor = MARA if act == "approve" else CARL
            approvals.approve(actor, desk, approval_id=about, content_hash=seen)
