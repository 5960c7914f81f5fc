"""What nobody delivers any more: a message, document event or task that was given up."""

from dataclasses import dataclass, field
from typing import Literal

Source = Literal["message", "event", "task", "mail"]
LETTER = "dead_letter"  # the attribute, as a task's header X-Dead-Letter, by which what is redriven names its letter


@dataclass(frozen=True)
class Undelivered:
    """One message, event or task, given up after `attempts` deliveries.

    `key` is the same however often this is reported. `function` should have taken it (None: no function of this
    deployment); `target` is the topic or subscription, the document, or the queue.
    """

    source: Source
    function: str | None
    target: str
    key: str
    body: bytes
    attributes: dict[str, str] = field(default_factory=dict)
    attempts: int = 1
    error: str | None = None
    uid: str | None = None

    @property
    def letter(self) -> str | None:
        """The id of the dead letter that was redriven, and has come back."""
        return self.attributes.get(LETTER)
