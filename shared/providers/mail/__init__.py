"""Registry of mail providers. A new vendor is one file and one line here."""

from shared import settings
from shared.providers import withholding
from shared.providers.mail.base import MailProvider
from shared.settings import Settings


def configured() -> MailProvider | None:
    """The provider that the settings name, or None without a sender or a provider; in a dry run None too, counting a
    withheld call."""
    config = settings.current()
    if not config.mail_from or not (config.resend_api_key or config.smtp_url):
        return None
    return withholding.offered(_by_settings(config))


def _by_settings(config: Settings) -> MailProvider:
    sender, name, timeout = config.mail_from or "", config.mail_from_name, config.mail_seconds
    if config.resend_api_key:
        from shared.providers.mail.resend import Resend

        return Resend(config.resend_base_url, config.resend_api_key, sender, name, timeout=timeout)
    from shared.providers.mail.smtp import Smtp

    return Smtp(config.smtp_url or "", sender, name, timeout=timeout)
