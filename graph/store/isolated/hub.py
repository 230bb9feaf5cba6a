"""The parent's side of the hub: children are asked for here, and each can be ended without hitting another."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graph.errors import TooBusy

T = TypeVar("T")

#: The kernel's limits on processes and files, or its memory, are reached.
_FULL = "The system has no room for another process at the moment."
#: Seconds after a failed start of the hub in which it is not tried again: each try is a whole new interpreter.
_PAUSE = 0.5


@dataclass(eq=False)
class Child:
    """A process that somebody else forked for us: our end of its channel, and a handle that is its own for good.

    (A pid is given to another process as soon as this one has ended, and it ends when it likes.)
    """

    channel: socket.socket
    pid: int
    _handle: int = field(default=-1, init=False)
    _ended: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        try:
            self._handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            self._ended = True
        except OSError:
            pass  # No such call before Linux 5.3, or no free descriptor: then by its pid after all.

    def kill(self) -> None:
        """End it at once; harmless where it has ended."""
        if self._ended:
            return
        with contextlib.suppress(OSError):
            if self._handle >= 0:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)
        self.release()

    def release(self) -> None:
        """Nothing is wanted of it any more; it ends when its channel closes."""
        self._ended = True
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def close(self) -> None:
        """Close its channel, whereupon it ends, and forget it."""
        self.channel.close()
        self.release()


class Hub:
    """Starts the hub process where none runs, and takes one request at a time to it. ``module`` is what it runs."""

    def __init__(self, module: str = "graph.store.isolated.children") -> None:
        self._module = module
        #: Exchanges that must not be cut short, for whoever closes down.
        self.exchanges: set[asyncio.Task[Any]] = set()
        self._process: asyncio.subprocess.Process | None = None
        self._channel: socket.socket | None = None
        self._lock = asyncio.Lock()
        self._not_before = 0.0

    async def ask(self, request: str) -> Child:
        """Have a child forked. Raises TooBusy where it cannot be."""

        async def ask() -> Child:
            async with self._lock:
                if self._channel is not None:
                    with contextlib.suppress(OSError, EOFError):
                        return await fork(self._channel, request)
                await self._restart()
                assert self._channel is not None
                try:
                    return await fork(self._channel, request)
                except (OSError, EOFError):
                    raise no_room() from None

        return await self.to_the_end(ask(), Child.close)

    async def to_the_end(self, exchange: Coroutine[Any, Any, T], unwanted: Callable[[T], None]) -> T:
        """Await an exchange that must not be cut short, or the next answer would be taken for this one's.

        Where the asker goes away meanwhile, ``unwanted`` takes what came of it.
        """
        task = self.see_to(exchange)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(
                lambda done: None if done.cancelled() or done.exception() else unwanted(done.result())
            )
            raise

    def see_to(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start what is to be finished even if nobody waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self.exchanges.add(task)
        task.add_done_callback(self.exchanges.discard)
        return task

    async def _restart(self) -> None:
        loop = asyncio.get_running_loop()
        await self.stop()
        if loop.time() < self._not_before:
            raise no_room()
        try:
            ours, theirs = socket.socketpair()
        except OSError:
            raise no_room() from None
        try:
            with theirs:
                ours.setblocking(False)
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    self._module,
                    str(theirs.fileno()),
                    str(os.getpid()),
                    pass_fds=[theirs.fileno()],
                )
            if await loop.sock_recv(ours, 1) != b"R":
                raise OSError("the hub ended")
        except OSError:
            self._not_before = loop.time() + _PAUSE
            ours.close()
            await self.stop()
            raise no_room() from None
        self._channel = ours

    async def stop(self) -> None:
        """End the hub and, through the kernel, everything that came of it."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._process is not None and self._process.returncode is None:
            # Not Process.kill(): it may take the exit status away from under wait().
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        self._process = None


async def fork(channel: socket.socket, request: str) -> Child:
    """Send one end of a new socket pair with a request; returns the other end and the child that has the first.

    Raises TooBusy where no process could be made, OSError or EOFError where nobody is there to make one.
    """
    try:
        ours, theirs = socket.socketpair()
    except OSError:
        raise no_room() from None
    try:
        with theirs:
            socket.send_fds(channel, [request.encode()], [theirs.fileno()])
        answer = b""
        while len(answer) < 4:
            piece = await asyncio.get_running_loop().sock_recv(channel, 4 - len(answer))
            if not piece:
                raise EOFError
            answer += piece
        pid = int.from_bytes(answer, "big")
        if not pid:
            raise no_room()
    except BaseException:
        ours.close()
        raise
    ours.setblocking(False)
    return Child(ours, pid)


def no_room() -> TooBusy:
    return TooBusy("no-workers", _FULL, "Ask again in a few seconds.")
