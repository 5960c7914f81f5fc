"""/api/playbook: what the product stands for, and all prompts of the library."""

from shared.domains.playbooks import guide
from shared.domains.playbooks.guide import GuidePrompts, Onboarding, Summary
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router

router = Router("/api/playbook")


@router.get("/summary", Fields(Summary))
def get_summary(call: Call) -> Summary:
    """What the product stands for, whom it is for and what it holds to."""
    return guide.SUMMARY


@router.get("/onboarding", Fields(Onboarding))
def get_onboarding(call: Call) -> Onboarding:
    """The prompt to begin with."""
    return guide.ONBOARDING


@router.get("/prompts", Fields(GuidePrompts))
def get_prompts(call: Call) -> GuidePrompts:
    """All prompts of the library, to be copied."""
    return guide.list_prompts()


playbook = http_function("playbook", router)
