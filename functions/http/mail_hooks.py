"""/api/hooks/mail/{provider}: what mail providers report, and the mail that they or a forwarder hand in; no sign-in."""

from shared.domains.inbox import receiving
from shared.domains.inbox.models import Accepted
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, MailUpload, Router

router = Router("/api/hooks/mail")


@router.post("/{provider}", Fields(Accepted), status=202, public=True)
def receive(call: Call, provider: str, body: MailUpload) -> Accepted:
    """Takes what a mail provider reports (`resend`: its webhook, signed), or a mail as it came in (`raw`: the message
    itself as `message/rfc822`, or JSON with `raw`). Repeated calls change nothing; a forged one is refused (401)."""
    headers = {name.lower(): value for name, value in call.request.headers.items()}
    return receiving.receive(provider, body.content, headers)


mail_hooks = http_function("mail_hooks", router)
