"""Automatic invoices, on PostgreSQL: a module of its own, so that both databases run at once."""

import pytest

from tests.journeys.test_automatic_invoices import (
    test_a_dropped_file_becomes_a_mail_a_payment_and_a_report,
    test_a_file_that_is_refused_is_told_in_the_channel,
    test_the_books_that_were_there_before_are_not_mailed,
)

__all__ = [
    "test_a_dropped_file_becomes_a_mail_a_payment_and_a_report",
    "test_a_file_that_is_refused_is_told_in_the_channel",
    "test_the_books_that_were_there_before_are_not_mailed",
]
pytestmark = pytest.mark.parametrize("stage", ["postgresql"], indirect=True, scope="module")
