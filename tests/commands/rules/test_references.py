import pytest

from commands.rules.references import comparable, same_method


def test_case_and_spaces_of_a_reference_mean_nothing() -> None:
    assert comparable("CHQ 10 01", " ", "") == {"chq1001"}
    assert comparable("chq1001") & comparable("Chq 1001")


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("cheque", "Check", True),
        ("cheque", "", True),
        ("bank_transfer", "Wire Transfer", True),
        ("bank_transfer", "bank-transfer", True),
        ("cash", "cheque", False),
    ],
)
def test_other_books_call_our_methods_otherwise(ours: str, theirs: str, same: bool) -> None:
    assert same_method(ours, theirs) is same
