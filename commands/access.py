"""Who may do what: the one permission table (DESIGN, "Who may do what")."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum

from commands.errors import NotPermitted


class Role(StrEnum):
    ADMIN = "Admin"
    SALES_MANAGER = "Sales Manager"
    CASHIER = "Cashier"
    SALES = "Sales"
    SALES_ALLOCATIONS = "Sales Allocations"


class Permission(Enum):
    """The value completes "You may not …"."""

    SEE_INVOICES = "see invoices and balances"
    CREATE_ORDER = "create an order or issue its invoice"
    SEND_INVOICE = "send an invoice"
    UNDO_ANY_SEND = "undo a colleague's send"
    RETRY_ANY_SEND = "retry a colleague's send"
    SEE_ANY_SENT = "see what a colleague sent"
    SEND_STATEMENT = "send a statement"
    BUILD_BULK_SEND = "build a send from Open Invoices"
    SEND_WITHIN_LIMITS = "send without asking"
    SEND_ABOVE_LIMITS = "send above the limits"
    APPROVE = "approve or reject a request"
    SWITCH_CUSTOMER_LINKS = "enable or disable a customer's payment links"
    TURN_OFF_OWN_LINK = "turn off a link of your own"
    TURN_OFF_ANY_LINK = "turn off a colleague's link"
    RECORD_PAYMENT = "record a payment, apply credit, void or write off"
    REFUND = "refund a payment"
    ASK_FOR_REFUND = "ask for a refund"
    TAKE_DISPUTE = "take a dispute"
    ADMINISTER = "manage people, schedules, limits and the payments account"
    # What the product does by itself, or a customer through a link; no role holds these.
    DELIVER = "deliver"
    SETTLE_PAYMENT = "settle a payment"
    RECONCILE = "reconcile with the gateway"
    MAKE_REFUND = "make a refund at the gateway"
    EXPIRE_REQUESTS = "let requests expire"
    REMIND = "remind people of deadlines"
    IMPORT = "import files"
    SEND_AUTOMATIC_INVOICE = "mail an invoice by itself"
    SEND_BATCH = "send many mails together"
    FORGET = "forget what is old"
    RUN_SCHEDULES = "send statements by itself"
    KEEP_BALANCES = "keep balances"
    OPEN_LINK = "open a payment link"
    START_CHECKOUT = "start a payment"


_EVERYONE = frozenset(Role)
_MANAGERS = frozenset({Role.ADMIN, Role.SALES_MANAGER})

TABLE: dict[Permission, frozenset[Role]] = {
    Permission.SEE_INVOICES: _EVERYONE,
    Permission.CREATE_ORDER: _EVERYONE,
    Permission.SEND_INVOICE: _EVERYONE,
    Permission.UNDO_ANY_SEND: _MANAGERS,
    Permission.RETRY_ANY_SEND: _MANAGERS,
    Permission.SEE_ANY_SENT: _MANAGERS,
    Permission.SEND_STATEMENT: _EVERYONE,
    Permission.BUILD_BULK_SEND: _EVERYONE,
    Permission.SEND_WITHIN_LIMITS: _EVERYONE,
    Permission.SEND_ABOVE_LIMITS: _MANAGERS,
    Permission.APPROVE: _MANAGERS,
    Permission.SWITCH_CUSTOMER_LINKS: _MANAGERS,
    Permission.TURN_OFF_OWN_LINK: _EVERYONE,
    Permission.TURN_OFF_ANY_LINK: _MANAGERS | {Role.CASHIER},
    Permission.RECORD_PAYMENT: frozenset({Role.ADMIN, Role.CASHIER}),
    Permission.REFUND: frozenset({Role.ADMIN}),
    # An Admin asks too, above the limit.
    Permission.ASK_FOR_REFUND: _MANAGERS | {Role.CASHIER},
    Permission.TAKE_DISPUTE: _MANAGERS | {Role.CASHIER},
    Permission.ADMINISTER: frozenset({Role.ADMIN}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff, with the roles held at this moment; several roles are their union."""

    id: str  # Slack's
    name: str
    email: str
    roles: frozenset[Role] = field(default_factory=frozenset)

    def may(self, permission: Permission) -> bool:
        return bool(self.roles & TABLE.get(permission, frozenset()))

    @property
    def role_text(self) -> str:
        return ", ".join(role.value for role in Role if role in self.roles)


@dataclass(frozen=True, slots=True)
class SystemActor:
    """A job of the product itself, holding exactly the permissions that it was given."""

    job: str
    permissions: frozenset[Permission]

    @property
    def id(self) -> str:
        return f"system:{self.job}"

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def role_text(self) -> str:
        return "system"


@dataclass(frozen=True, slots=True)
class CustomerActor:
    """Whoever holds a link: the token is the capability."""

    link_id: str

    @property
    def id(self) -> str:
        return f"link:{self.link_id}"

    def may(self, permission: Permission) -> bool:
        return permission in {Permission.OPEN_LINK, Permission.START_CHECKOUT}

    @property
    def role_text(self) -> str:
        return "customer"


AnyActor = Actor | SystemActor | CustomerActor

DELIVERER = SystemActor("deliver", frozenset({Permission.DELIVER}))
SETTLER = SystemActor(
    "gateway-events",
    frozenset({Permission.SETTLE_PAYMENT, Permission.RECONCILE, Permission.MAKE_REFUND}),
)
HOUSEKEEPER = SystemActor(
    "housekeeping",
    frozenset(
        {
            Permission.FORGET,
            Permission.EXPIRE_REQUESTS,
            Permission.REMIND,
            Permission.KEEP_BALANCES,
        }
    ),
)
BATCHER = SystemActor("batches", frozenset({Permission.SEND_BATCH}))
IMPORTER = SystemActor("import", frozenset({Permission.IMPORT}))
SCHEDULER = SystemActor("schedules", frozenset({Permission.RUN_SCHEDULES}))
AUTOMATIC = SystemActor("automatic-invoices", frozenset({Permission.SEND_AUTOMATIC_INVOICE}))


def require(actor: AnyActor, permission: Permission) -> None:
    """Let the actor pass or raise `NotPermitted`: the first line of every service."""
    if actor.may(permission):
        return
    may = tuple(role.value for role in Role if role in TABLE.get(permission, frozenset()))
    raise NotPermitted(f"You may not {permission.value}.", may)
