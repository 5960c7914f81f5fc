"""B2B Prospecting: from an ideal customer to a sequence that gets answers."""

from shared.domains.playbooks.models import LibraryPlaybook, Prompt

PLAYBOOK = LibraryPlaybook(
    id="b2b_prospecting",
    name="B2B Prospecting",
    description="Decide whom to reach and why now, then write a short sequence and prepare for the answers.",
    category="Sales",
    icon="target",
    tags=("sales", "prospecting", "outreach", "cold email"),
    prompts=(
        Prompt(
            id="ideal_customer",
            title="Define the ideal customer",
            prompt="""
            You are a B2B sales strategist. This is what we sell and to whom we sold so far:

            {input}

            Describe our ideal customer as criteria that can be checked from outside: industry, size, region,
            technology or regulation that applies to them, roles that exist there, events of the last six months.
            Then give three disqualifiers, and a scoring rule of 0 to 100 that a junior colleague could apply.
            Separate what follows from my text from what you assume.
            """,
        ),
        Prompt(
            id="buying_group",
            title="Map the buying group",
            prompt="""
            For a typical company that fits, map the people who decide on {offer}.
            Table: role, what they are measured by, what they fear about a purchase like ours, what they need to see,
            how they phrase the problem in their own words.
            Name the best first contact, the person most likely to block, and the order in which to approach them.
            """,
        ),
        Prompt(
            id="triggers",
            title="Find reasons to write now",
            prompt="""
            List ten observable events that make {offer} timely for such a company (hiring, funding, new rule, new
            leader, product launch, complaints in reviews, and others that fit what we sell).
            For each: where to see it (a public source), how fresh it must be, and one sentence that links it to the
            problem we solve without flattery.
            Order them by how strongly they suggest a budget.
            """,
        ),
        Prompt(
            id="sequence",
            title="Write the sequence",
            prompt="""
            Write an outreach sequence to the best first contact: four touches over 15 working days.
            1. Email (day 1, below 90 words): trigger, problem, one proof, one easy question.
            2. LinkedIn note (day 4, below 280 characters): a different angle, no pitch.
            3. Email (day 8, below 70 words): one useful thing they can use without us.
            4. Email (day 15, below 50 words): close the loop and leave the door open.
            Give two subject lines for each email, at most five words. Tone: {tone}. Write [first name] and [company]
            where they belong, and [proof] wherever I must supply a fact.
            """,
        ),
        Prompt(
            id="objections",
            title="Prepare for the answers",
            prompt="""
            Write my answers to these replies, each below 80 words and ending with one question:
            "not now", "we already have a supplier", "send me some information", "how much is it?", "wrong person",
            "how did you get my address?".
            For each, say what the reply usually means for somebody who considers {offer}, and when to stop.
            """,
        ),
        Prompt(
            id="call",
            title="Plan the first call",
            prompt="""
            Prepare a 25-minute first call with such a prospect.
            Give an opening of two sentences, eight questions in order (situation, problem, consequence, wish), what
            a good and a worrying answer sounds like for each, and a summary I can read back.
            End with three possible next steps, from smallest to largest commitment, and the sign that it is right.
            """,
        ),
    ),
)
