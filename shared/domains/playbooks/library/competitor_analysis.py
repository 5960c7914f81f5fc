"""Competitor Analysis: what rivals promise, prove and leave open."""

from shared.domains.playbooks.models import LibraryPlaybook, Prompt

PLAYBOOK = LibraryPlaybook(
    id="competitor_analysis",
    name="Competitor Analysis",
    description="Compare rivals on evidence, find what they leave open, and arm sales with honest arguments.",
    category="Research",
    icon="search",
    tags=("research", "competitors", "positioning", "market"),
    prompts=(
        Prompt(
            id="field",
            title="Map the field",
            prompt="""
            You are a market analyst who separates evidence from opinion. This is our company, market and known rivals:

            {input}

            Group the alternatives a buyer has: direct rivals, neighbours that could move in, doing it in-house,
            doing nothing.
            For each: whom it suits best, why a buyer picks it, and what it costs beyond its price.
            Mark each statement as given (from my text), likely, or to verify, and list where to verify it.
            """,
        ),
        Prompt(
            id="evidence",
            title="Collect the evidence",
            prompt="""
            Make a collection sheet for {competitors}, to be filled from public sources only.
            Rows: headline promise, target customer, pricing and packaging, features they stress, proof (cases,
            numbers), complaints in reviews, job postings, release notes of the last six months, channels they are
            active on.
            For each row give the exact place to look, the search query to use, and what a change there would mean.
            """,
        ),
        Prompt(
            id="compare",
            title="Compare what matters",
            prompt="""
            Compare us with {competitors} on the seven criteria that decide purchases in our market. Work from the sheet
            as far as I have filled it; where it is still empty, from what I said at first and nothing else.
            Score 1 to 5 with the evidence for each score; leave a cell empty where there is none, and say in which row
            of the sheet its evidence would stand.
            Then state plainly: where we are behind, where we are equal though we claim otherwise, where we are ahead.
            """,
        ),
        Prompt(
            id="gaps",
            title="Find the open ground",
            prompt="""
            Name three positions that no alternative occupies convincingly and that would fit us as described.
            For each: the customer who would care most, the claim in one sentence, the proof we would need within 90
            days, how {competitors} would answer, and why that answer would be hard for them.
            Recommend one, with the cheapest test that could show it wrong.
            """,
        ),
        Prompt(
            id="battlecards",
            title="Write battle cards",
            prompt="""
            Write one battle card for each of {competitors}, at most 150 words:
            when we usually win, when we usually lose, three questions that bring out the difference, what they say
            about us with a fair answer, and one thing they do well that we admit.
            Nothing that we could not say in front of them.
            """,
        ),
    ),
)
