"""The mails that arrived, for the page: a list, and each part of one at its own address."""

from html import escape
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.mail.received import ReceivedMail
from bot.sandbox.mail.sandbox import MailSandbox
from bot.sandbox.page.scene import JSON

SHOWN = 100
SNIPPET = 110
# The mail may draw and link, nothing else: no script, no form, nothing from outside.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:"
)
SHOWN_IN_PLACE = frozenset(("application/pdf", "text/csv", "text/plain", "image/png"))


def listed(mail: MailSandbox) -> list[JSON]:
    """The newest first."""
    numbered = list(enumerate(mail.messages))
    return [_row(number, one) for number, one in numbered[: -SHOWN - 1 : -1]]


def _row(number: int, mail: ReceivedMail) -> JSON:
    return {
        "number": number,
        "subject": mail.subject,
        "from": str(mail.message["From"] or ""),
        "to": ", ".join(mail.recipients),
        "at": mail.received_at.isoformat(),
        "snippet": " ".join(mail.text.split())[:SNIPPET],
        "attachments": [
            {
                "name": part.filename,
                "type": part.content_type,
                "size": len(part.content),
                "url": f"/mail/{number}/attachment/{place}/{quote(part.filename, safe='')}",
            }
            for place, part in enumerate(mail.attachments)
        ],
    }


class Mailbox:
    def __init__(self, mail: MailSandbox) -> None:
        self._mail = mail

    def routes(self) -> list[Route]:
        return [
            Route("/mail/{number:int}/html", self.html),
            Route("/mail/{number:int}/parts", self.parts),
            Route("/mail/{number:int}/attachment/{place:int}/{name}", self.attachment),
        ]

    def _find(self, request: Request) -> ReceivedMail | None:
        messages, number = self._mail.messages, request.path_params["number"]
        return messages[number] if number < len(messages) else None

    def html(self, request: Request) -> Response:
        """The HTML part as it came; links open beside the page."""
        mail = self._find(request)
        if mail is None:
            return Response("no such mail", 404)
        body = mail.html or f"<pre>{escape(mail.text)}</pre>"
        shown = f'<base target="_blank">{body}'
        if "<head>" in body:
            shown = body.replace("<head>", '<head><base target="_blank">', 1)
        return HTMLResponse(shown, headers={"Content-Security-Policy": MAIL_POLICY})

    def parts(self, request: Request) -> Response:
        """Text and headers."""
        mail = self._find(request)
        if mail is None:
            return JSONResponse({"trouble": "no such mail"}, 404)
        headers = [[name, str(value)] for name, value in mail.message.items()]
        return JSONResponse({"text": mail.text, "headers": headers, "envelope": mail.recipients})

    def attachment(self, request: Request) -> Response:
        mail, place = self._find(request), request.path_params["place"]
        if mail is None or place >= len(mail.attachments):
            return Response("no such attachment", 404)
        part = mail.attachments[place]
        known = part.content_type in SHOWN_IN_PLACE
        kind = part.content_type if known else "application/octet-stream"
        name = quote(part.filename, safe="")
        manner = "inline" if known else "attachment"
        headers = {
            "Content-Disposition": f"{manner}; filename*=UTF-8''{name}",
            "Content-Security-Policy": "frame-ancestors 'self'",  # viewers need the rest
        }
        return Response(part.content, media_type=kind, headers=headers)
