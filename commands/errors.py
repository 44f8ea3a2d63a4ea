"""Everything that can go wrong on purpose.

PayError                 a sentence for a person, and whether trying again can help
├── NotPermitted         the role table says no
├── Refused              the business says no
│   ├── NotFound
│   ├── InvalidInput     sentences by form field
│   ├── LinksDisabled    payment links are switched off for the customer
│   ├── LinkOff          this link was turned off or replaced
│   ├── NothingToPay
│   ├── PaymentUnderWay  a bank debit is on its way for it
│   ├── TooLate          it has already left
│   └── Changed          the ledger moved since the person looked
└── Unavailable          somebody else's machine says no; retryable
    ├── GatewayUnavailable
    ├── PaymentNotBooked    money went back of a payment that the ledger does not have yet
    ├── MailUnavailable
    ├── SlackUnavailable
    └── RenderFailed
"""


class PayError(Exception):
    """`sentence` is shown to the person as it stands: plain text that names the mend."""

    retryable = False

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotPermitted(PayError):
    """The role table says no; `may` names the roles that could have done it."""

    def __init__(self, sentence: str, may: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.may = may


class Refused(PayError):
    pass


class NotFound(Refused):
    pass


class InvalidInput(Refused):
    """`fields` maps a field of the form to what is wrong with it, all at once."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class LinksDisabled(Refused):
    pass


class LinkOff(Refused):
    pass


class NothingToPay(Refused):
    pass


class PaymentUnderWay(Refused):
    pass


class TooLate(Refused):
    pass


class Changed(Refused):
    """What the person agreed to would not be what happens: show it again as it is now."""


class Unavailable(PayError):
    retryable = True


class GatewayUnavailable(Unavailable):
    """`outcome_known` is False when the gateway may have acted before the answer was lost.

    `key_spent`: it answered with a failure, which it will repeat under the same idempotency key.
    """

    def __init__(
        self, sentence: str, *, outcome_known: bool = True, key_spent: bool = False
    ) -> None:
        super().__init__(sentence)
        self.outcome_known, self.key_spent = outcome_known, key_spent


class PaymentNotBooked(Unavailable):
    pass


class MailUnavailable(Unavailable):
    pass


class SlackUnavailable(Unavailable):
    """`retry_after`: seconds that Slack asked us to wait."""

    def __init__(self, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class RenderFailed(Unavailable):
    pass
