"""Registry of mail providers. A new vendor is one file and one line here."""

from shared import settings
from shared.providers import withholding
from shared.providers.mail.base import MailProvider
from shared.providers.vendors import Vendor, first_connected

# The first that is connected is used.
VENDORS = (
    Vendor("resend_api_key", "shared.providers.mail.resend"),
    Vendor("smtp_url", "shared.providers.mail.smtp"),
)


def configured() -> MailProvider | None:
    """The provider that the settings name, or None without a sender or a provider; in a dry run None too, counting a
    withheld call."""
    config = settings.current()
    vendor = first_connected(VENDORS, config)
    if vendor is None or not config.mail_from:
        return None
    provider: MailProvider = vendor.by_settings(config)
    return withholding.offered(provider)
