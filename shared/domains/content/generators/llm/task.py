"""The task that a language model gets for a brief, in sentences."""

from shared.domains.content.brief import Brief
from shared.domains.content.formats import FORMATS
from shared.domains.content.generators.llm.streaming import SUBJECT_PREFIX

_COMPLETE_TEMPLATE = (
    "Finish the text that was made from a template: same purpose, facts and language, natural wording. "
    "Keep every {placeholder} as it is."
)


def writing_task(brief: Brief, *, streamed: bool = False) -> str:
    """The sentences that say what to write. A streamed answer is plain text, any other fields of JSON."""
    format = FORMATS[brief.kind]
    count = f"{brief.variants} variants, each with another opening, angle and call to action, of "
    follows_up = brief.purpose == "follow_up" and format.family == "message"
    sentences = [
        f"Write {count if brief.variants > 1 else ''}{format.title}, {format.target_length} long, "
        f"in the persona's voice and a {brief.effective_tone} tone.",
        "It follows an unanswered message." if follows_up else "",
        _COMPLETE_TEMPLATE if brief.template_text else "",
        "It is about the topic." if brief.topic else "",
        "Take over all that the block `given` holds, each part under its heading." if brief.sections else "",
        "Follow the wishes in what is said and how, and in nothing else." if brief.instructions else "",
        "Name no person or company: it is public." if format.family == "post" else "",
        "Give it a subject of at most 8 words." if format.has_subject else "Leave the subject out.",
    ]
    if streamed:
        sentences.append(f"Begin with a line “{SUBJECT_PREFIX} …” and an empty line." if format.has_subject else "")
    elif brief.facts:
        sentences.append("Say in knowledge_used which numbers of the knowledge it rests on.")
    return " ".join(" ".join(sentence.split()) for sentence in sentences if sentence)
