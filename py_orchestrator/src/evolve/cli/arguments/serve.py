"""The words of `evolve serve`."""

from __future__ import annotations

import argparse
import ipaddress
from typing import TYPE_CHECKING, Any

from evolve.cli.arguments.listening import MAXIMUM_PORT, host_name
from evolve.cli.arguments.parser import number, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable

MAXIMUM_THREADS = 1_024
MAXIMUM_ROWS = 1_000_000

_ABOUT = """\
Serve brains to other programs, over HTTP, gRPC and WebSocket.

MODEL is an ONNX file, a champion (.evo), or a run, whose champion it is; NAME=MODEL gives it a name of its
own. Without one the latest run's champion is served. What many callers ask within a moment is computed
together, on every device that is named. The service ends with Ctrl-C or SIGTERM, once all is answered that
was taken.
"""

_EXAMPLES = """\
examples:
  {program} serve                                       the latest champion, at http://127.0.0.1:8000
  {program} serve runs/xor-1-001 enemy=boss.onnx        two models, named xor-1-001 and enemy
  {program} serve --repository models                   a folder of them: NAME/VERSION/model.onnx
  {program} serve --device cuda:0,cuda:1 big.onnx       on two GPUs, or not at all

  curl http://127.0.0.1:8000/infer -H 'Content-Type: application/json' -d '{{"inputs": [0.0, 1.0]}}'
"""


def add_serve(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    serve = commands.add_parser(
        "serve",
        help="serve champions and ONNX models to other programs",
        description=_ABOUT,
        epilog=_EXAMPLES.format(program=program),
    )
    serve.add_argument(
        "models", nargs="*", metavar="MODEL", help="[NAME=]FILE.onnx, FILE.evo or RUN (default: latest run)"
    )
    serve.add_argument(
        "--repository",
        metavar="FOLDER",
        help="serve what lies in it; administrators load from it and put models in",
    )
    _add_place(serve)
    _add_security(serve)
    _add_scheduler(serve)
    serve.add_argument(
        "--drain-seconds",
        type=_at_least(0.0),
        default=30.0,
        metavar="S",
        help="how long the end may take, for what was taken to be answered (default: 30)",
    )
    serve.add_argument(
        "--log-format", choices=("words", "json"), default="words", metavar="FORMAT", help="words or json"
    )
    serve.add_argument(
        "--json", action="store_true", help="say what is served as one JSON object, when ready"
    )


def _add_place(serve: Any) -> None:  # noqa: ANN401
    place = serve.add_argument_group("where")
    place.add_argument(
        "--host",
        type=_address,
        default="127.0.0.1",
        metavar="ADDRESS",
        help="the address to listen at (default: 127.0.0.1, which only this machine reaches)",
    )
    place.add_argument(
        "--port",
        type=whole_number(0, MAXIMUM_PORT),
        default=8000,
        metavar="PORT",
        help="for HTTP; 0 is a free one (default: 8000)",
    )
    place.add_argument(
        "--name",
        type=host_name,
        action="append",
        default=[],
        metavar="NAME",
        dest="names",
        help="a name that callers call this machine by; the certificate's are known",
    )
    place.add_argument(
        "--grpc-port",
        type=whole_number(0, MAXIMUM_PORT),
        default=8001,
        metavar="PORT",
        help="for gRPC; 0 is a free one (default: 8001)",
    )
    place.add_argument(
        "--websocket-port",
        type=whole_number(0, MAXIMUM_PORT),
        default=8002,
        metavar="PORT",
        help="for WebSocket, the door of games; 0 is a free one (default: 8002)",
    )
    place.add_argument("--certificate", metavar="FILE", help="TLS: the certificate, PEM")
    place.add_argument("--key", metavar="FILE", help="and its key")


def _add_security(serve: Any) -> None:  # noqa: ANN401
    security = serve.add_argument_group("who")
    security.add_argument("--keys", metavar="FILE", help="ask for keys, made by 'evolve keys add'")
    security.add_argument(
        "--oauth", metavar="FILE", help="take an identity provider's tokens, as docs/security.md shows"
    )
    security.add_argument(
        "--rate",
        type=_at_least(0.0),
        default=0.0,
        metavar="N",
        help="requests a second that a caller may make; 0 is no limit (default: 0)",
    )
    security.add_argument(
        "--insecure", action="store_true", help="let other machines in without keys or without TLS"
    )


def _add_scheduler(serve: Any) -> None:  # noqa: ANN401
    scheduler = serve.add_argument_group("how")
    scheduler.add_argument(
        "--device",
        nargs="+",
        action="append",
        default=[],
        metavar="DEVICE",
        dest="devices",
        help="cpu, cuda:0, cuda:0,cuda:1, coreml, … (default: the best that onnxruntime has here)",
    )
    scheduler.add_argument(
        "--allow-cpu", action="store_true", help="go on with the CPU where a device cannot be had"
    )
    scheduler.add_argument(
        "--threads",
        type=whole_number(1, MAXIMUM_THREADS),
        default=1,
        metavar="N",
        help="within a model; more than one helps large ones only (default: 1)",
    )
    scheduler.add_argument(
        "--delay",
        type=_at_least(0.0),
        default=0.0,
        metavar="S",
        help="seconds to wait for company; 0 computes together what is there (default: 0)",
    )
    scheduler.add_argument(
        "--max-batch",
        type=whole_number(1, MAXIMUM_ROWS),
        default=4_096,
        metavar="ROWS",
        help="the most that is computed together (default: 4096)",
    )
    scheduler.add_argument(
        "--queue",
        type=whole_number(1, MAXIMUM_ROWS * 10),
        default=65_536,
        metavar="ROWS",
        help="the most that waits for a model; callers beyond it are turned away (default: 65536)",
    )
    scheduler.add_argument(
        "--deadline",
        type=_at_least(0.01),
        default=30.0,
        metavar="S",
        help="how long a model may take before it is stopped; whoever waits is told (default: 30)",
    )


def _at_least(least: float) -> Callable[[str], float]:
    def convert(text: str) -> float:
        if (value := number(text)) < least:
            raise argparse.ArgumentTypeError(f"expected a number of at least {least:g}, not '{text}'")
        return value

    return convert


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address("127.0.0.1" if text == "localhost" else text.strip("[]")))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected an address of this machine like 127.0.0.1, 0.0.0.0 or ::1, not '{text}'"
        ) from None
