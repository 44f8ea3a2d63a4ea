"""Numbers of documents that are issued here: one series a prefix, without gaps."""

from sqlmodel import Field, Session, SQLModel

from storage import bulk
from storage.columns import STRICT, Text

FIRST = 1001
_TRIED_AT_ONCE = 100


class NumberSeries(SQLModel, table=True):
    __tablename__ = "number_series"
    __table_args__ = (STRICT,)

    prefix: str = Field(primary_key=True, sa_type=Text)
    last: int


def take(session: Session, prefix: str, column: object) -> str:
    """The next number that no row has in `column`; those that came by import are passed over.

    The series is locked until the unit of work ends: who fails gives the number back, and two at
    once wait for each other.
    """
    series = session.get(NumberSeries, prefix, with_for_update=True)
    series = series or NumberSeries(prefix=prefix, last=FIRST - 1)
    series.last = _next_free(session, series, column)
    session.add(series)
    session.flush()
    return f"{prefix}{series.last}"


def _next_free(session: Session, series: NumberSeries, column: object) -> int:
    start = series.last + 1
    while True:
        tried = range(start, start + _TRIED_AT_ONCE)
        names = {f"{series.prefix}{number}": number for number in tried}
        taken = bulk.columns_by_keys(session, [column], column, names)
        free = set(tried) - {names[row[0]] for row in taken}
        if free:
            return min(free)
        start = tried.stop
