"""The ways to pay online, by Stripe's names."""

from typing import Literal

Method = Literal["card", "us_bank_account"]
