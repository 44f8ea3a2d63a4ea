"""Money that goes back, on PostgreSQL: a module of its own, so that both databases run at once."""

import pytest

from tests.journeys.test_money_back import (
    test_a_cashier_asks_and_a_sales_manager_approves,
    test_a_dispute_is_opened_taken_and_won,
    test_a_refund_in_the_dashboard_arrives,
    test_an_admin_refunds_part_of_a_payment,
)

__all__ = [
    "test_a_cashier_asks_and_a_sales_manager_approves",
    "test_a_dispute_is_opened_taken_and_won",
    "test_a_refund_in_the_dashboard_arrives",
    "test_an_admin_refunds_part_of_a_payment",
]
pytestmark = pytest.mark.parametrize("stage", ["postgresql"], indirect=True, scope="module")
