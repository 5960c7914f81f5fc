"""What stands in a page's place is named; articles that speak of it are read."""

import pytest

from shared.domains.research import obstacles
from shared.errors import ProviderError
from tests.fixtures import planted

_NEWS = "The council approved the plan for the bridge on Monday, and work begins in May. "

OBSTACLES = {
    "no such page": [
        ("Page not found | Acme", "Sorry! The page you are looking for was moved. Popular: Pricing, Blog, Careers."),
        ("Acme", "# 404\n\nNothing here but crickets."),
        ("Fehler", "Die gewünschte Seite wurde nicht gefunden. Zur Startseite"),
        ("Error", "La página no existe o ha cambiado de dirección."),
        ("エラー", "お探しのページは見つかりませんでした。"),
        ("Oops", "# Oops! Nothing here\n\nThe page you requested has moved or never existed."),
        ("Acme", "Sorry, we can't seem to find what you're looking for."),
        ("Jobs", "This listing is no longer available. See similar jobs."),
    ],
    "cookies": [
        ("Before you continue", "We use cookies and data to deliver our services. We and our 800 partners "
         "store personal data to show personalised ads. Manage your consent preferences. Accept all. Reject all."),
        ("Zustimmung", "Wir und unsere Partner verwenden Cookies. Mit Ihrer Einwilligung verarbeiten wir Daten. "
         "Alle akzeptieren. Zur Datenschutzerklärung."),
    ],
    "not paid": [
        ("Bridge plan approved", _NEWS * 3 + "Subscribe now to continue reading. Already a subscriber?"),
        ("Brücke genehmigt", "Der Rat stimmte am Montag zu. Jetzt abonnieren und weiterlesen."),
        ("橋の計画", "市議会は月曜日に橋の計画を承認した。この記事は有料会員限定です。"),
    ],
    "scripts": [("App", "You need to enable JavaScript to run this app."), ("Dashboard", "Loading...")],
    "login": [("Priya Raman", "Sign in to view Priya's full profile. New here? Join now.")],
    "a person": [("Just a moment...", "Checking your browser before accessing the site. This takes five seconds."),
                 ("Attention Required! | Cloudflare", "Please complete the security check to access acme.example")],
    "out of service": [
        ("Maintenance", "We are down for maintenance. Please check back soon."),
        ("Account Suspended", "This account has been suspended. Contact your hosting provider."),
        ("acme.example", "This domain is for sale. Buy this domain."),
        ("503 Service Temporarily Unavailable", "# 503\n\nnginx"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "title", "text"), [(reason, *page) for reason, pages in OBSTACLES.items() for page in pages]
)
def test_what_is_no_article_is_named(reason: str, title: str, text: str) -> None:
    with pytest.raises(ProviderError, match=f"^https://a.example/x .*{reason}"):
        obstacles.check("https://a.example/x", title, text)


def test_the_prompt_to_pay_may_stand_outside_of_the_text() -> None:
    teaser = _NEWS * 4
    obstacles.check("u", "Bridge plan approved", teaser, "<html><body>A short report</body></html>")
    for markup in (
        '<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>',
        "<div class=wall><b>Subscribe</b> to continue reading</div>",
    ):
        with pytest.raises(ProviderError, match="beginning"):
            obstacles.check("u", "Bridge plan approved", teaser, markup)
    obstacles.check("u", "Bridge plan approved", _NEWS * 60, '{"isAccessibleForFree": false}')


@pytest.mark.parametrize("name", planted.FACTS)
def test_real_pages_are_read(name: str) -> None:
    page = planted.page(name)
    content, kind = planted.document(name)
    obstacles.check(page.url, page.title, page.text, content.decode() if "html" in kind else "")


def test_articles_about_obstacles_are_read() -> None:
    about = "A 404 page tells visitors that nothing was found, and cookies need consent. "
    obstacles.check("u", "Why a page was not found", about * 3 + _NEWS * 14)
    obstacles.check("u", "Paywalls", "Readers must log in to continue. " + _NEWS * 40)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Acme", "Nothing here but great service. Acme sells a record system to 400 clinics and has 40 staff."),
        ("Scheduled maintenance", "Our scheduled maintenance plan covers 400 pumps. Each visit costs 90 euros."),
        ("Domain names", "Our consultants tell whether a domain is for sale. We serve 500 customers in 12 countries."),
        ("Jobs", "500 internal openings were filled in 2024, 300 of them from within. Fluctuation was 4 %."),
        ("Hours", "The museum is closed for maintenance on Mondays. It shows 400 paintings. Tickets are 12 francs."),
        ("Acme Pumps", "We keep pumps under maintenance for 400 plants. Acme has 90 engineers in Basel and Lyon."),
        ("Acme", "You have found what you are looking for: records made easy for 200 clinics."),
    ],
)
def test_short_pages_with_words_of_obstacles_are_read(title: str, text: str) -> None:
    obstacles.check("u", title, text)
