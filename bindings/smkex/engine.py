# SPDX-License-Identifier: GPL-2.0-only
"""Both ends of a key exchange, without any network: what happens goes in, what to do comes out.

    >>> from smkex import engine
    >>> client, server = engine.Endpoint("client"), engine.Endpoint("server")
    >>> engine.connect(client, server, delays_s=[0.010, 0.015])
    >>> client.accepted, client.session_key == server.session_key
    (True, True)

`connect` is short; read it to see how the two are stepped through by hand, and put yourself
between them by its argument `tamper`.
"""

from __future__ import annotations

import heapq
import itertools
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from . import _core


class Action(NamedTuple):
    """What an endpoint wants done.

    kind     `send` (octets on a path), `accept`, `deliver` (application data) or `fail`
    at_s     when, in seconds
    path     of `send`, from 1
    content  octets of `send` and `deliver`; the reason of `fail`
    """

    kind: str
    at_s: float
    path: Optional[int]
    content: object


class Endpoint:
    """A client or a server. Instants are seconds and never decrease from call to call."""

    def __init__(self, role: str, protocol: str = "smkex", paths: int = 2, group: str = "x25519",
                 seed: str = "1", costs: str = "none") -> None:
        """Makes one; equal arguments draw equal keys and nonces.

        Raises ValueError for a role other than client and server, an unknown protocol or group, a
        number of paths outside 1 to 8, and an unknown cost profile.
        """
        self.role = role
        self.paths = paths
        self._core = _core.Endpoint(protocol, role, paths, group, seed, costs)

    def on_start(self, now_s: float) -> List[Action]:
        """A client is told to connect; a server, that a client has turned up."""
        return [Action(*a) for a in self._core.on_start(now_s)]

    def on_path_up(self, path: int, now_s: float) -> List[Action]:
        """A path is connected."""
        return [Action(*a) for a in self._core.on_path_up(path, now_s)]

    def on_bytes(self, path: int, data: bytes, now_s: float) -> List[Action]:
        """The next octets on a path."""
        return [Action(*a) for a in self._core.on_bytes(path, data, now_s)]

    def on_path_down(self, path: int, now_s: float, reset: bool = False) -> List[Action]:
        """A path has ended, or never came up."""
        return [Action(*a) for a in self._core.on_path_down(path, reset, now_s)]

    def on_timeout(self, now_s: float) -> List[Action]:
        """Patience has run out."""
        return [Action(*a) for a in self._core.on_timeout(now_s)]

    def send(self, data: bytes, now_s: float) -> List[Action]:
        """Sends application data; nothing happens unless accepted."""
        return [Action(*a) for a in self._core.send(data, now_s)]

    @property
    def accepted(self) -> bool:
        """Whether application data may flow."""
        return bool(self._core.accepted)

    @property
    def failure(self) -> Optional[str]:
        """Why the session was given up, if it was."""
        reason: Optional[str] = self._core.failure
        return reason

    @property
    def session_key(self) -> Optional[bytes]:
        """The 32 octets of the session key, once accepted under one."""
        key: Optional[bytes] = self._core.session_key
        return key

    @property
    def computed_s(self) -> float:
        """Time spent on cryptography so far."""
        return float(self._core.computed_s)


Tamper = Callable[[str, int, bytes], bytes]


def connect(client: Endpoint, server: Endpoint, delays_s: Sequence[float],
            tamper: Optional[Tamper] = None) -> None:
    """Carries octets between two endpoints until neither has anything more to say.

    delays_s  one-way delay of each path, in seconds; connecting a path takes the client two of them
    tamper    gets sender's role, path and octets of each message; what it returns goes on
    """
    ends = {"client": client, "server": server}
    order = itertools.count()
    due: List[Tuple[float, int, str, int, Optional[bytes]]] = []

    def obey(sender: str, actions: List[Action]) -> None:
        for action in actions:
            if action.kind == "send" and action.path is not None:
                assert isinstance(action.content, bytes)
                data = tamper(sender, action.path, action.content) if tamper else action.content
                to = "server" if sender == "client" else "client"
                at = action.at_s + delays_s[action.path - 1]
                heapq.heappush(due, (at, next(order), to, action.path, data))

    obey("client", client.on_start(0))
    obey("server", server.on_start(0))
    for path, delay in enumerate(delays_s, 1):
        heapq.heappush(due, (2 * delay, next(order), "client", path, None))
        heapq.heappush(due, (2 * delay, next(order), "server", path, None))
    while due:
        now, _, to, path, data = heapq.heappop(due)
        end = ends[to]
        obey(to, end.on_path_up(path, now) if data is None else end.on_bytes(path, data, now))
