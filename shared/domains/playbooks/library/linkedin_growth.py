"""LinkedIn Growth: a profile, a content plan and conversations that lead to calls."""

from shared.domains.playbooks.models import LibraryPlaybook, Prompt

PLAYBOOK = LibraryPlaybook(
    id="linkedin_growth",
    name="LinkedIn Growth",
    description="Sharpen the profile, post with a point of view for a month, and turn comments into conversations.",
    category="Social Media",
    icon="linkedin",
    tags=("linkedin", "social media", "content", "personal brand"),
    prompts=(
        Prompt(
            id="positioning",
            title="Position the profile",
            prompt="""
            You advise specialists on LinkedIn. This is who I am and what I want to be known for:

            {input}

            1. Put my positioning in one sentence: I help [whom] to [outcome] by [how], unlike [usual alternative].
            2. Write five headlines of at most 220 characters; no buzzwords, no emojis, one with a number.
            3. Write an About section of 150 to 200 words in the first person that opens with my reader's problem,
               proves one result, and ends with one invitation.
            Ask for proof you are missing instead of making it up.
            """,
        ),
        Prompt(
            id="pillars",
            title="Define content pillars",
            prompt="""
            My audience on LinkedIn is {audience}.
            Propose four content pillars that meet what I want to be known for.
            For each pillar: the belief I argue for, the common belief I argue against, three problems of the
            audience it touches, and five post ideas as full first lines.
            Mark the two ideas most likely to start a discussion among {audience} and say why.
            """,
        ),
        Prompt(
            id="calendar",
            title="Plan four weeks",
            prompt="""
            Make a four-week plan with three posts a week from the ideas above.
            Table columns: week, weekday, pillar, format (story, how-to, opinion, carousel, poll), first line,
            call to action.
            No two neighbouring posts share a format, and only every fourth post asks for anything.
            Add for each week two kinds of posts by others in my field on which a comment of mine would be useful.
            """,
        ),
        Prompt(
            id="posts",
            title="Write the first three posts",
            prompt="""
            Write the three posts of the first week in full.
            Each: a first line below 12 words that makes sense before "see more", short paragraphs, one concrete
            example,
            120 to 220 words, no hashtags in the text and at most three at the end.
            Voice: {tone}. Use only facts from what I told you; put [your example] where a real one is needed.
            After each post, give one alternative first line and the question you expect in the comments, with my
            answer.
            """,
        ),
        Prompt(
            id="conversations",
            title="From comment to conversation",
            prompt="""
            Write short messages for these moments, each below 60 words and without a pitch:
            1. thanking someone who left a thoughtful comment, with a question about their work;
            2. a connection request to a person who fits {audience} and reacted to a post;
            3. a reply to "interesting, tell me more";
            4. a proposal for a 20-minute call once they have named a problem;
            5. a kind last message when there was no answer.
            Say for each when to send it and when rather not.
            """,
        ),
    ),
)
