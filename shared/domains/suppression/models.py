"""What is stored of an address or a domain, and what may be sent to suppress one."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from shared.kit.mailboxes import Domain, Email
from shared.kit.schema import Entity, Input, Text


class Contact(Entity):
    """An address, or a whole domain, and what it may be sent."""

    address: str  # ann@acme.io, or @acme.io for everybody there
    sent_at: list[datetime] = []  # the latest sends, as many as the policy can ask for
    soft_bounces: list[str] = []  # the latest messages, by id, that bounced for now, since the last that arrived
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
