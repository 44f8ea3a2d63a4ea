from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.sandbox import loopback
from bot.sandbox.serving import LoopbackServer

APP = Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))])


def test_a_wished_port_is_given_if_it_is_free() -> None:
    with LoopbackServer(APP) as first:
        port = int(first.url.rpartition(":")[2])
        with LoopbackServer(APP, port) as second:
            assert second.url != first.url
            assert loopback.get(second.url).text == "here"
    with LoopbackServer(APP, port) as third:
        assert third.url == first.url
