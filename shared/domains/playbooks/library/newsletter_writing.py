"""Newsletter Writing: an issue that one reader wants to forward."""

from shared.domains.playbooks.models import LibraryPlaybook, Prompt

PLAYBOOK = LibraryPlaybook(
    id="newsletter_writing",
    name="Newsletter Writing",
    description="Pick one angle, outline it for one reader, write the issue, test the subject line, and reuse it.",
    category="Content",
    icon="mail",
    tags=("newsletter", "email", "writing", "content"),
    prompts=(
        Prompt(
            id="angle",
            title="Find the angle",
            prompt="""
            You edit a newsletter that people read to the end. Its readers are {audience}.
            This is the raw material for the next issue:

            {input}

            Propose five angles. For each: the one sentence a reader should remember, why it matters to {audience}
            this week, what most people get wrong about it, and what in my material supports it.
            Recommend one, and say which material to leave out.
            """,
        ),
        Prompt(
            id="outline",
            title="Outline the issue",
            prompt="""
            Outline the recommended angle as an issue of 500 to 700 words:
            opening scene or fact (2-3 sentences), the claim, three steps of argument each with an example from my
            material, one objection answered fairly, one thing to do within 15 minutes, one closing line.
            Note under each part where a fact or a number is still missing, as a question to me.
            """,
        ),
        Prompt(
            id="draft",
            title="Write the draft",
            prompt="""
            Write the issue from the outline. Tone: {tone}.
            Sentences below 25 words, paragraphs of at most three sentences, subheadings that tell and do not tease.
            Use only facts from my material, and mark gaps as [to check].
            No "in today's world", no rhetorical questions in a row, no summary that repeats the text.
            """,
        ),
        Prompt(
            id="subject",
            title="Subject lines and preview",
            prompt="""
            Write ten subject lines of at most 45 characters: three plain, three with a number or a name, two that
            state an opinion, two that could be a message from a friend.
            For each, a preview text of at most 80 characters that adds and does not repeat.
            Choose two for an A/B test and say which hypothesis the test decides.
            """,
        ),
        Prompt(
            id="reuse",
            title="Edit and reuse",
            prompt="""
            First, be the strictest reader among {audience}: list the five weakest sentences of the draft with a
            better version.
            Then turn the issue into: one LinkedIn post (150 words), one thread of five short posts, and one question
            to send to subscribers that invites a reply.
            Each must stand alone for someone who has not read the issue.
            """,
        ),
    ),
)
