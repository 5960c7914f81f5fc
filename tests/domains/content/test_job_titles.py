"""A job title says what a person decides now: not what others decide, nor what the person decided once."""

import pytest

from shared.domains.content import job_titles, prospect_fit
from tests.domains.content.briefs import prospect


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("CEO", "decides alone"),
        ("Co-Founder & CTO", "decides alone"),
        ("Geschäftsführerin", "decides alone"),
        ("President", "decides alone"),
        ("Vice President, Sales", "holds a budget"),
        ("Head of Marketing", "holds a budget"),
        ("Principal", "holds a budget"),
        ("Assistant Principal", "holds a budget"),
        ("Chief of Staff to the CEO", "influences the decision"),
        ("Principal Consultant", "influences the decision"),
        ("Senior Accountant", "influences the decision"),
        ("Product Owner", "influences the decision"),
        ("Head Chef", None),
        ("Assistant to the CEO", None),
        ("Executive Assistant to the CEO", None),
        ("Assistentin der Geschäftsführung", None),
        ("Former CEO", None),
        ("Ex-CTO, now gardener", None),
        ("Intern, Office of the CTO", None),
        ("Marketing Intern", None),
        ("N/A", None),
        (None, None),
    ],
)
def test_seniority_is_of_the_person_and_of_now(title: str | None, level: str | None) -> None:
    assert job_titles.seniority(title) == level


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Senior Accountant", "finance"),
        ("Account Executive", "sales"),
        ("Accounts Payable Clerk", "finance"),
        ("Principal Software Engineer", "technology"),
        ("Technical Recruiter", "people"),
        ("Growth Marketing Manager", "marketing"),
        ("Superintendent", "education"),
        ("CEO", "leadership"),
        ("Principal Consultant", None),
        ("Principal", None),
        ("Assistant to the CEO", None),
        ("Former CEO", None),
        ("Intern, Office of the CTO", None),
    ],
)
def test_the_line_of_work_is_the_persons_own(title: str, line: str | None) -> None:
    work = prospect_fit.line_of_work(prospect(job_title=title))
    assert (work.name if work else None) == line


def test_a_principal_of_a_school_is_in_education() -> None:
    work = prospect_fit.line_of_work(prospect(job_title="Principal", company="Lake School"))
    assert work is not None
    assert work.name == "education"


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("HEAD OF SALES", "Head of Sales"),
        ("chief executive officer", "Chief Executive Officer"),
        ("ceo", "CEO"),
        ("CEO | Speaker | Author", "CEO"),
        ("Head of Sales, former CTO", "Head of Sales"),
        ("VP Sales at Acme", "VP Sales"),
        ("Manager..", "Manager"),
        ("Former CEO", ""),
        ("Looking for new opportunities", ""),
        ("none", ""),
    ],
)
def test_a_title_is_called_as_a_text_would(stored: str, said: str) -> None:
    assert job_titles.spoken(stored) == said


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("CEO (former)", None),
        ("CEO emeritus", None),
        ("CEO-elect", None),
        ("EA to CEO", None),
        ("CEO's Office Manager", "influences the decision"),
        ("CEO Coach", None),
        ("CEO Advisor", None),
        ("Channel Partner Manager", "influences the decision"),
        ("HR Business Partner", None),
        ("President's Club Winner", None),
        ("Assistante du directeur", None),
        ("C.E.O.", "decides alone"),
        ("CIO/CTO", "decides alone"),
        ("Directeur général", "decides alone"),
        ("CEO & Founder at X. Former VP at Y", "decides alone"),
        ("Managing Partner", "decides alone"),
        ("Founding Partner", "holds a budget"),
    ],
)
def test_who_helps_those_that_decide_does_not_decide(title: str, level: str | None) -> None:
    assert job_titles.seniority(title) == level


@pytest.mark.parametrize(("title", "spoken"), [("CEO (former)", ""), ("C.E.O.", "CEO"), ("CIO/CTO", "CIO/CTO")])
def test_what_a_text_calls_them(title: str, spoken: str) -> None:
    assert job_titles.spoken(title) == spoken


@pytest.mark.parametrize("title", ["PA to the Managing Director", "EA to CEO", "Ayudante del director"])
def test_who_works_for_another(title: str) -> None:
    assert job_titles.is_subordinate(title)
    assert not job_titles.is_subordinate("Secretary General")
