"""AI Advantage Jumpstart: from a list of chores to a first working routine with AI."""

from shared.domains.playbooks.models import LibraryPlaybook, Prompt

PLAYBOOK = LibraryPlaybook(
    id="ai_advantage_jumpstart",
    name="AI Advantage Jumpstart",
    description="Find the work that AI can take over this week, pilot it safely, and know whether it paid off.",
    category="AI",
    icon="rocket",
    tags=("ai", "productivity", "workflow", "getting started"),
    prompts=(
        Prompt(
            id="audit",
            title="Audit the week",
            prompt="""
            You are an operations consultant who introduces AI into small teams without disruption.
            This is my role and what fills my week:

            {input}

            Make a table of the tasks you can recognise, with the columns: task, hours a week (mark guesses with ~),
            how repetitive (1-5), what goes wrong if the result is poor (1-5), and data it needs.
            Then ask me at most five questions whose answers would change the table most.
            """,
        ),
        Prompt(
            id="shortlist",
            title="Choose three tasks",
            prompt="""
            From the table above, choose the three tasks where AI help is most worthwhile for me as {role}.
            Score each task: hours saved x repetitiveness / risk, and show the arithmetic.
            Leave out every task that needs a person's judgement about people, money owed, or legal duties.
            For each of the three, say what AI drafts, what I check, and what stays entirely with me.
            """,
        ),
        Prompt(
            id="recipe",
            title="Write the working prompt",
            prompt="""
            Write a reusable prompt for the first of the three tasks.
            It must have these parts: role, context I paste in, steps, output format, rules on what never to invent,
            and two short examples (one good input with its output, one input that must be refused or questioned).
            Mark everything I have to paste with square brackets.
            Keep it below 300 words and usable with {tool} as it is.
            """,
        ),
        Prompt(
            id="guardrails",
            title="Set the guardrails",
            prompt="""
            List the risks of using this prompt in my work as I described it.
            Cover confidential and personal data, invented facts, tone towards customers, and over-reliance.
            For each risk give one check that takes less than a minute, and say who does it and when.
            End with a three-line note that I can send to my team about what we use AI for and what we do not.
            """,
        ),
        Prompt(
            id="pilot",
            title="Plan a two-week pilot",
            prompt="""
            Plan a two-week pilot for the chosen task, at most 30 minutes a day.
            For each working day: one action, the minutes it takes, and what I note down.
            Define two measures before the start (time per task, share of outputs used with minor edits), their present
            value as far as known, and the value at which I keep, change or drop the routine.
            Finish with the five questions I answer on the last day.
            """,
        ),
    ),
)
