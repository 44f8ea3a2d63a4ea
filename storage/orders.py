"""Orders, as the ERP or the order form knows them."""

from datetime import date

from sqlmodel import Field, Session, SQLModel

from storage.columns import STRICT, Day, Text


class Order(SQLModel, table=True):
    __tablename__ = "orders"
    __table_args__ = (STRICT,)

    number: str = Field(primary_key=True, sa_type=Text)
    customer_id: str = Field(foreign_key="customers.id", index=True, sa_type=Text)
    order_date: date = Field(sa_type=Day)
    po_number: str = Field(default="", sa_type=Text)
    status: str = Field(default="", sa_type=Text)


def find(session: Session, number: str) -> Order | None:
    return session.get(Order, number)
