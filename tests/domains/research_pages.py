"""Pages as the web has them: with menus, notices, lists, headings, and the same claim on two of them."""

import hashlib
from datetime import UTC, datetime

from shared.providers.web.base import Page


def page(text: str, url: str = "https://a.example/x", title: str = "A") -> Page:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Page(url=url, title=title, text=text, retrieved_at=datetime(2026, 3, 1, tzinfo=UTC), content_hash=digest)


SURVEY = page(
    """Home | News | Research | About | Contact
We use cookies to improve your experience. Accept all cookies?
# Teacher survey 2026
Why do teachers leave?
Four in ten teachers think about leaving the profession, the national survey of 2,400 schools found.
Burnout is the main reason, and marking takes 11 hours of a teacher's week. Dr. Ann Lee of the U.S. Institute of \
Education led the survey.
- Districts struggle to fill 1,300 open positions in mathematics.
- Substitute teachers cost the average district $450,000 a year.
Read more: Related articles
Subscribe to our newsletter for weekly updates on education.
The survey was paid for by three foundations and ran from January to March.
© 2026 Example News. All rights reserved.""",
    "https://news.example/survey",
    "Teacher survey",
)
DISTRICT = page(
    """Northfield plans tutoring pilot
The Northfield school district plans to launch a tutoring pilot in 14 schools in the autumn. Its board raised the \
budget for tutoring to $2.5 million, and demand for tutors is growing in the whole region.
Teachers welcome the pilot because burnout has become the main reason to leave. The district is looking for \
partners that place vetted tutors within three weeks.
Click here to sign up for alerts.
Parks in Northfield were reopened after the storm, and the ferry runs again.""",
    "https://northfield.example/board",
    "Northfield board",
)
JOURNAL = page(
    """Marking and burnout
Burnout is the main reason to leave, and marking takes 11 hours of each teacher's week. No district has found a cure \
for the paperwork so far.
Schools that adopted AI tutors saved two hours of marking a week, according to a study of 60 classrooms.
Skip to content
Table of contents""",
    "https://journal.example/burnout",
    "Journal",
)
PAGES = [SURVEY, DISTRICT, JOURNAL]
QUESTION = "teacher burnout and tutoring in school districts"
