"""The two ways in which the stand-in says no."""


class SlackError(Exception):
    """An answer ``ok: false``; `code` is Slack's error code, `messages` say what and where."""

    def __init__(self, code: str, *messages: str, **extra: object) -> None:
        super().__init__(": ".join((code, *messages)))
        self.code = code
        self.messages = messages
        self.extra = extra

    def answer(self) -> dict[str, object]:
        body: dict[str, object] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["errors"] = list(self.messages)
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


class NotOnScreenError(LookupError):
    """A person looked for a button, field or option that is not there, or is there twice."""


class BadAnswerError(ValueError):
    """The bot answered something that Slack would not show."""
