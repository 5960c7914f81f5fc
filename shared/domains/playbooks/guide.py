"""The product's guide: its principles, a prompt for a user's first steps, and all prompts of the library."""

from shared.domains.playbooks.library import LIBRARY
from shared.kit.schema import Model


class Summary(Model):
    movement: str
    audience: str
    principles: list[str]


class Onboarding(Model):
    prompt: str


class GuidePrompt(Model):
    id: str
    title: str
    description: str
    prompt: str


class GuidePrompts(Model):
    prompts: list[GuidePrompt]


SUMMARY = Summary(
    movement=(
        "Outreach that begins with research: find few people for whom an offer matters, learn what occupies them, "
        "write to each of them personally, and let automation do the routine around it."
    ),
    audience=(
        "Founders, consultants and small sales or marketing teams who win customers through conversations, and who "
        "want AI to prepare their work and not to replace their judgement."
    ),
    principles=[
        "Research before reach: no message without a reason that concerns its reader.",
        "Few and fitting: twenty good prospects beat two thousand addresses.",
        "Say only what is true: facts have sources, gaps stay visible, nothing is made up.",
        "A person decides: AI drafts, people approve what leaves the house.",
        "Follow up kindly, stop early: every sequence ends, and a no is respected.",
        "Write once, use often: what works becomes a template, a playbook or an automation.",
    ],
)
ONBOARDING = Onboarding(
    prompt=(
        "Help me set up my outreach. Ask me these questions one at a time, and wait for each answer:\n"
        "1. What do you offer, and what changes for a customer who has it?\n"
        "2. Who were your three best customers, and how did they find you?\n"
        "3. Whom do you want to reach next: industry, role, size, region?\n"
        "4. What do these people try today instead of your offer?\n"
        "5. Which results or references may you mention?\n"
        "6. How should your messages sound, and what would you never write?\n\n"
        "Then answer with: a persona (name, tone, industry focus, use cases, writing style, positioning, brand voice), "
        "an ideal customer in five criteria that can be checked, three reasons to write to them now, and a first "
        "message of at most 90 words. Mark every assumption of yours as such.\n\n"
        "What I can say already: {input}"
    )
)


def list_prompts() -> GuidePrompts:
    """Lists the library's prompts, each with its playbook and step."""
    return GuidePrompts(
        prompts=[
            GuidePrompt(
                id=f"{playbook.id}.{prompt.id}",
                title=prompt.title,
                description=f"{playbook.name}, step {number} of {len(playbook.prompts)}",
                prompt=prompt.prompt,
            )
            for playbook in LIBRARY.values()
            for number, prompt in enumerate(playbook.prompts, start=1)
        ]
    )
