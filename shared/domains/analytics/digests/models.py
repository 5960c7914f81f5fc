"""Whether a user gets the weekly digest, and by which way."""

from shared.kit.schema import Input


class DigestSettings(Input):
    """The week in numbers, on Monday at eight in the contact policy's time zone. A mail goes to the verified address
    that the user signs in with, and to no other."""

    notification: bool = True
    mail: bool = True
