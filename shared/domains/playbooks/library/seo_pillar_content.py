"""SEO Pillar Content: one thorough page, the cluster around it, and links that hold them together."""

from shared.domains.playbooks.models import LibraryPlaybook, Prompt

PLAYBOOK = LibraryPlaybook(
    id="seo_pillar_content",
    name="SEO Pillar Content",
    description="Plan a topic cluster by search intent, brief and write the pillar page, and keep it current.",
    category="Content",
    icon="file-text",
    tags=("seo", "content", "blog", "organic search"),
    prompts=(
        Prompt(
            id="cluster",
            title="Plan the cluster",
            prompt="""
            You plan content for organic search. The topic, our business and our readers:

            {input}

            Propose one pillar topic and 12 to 15 cluster topics.
            Table: topic, main query, intent (learn, compare, buy, solve), stage of the reader, page type, the
            question it answers better than what ranks today.
            Do not invent search volumes; add a column "volume (to look up)". Drop topics to which we add nothing.
            """,
        ),
        Prompt(
            id="brief",
            title="Brief the pillar page",
            prompt="""
            Write the brief of the pillar page for the query "{keyword}".
            Include: the reader and what they have tried already, the answer in 50 words, the outline with H2 and H3,
            for each section its purpose and the evidence it needs, original material only we can offer, questions to
            answer in an FAQ, the one action a reader should take, and what is deliberately left to cluster pages.
            """,
        ),
        Prompt(
            id="draft",
            title="Write it section by section",
            prompt="""
            Write the sections of the brief in order, as many in full as fit into 1,200 words; for each that is left
            give its answer in two sentences and the evidence it will show, so that I can say "next".
            Open each section with its answer, then explain, then show an example or a short list.
            Plain words for {audience}, sentences below 25 words, no filler, "{keyword}" only where it reads naturally.
            Mark each fact that needs a source as [source], and never make one up.
            """,
        ),
        Prompt(
            id="on_page",
            title="Finish the page",
            prompt="""
            For the finished text give: three titles of at most 60 characters, three descriptions of at most 155
            characters, a short URL path, alt texts for the images you suggest, FAQ entries with answers below 50
            words, and the JSON-LD that fits the page type.
            Then list sentences that promise something the page does not deliver.
            """,
        ),
        Prompt(
            id="links",
            title="Link the cluster",
            prompt="""
            Make the internal linking plan: from each cluster page to the pillar, from the pillar to each cluster
            page, and between neighbours where a reader would really go on.
            Table: from, to, anchor text (varied, descriptive), the sentence it sits in.
            Then name five kinds of sites that would link to the pillar for its own sake, and what there earns it.
            """,
        ),
        Prompt(
            id="upkeep",
            title="Keep it current",
            prompt="""
            Write a check-up for 90 days after publication of the "{keyword}" cluster.
            Which figures to read (impressions, clicks, queries, position, assisted sign-ups), what each pattern
            means, and what to do about it: extend, merge, split, rewrite the title, add evidence, remove.
            End with a table for the notes of each check-up.
            """,
        ),
    ),
)
