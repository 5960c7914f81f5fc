"""What is known of an address, and the rules that hold for every message."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from shared.kit.mailboxes import Domain, Email
from shared.kit.schema import Entity, Input, Text, TimeZone

MAX_PER_CONTACT = 50

HourMinute = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class QuietHours(Input):
    """Nothing leaves from `start` to `end` o'clock where the contact is; `start` may be later than `end`."""

    start: HourMinute = "20:00"
    end: HourMinute = "08:00"
    weekends: bool = False  # whether Saturday and Sunday are quiet as a whole

    @model_validator(mode="after")
    def _some_time_is_left(self) -> Self:
        if self.start == self.end:
            raise ValueError("start and end are the same, so nothing could ever leave; leave quiet_hours out instead")
        return self


class ContactPolicy(Input):
    """At most `max_per_contact` messages to one address in `per_days`, and `daily_quota` in all a day (UTC)."""

    max_per_contact: Annotated[int, Field(ge=1, le=MAX_PER_CONTACT)] = 3
    per_days: Annotated[int, Field(ge=1, le=365)] = 7
    daily_quota: Annotated[int, Field(ge=1, le=100_000)] = 200
    quiet_hours: QuietHours | None = None
    time_zone: TimeZone = "UTC"  # of contacts whose own is not known


class Contact(Entity):
    """An address, or a whole domain, and what it may be sent."""

    address: str  # ann@acme.io, or @acme.io for everybody there
    sent_at: list[datetime] = []  # the latest sends, as many as the policy can ask for
    suppressed: bool = False
    reason: str = ""
    include_subaddresses: Annotated[
        bool, Field(description="Of an address: it holds for ann+anything@acme.io too, where it is ann@acme.io.")
    ] = True
    include_subdomains: Annotated[
        bool, Field(description="Of a domain: it holds for anybody@eu.acme.io too, where it is @acme.io.")
    ] = True


def _only(given: str, other: str) -> dict[str, Any]:
    return {"required": [given], "properties": {given: {"type": "string"}, other: {"type": "null"}}}


class SuppressionInput(Input):
    """Who is never written to: one address, or everybody at a domain.

    Addresses are compared as mail servers deliver: comments, quotes, case and script make no difference.
    """

    # Within allOf, so that generated clients join the forms with the fields.
    model_config = ConfigDict(
        json_schema_extra={"allOf": [{"anyOf": [_only("email", "domain"), _only("domain", "email")]}]}
    )

    email: Email | None = None
    domain: Domain | None = None
    reason: Text = ""
    include_subaddresses: Annotated[
        bool,
        Field(
            description="With `email`: the whole mailbox, whatever `+tag` an address has. The entry is kept for the "
            "address without its tag. false: this very address alone."
        ),
    ] = True
    include_subdomains: Annotated[
        bool, Field(description="With `domain`: also everybody at a domain below it. false: this very domain alone.")
    ] = True

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.email is None) == (self.domain is None):
            raise ValueError("give either email or domain")
        return self


class SuppressionQuery(Input):
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None
