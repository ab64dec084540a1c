"""A gRPC call on its stream: messages in, messages and a status out, a deadline, and counted memory."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from evolve.serving.doors.grpc.status import Code, Late, code_of
from evolve.serving.doors.grpc.wire import (
    ANSWER_HEAD,
    MAXIMUM_MESSAGE,
    NOTHING,
    Messages,
    Packed,
    TooLarge,
    http_block,
    only_message,
    read_timeout,
    status_block,
    written,
)
from evolve.serving.doors.grpc.work import Host, Work
from evolve.serving.errors import BadInput, ModelFailed, Overloaded, ServingError
from evolve.serving.http2.headers import Head
from evolve.serving.http2.stream import Stream
from evolve.serving.logs import LOG
from evolve.serving.tensors import Array

# A message has so long to arrive, and longer if it is large.
_MESSAGE_SECONDS: Final = 20.0
_SLOWEST_BYTES_A_SECOND: Final = 64 * 1024
# A caller who takes nothing of an answer for so long is given up.
_STUCK_SECONDS: Final = 60.0
_LONGEST_DEADLINE: Final = 86_400.0


class GrpcCall:
    """Owns its stream; does nothing that its work doesn't ask for, but keep the bounds."""

    __slots__ = (
        "_has_begun",
        "_held",
        "_host",
        "_is_ended",
        "_messages",
        "_moved",
        "_since",
        "_stream",
        "_timer",
        "_work",
        "is_over",
        "peer",
    )

    def __init__(self, stream: Stream, peer: str, host: Host) -> None:
        self.peer = peer
        # Whether its answer stands, though it may not have left.
        self.is_over = False
        self._stream = stream
        self._host = host
        self._messages = Messages()
        self._held = 0
        self._has_begun = False
        self._is_ended = False
        self._work: Work | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._since = host.now
        self._moved = 0
        stream.owner = self

    def begin(self, head: Head, ended: bool) -> None:
        """Find out what is asked; the answer may be there at once."""
        with _Faults(self):
            if (timeout := head.fields.get("grpc-timeout")) is not None:
                seconds = min(read_timeout(timeout), _LONGEST_DEADLINE)
                self._timer = asyncio.get_running_loop().call_later(seconds, self._expire)
            self._work = self._host.open(self, head)
        if ended:
            self.received(b"", ended=True)

    def received(self, data: bytes, ended: bool) -> None:
        if self.is_over or self._work is None:
            return
        self._is_ended = ended
        with _Faults(self):
            message = None if self._messages.size or self._stream.is_paused else only_message(data)
            if message is not None:
                self._since = self._host.now
                self._take_in(len(message))
                self._work.message(message)
            else:
                self._keep(data)
            if ended or message is None:
                self._deal_out()

    def drained(self) -> None:
        if self._work is not None and not self.is_over:
            with _Faults(self):
                self._work.drained()

    def closed(self) -> None:
        self._end()
        self._host.free_bytes += self._held
        self._held = 0

    def look(self) -> None:
        """Once a second: give up whoever keeps us waiting."""
        now = self._host.now
        if not self._stream.is_clear:
            if self._moved != self._stream.moved:
                self._moved, self._since = self._stream.moved, now
            elif now - self._since > _STUCK_SECONDS:
                self._stream.abandon()
        elif self._work is not None and not self.is_over:
            with _Faults(self):
                patience = _MESSAGE_SECONDS + self._messages.size / _SLOWEST_BYTES_A_SECOND
                is_waiting = self._messages.size or self._work.wants_message
                if is_waiting and not self._stream.is_paused and now - self._since > patience:
                    raise Late("the message did not arrive in time")
                self._work.look()

    def hang_up(self) -> None:
        """The service ends."""
        if self._work is not None and not self.is_over:
            with _Faults(self):
                self._work.hang_up()

    @property
    def is_clear(self) -> bool:
        """Whether the next message would leave at once."""
        return self._stream.is_clear

    def hold(self, size: int) -> None:
        """Count memory that is held for the caller; a negative size gives some back."""
        self._held += size
        self._host.free_bytes -= size

    def pause(self) -> None:
        """Take no more messages for now."""
        self._stream.pause()

    def read_on(self) -> None:
        if self._stream.is_paused and not self.is_over:
            self._since = self._host.now
            self._stream.read_on()
            with _Faults(self):
                self._deal_out()

    def send(self, message: bytes) -> bool:
        """One message of several; whether it left at once."""
        if not self.is_over:
            _check_size(message)
            if not self._has_begun:
                self._has_begun = True
                self._stream.begin(ANSWER_HEAD)
            self._stream.send(written(message))
        return self._stream.is_clear

    def settle(
        self,
        outputs: list[Array] | None,
        error: ServingError | None,
        write: Callable[[Sequence[Array]], bytes],
    ) -> None:
        """Answer a call of one message with what a model gave."""
        with _Faults(self):
            if outputs is None:
                raise error or ModelFailed("the model gave nothing")
            self.reply(write(outputs))

    def reply(self, message: bytes) -> None:
        """The only message, and the end."""
        if self.is_over:
            return
        if not self.send(message):
            self.hold(len(message))
        self.finish()

    def finish(self) -> None:
        """All is said, and well."""
        self._finish(Code.OK)

    def fail(self, error: ServingError) -> None:
        """End the call; when to come again stands in `retry-after`, in seconds, as HTTP has it."""
        fields = {"grpc-accept-encoding": "identity"} if isinstance(error, Packed) else {}
        if (seconds := getattr(error, "retry_after_seconds", None)) is not None:
            fields["retry-after"] = f"{seconds:g}"
        self._finish(code_of(error), str(error), fields)

    def fault(self, error: Exception) -> None:
        """A fault of our own: the log knows it, the caller is told no more than that."""
        LOG.error("a gRPC call failed", exc_info=error)
        self._finish(Code.INTERNAL, "the service failed: its log tells more")

    def refuse(self, status: int) -> None:
        """What calls is no gRPC at all, and gets a status of HTTP."""
        self._end()
        self._stream.end(http_block(status))

    def _finish(self, code: Code, sentence: str = "", more: Mapping[str, str] = NOTHING) -> None:
        if self.is_over:
            return
        block = status_block(code, sentence, more)
        has_begun, self._has_begun = self._has_begun, True
        self._end()
        self._stream.end(block if has_begun else ANSWER_HEAD + block)

    def _end(self) -> None:
        self.is_over = True
        if self._timer is not None:
            self._timer.cancel()
        if self._work is not None:
            self._work.stop()
            self._work = None

    def _keep(self, data: bytes) -> None:
        if not self._messages.size:
            self._since = self._host.now
        self._take_in(len(data))
        self._messages.feed(data)

    def _take_in(self, size: int) -> None:
        self.hold(size)
        if self._host.free_bytes < 0:
            raise Overloaded("the messages of other calls fill the memory: come again a little later")

    def _deal_out(self) -> None:
        """Give the work what is whole, as long as it takes any."""
        while not self.is_over and not self._stream.is_paused and self._work is not None:
            before = self._messages.size
            message = self._messages.take() if before else None
            if message is not None:
                self._since = self._host.now
                self.hold(len(message) + self._messages.size - before)
                self._work.message(message)
            elif self._is_ended:
                self._is_ended = False
                if before:
                    raise BadInput("message", "ends before its end")
                self._work.ended()
                return
            else:
                return

    def _expire(self) -> None:
        self.fail(Late("the deadline that the caller has set is over"))


class _Faults:
    """Whatever is raised inside is the end of the call, and of nothing else."""

    __slots__ = ("_call",)

    def __init__(self, call: GrpcCall) -> None:
        self._call = call

    def __enter__(self) -> None:
        """Nothing is prepared."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, ServingError):
            self._call.fail(error)
        elif isinstance(error, Exception):
            self._call.fault(error)
        return error is None or isinstance(error, Exception)


def _check_size(message: bytes) -> None:
    if len(message) > MAXIMUM_MESSAGE:
        raise TooLarge(
            f"the answer has {len(message)} bytes, and {MAXIMUM_MESSAGE} are the most that is sent"
        )
