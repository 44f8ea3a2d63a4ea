"""References of payments as they are compared. Pure."""

# What other books call our ways to pay.
_METHODS = {
    "check": "cheque",
    "chk": "cheque",
    "chq": "cheque",
    "transfer": "bank_transfer",
    "wire": "bank_transfer",
    "wire_transfer": "bank_transfer",
}


def comparable(*texts: str) -> set[str]:
    """The texts that say anything; case and spaces mean nothing."""
    return {"".join(text.casefold().split()) for text in texts if text.strip()}


def same_method(ours: str, theirs: str) -> bool:
    """Whether another book means our method; one that says nothing does not contradict."""
    named = "_".join(theirs.casefold().replace("-", " ").split())
    return not named or _METHODS.get(named, named) == ours
