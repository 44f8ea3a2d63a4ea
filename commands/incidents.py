"""What nobody foresaw: logged with its traceback, and told to people by a reference to it."""

import logging
import secrets

log = logging.getLogger(__name__)


def reference(error: BaseException, **ids: object) -> str:
    """Log the error with `ids` and return the name it can be found by, such as "R-3F09AC"."""
    name = f"R-{secrets.token_hex(3).upper()}"
    log.error("unforeseen: %s", name, exc_info=error, extra={"reference": name, **ids})
    return name
