"""What goes wrong while the work runs: a class for each fault, whose `during` does it until its block ends."""

import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from infra.chaos.receiver import Receiver
from infra.local.cloud import LocalCloud
from infra.local.courier import Disorder
from infra.local.process import LocalError
from infra.local.stack import Stack


class Fault:
    """Nothing goes wrong beside what always does: every message comes twice and late."""

    name: ClassVar[str] = "messages come twice, late and in any order"
    copies: ClassVar[int] = 2  # of each message, at most
    shuffle_seconds: ClassVar[float] = 0.5
    silent: ClassVar[float] = 0.0  # the share of calls to the outside that is never answered
    call_seconds: ClassVar[float] = 20.0  # after which a call to the outside is given up
    manifest: ClassVar[str] = "functions.manifest"  # the module that names the functions
    at_once: ClassVar[int] = 0  # prospects that come in requests of their own, so many at the same time; 0: by import

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.injected = 0
        self.problems: list[str] = []
        self.dice = random.Random(seed)  # noqa: S311

    @property
    def disorder(self) -> Disorder:
        return Disorder(self.copies, self.shuffle_seconds, random.Random(self.seed))  # noqa: S311

    @contextmanager
    def prepared(self, cloud: LocalCloud) -> Iterator[Mapping[str, str]]:
        """The environment that the functions need for this fault, while its block lasts."""
        yield {}

    @contextmanager
    def during(self, stack: Stack, receiver: Receiver) -> Iterator[None]:
        """Do it, from the first work to the end of the last."""
        yield


class Striking(Fault, ABC):
    """A fault that strikes at moments, from a thread of its own."""

    every: ClassVar[tuple[float, float]] = (2.0, 5.0)  # seconds
    strikes: ClassVar[int] = 1_000_000  # at most

    @abstractmethod
    def strike(self, stack: Stack) -> None:
        """Do it once; raises LocalError or OSError where it cannot be done."""

    @contextmanager
    def during(self, stack: Stack, receiver: Receiver) -> Iterator[None]:
        self.over = threading.Event()
        thread = threading.Thread(target=self._work, args=(stack,), name="fault", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.over.set()
            thread.join()

    def _work(self, stack: Stack) -> None:
        while self.injected < self.strikes and not self.over.wait(self.dice.uniform(*self.every)):
            try:
                self.strike(stack)
            except (LocalError, OSError) as error:
                self.problems.append(f"the fault itself failed: {error}")
                return
            self.injected += 1


class Copies(Fault):
    """Events and tasks come two to five times, over three seconds; messages of steps likewise."""

    name = "messages come 2 to 5 times, reordered over 3 s"
    copies = 5
    shuffle_seconds = 3.0

    @contextmanager
    def during(self, stack: Stack, receiver: Receiver) -> Iterator[None]:
        before = stack.cloud.events.taken
        yield
        self.injected = stack.cloud.events.taken - before  # events, each of which came again


class BlackHole(Fault):
    """The provider accepts calls and never answers: a third of the first ones, of which half have taken place."""

    name = "the provider accepts a call and never answers"
    silent = 0.34
    call_seconds = 2.0

    @contextmanager
    def during(self, stack: Stack, receiver: Receiver) -> Iterator[None]:
        yield
        self.injected = receiver.silences
