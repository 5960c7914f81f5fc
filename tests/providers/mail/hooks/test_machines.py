"""Opens and clicks of programs, by the agents that they name."""

from datetime import timedelta

import pytest

from shared.providers.mail.hooks.machines import is_machine

_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    "agent",
    [
        "",
        " ",
        "Mozilla/5.0",
        "Mozilla/5.0 (compatible; BarracudaCentral; +http://www.barracudacentral.org)",
        "ProofpointUrlDefense/1.0",
        "Mozilla/5.0 (compatible; Mimecast; MSIE 9.0)",
        "Microsoft-SafeLinks/1.0",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0",
        f"{_CHROME.replace('Chrome', 'HeadlessChrome')}",
        "python-requests/2.34.2",
        "curl/8.9",
        "Go-http-client/1.1",
        "Java/17.0.1",
    ],
)
def test_a_program(agent: str) -> None:
    assert is_machine(agent)


@pytest.mark.parametrize(
    "agent",
    [
        None,
        _CHROME,
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0",
        "Mozilla/5.0 (Linux; Android 14; CUBOT_X30) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36",
    ],
)
def test_a_person(agent: str | None) -> None:
    assert not is_machine(agent)
    assert not is_machine(agent, method="GET", after=timedelta(seconds=5))
    assert is_machine(agent, method="head")
    assert is_machine(agent, after=timedelta(seconds=4.9))


def test_a_long_agent_is_read_in_its_time() -> None:
    assert not is_machine("Mozilla/5.0 " + "a " * 500_000)
