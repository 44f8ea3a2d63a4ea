"""Orders, as the ERP sends them or the order form takes them; what was typed here has lines."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, or_, select

from storage.columns import STRICT, Day, Exact, Minor, Text, Utc
from storage.customers import Customer
from storage.money import Money

# How many of the newest orders the Order Summary shows; a search reaches the others.
RECENT = 1000


class Order(SQLModel, table=True):
    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_recent", "order_date", "number"),
        Index("uq_orders_form_id", "form_id", unique=True),
        STRICT,
    )

    number: str = Field(primary_key=True, sa_type=Text)
    customer_id: str = Field(foreign_key="customers.id", index=True, sa_type=Text)
    order_date: date = Field(sa_type=Day)
    po_number: str = Field(default="", sa_type=Text)
    status: str = Field(default="", sa_type=Text)
    currency: str = Field(default="", sa_type=Text)  # "": the ERP told no lines and no amounts
    notes: str = Field(default="", sa_type=Text)
    created_by: str = Field(default="", sa_type=Text)  # a Slack id; "" for an import
    ship_date: date | None = Field(default=None, sa_type=Day)
    due_date: date | None = Field(default=None, sa_type=Day)  # of its invoice; None: by the terms
    created_at: datetime | None = Field(default=None, sa_type=Utc)
    form_id: str | None = Field(default=None, sa_type=Text)  # two submissions make one order
    net: int = Field(default=0, sa_type=Minor)
    tax: int = Field(default=0, sa_type=Minor)
    total: int = Field(default=0, sa_type=Minor)

    @property
    def amount(self) -> Money | None:
        """None when the ERP told no lines."""
        return Money(self.total, self.currency) if self.currency else None


class OrderLine(SQLModel, table=True):
    __tablename__ = "order_lines"
    __table_args__ = (STRICT,)

    order_number: str = Field(primary_key=True, foreign_key="orders.number", sa_type=Text)
    line: int = Field(primary_key=True)
    description: str = Field(sa_type=Text)
    quantity: Decimal = Field(sa_type=Exact)
    unit: str = Field(default="", sa_type=Text)
    unit_price: Decimal = Field(sa_type=Exact)
    tax_rate: Decimal = Field(default=Decimal(0), sa_type=Exact)  # percent
    amount: int = Field(sa_type=Minor)  # net, rounded half up
    tax: int = Field(sa_type=Minor)


def find(session: Session, number: str) -> Order | None:
    return session.get(Order, number)


def of_form(session: Session, form_id: str) -> Order | None:
    return session.exec(select(Order).where(Order.form_id == form_id)).first()


def lines(session: Session, number: str) -> list[OrderLine]:
    own = select(OrderLine).where(OrderLine.order_number == number)
    return list(session.exec(own.order_by(col(OrderLine.line))))


def recent(
    session: Session, person_id: str, *, limit: int, offset: int = 0
) -> list[tuple[Order, Customer]]:
    """Of the newest orders, those the person took or represents first, each newest first."""
    newest = (col(Order.order_date).desc(), col(Order.number).desc())
    window = select(Order.number).order_by(*newest).limit(RECENT)
    mine = or_(Order.created_by == person_id, col(Customer.sales_rep) == person_id)
    found = (
        select(Order, Customer)
        .join(Customer)
        .where(col(Order.number).in_(window))
        .order_by(mine.is_(True).desc(), *newest)
    )
    return list(session.exec(found.limit(limit).offset(offset)).all())
