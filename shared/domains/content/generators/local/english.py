"""The English phrases: formal, plain, casual and terse."""

from shared.domains.content.generators.local.phrases import Phrases, Register

_FORMAL = Phrases(
    named_greeting="Dear {name},",
    nameless_greeting="Good day,",
    closing="Yours sincerely",
    openings={
        "pain": (
            "I am taking the liberty of writing to you because I understand that, among the matters that currently "
            "require your attention, there is one of particular weight: {pain}.",
        ),
        "pain_sentence": (
            "I am taking the liberty of writing to you because of one matter that I understand to concern you "
            "at present: {pain}",
        ),
        "known": ("It is with great interest that I have read that {known}, and I would value a conversation.",),
        "noticed": (
            "While preparing this letter, I noted one point about your work with particular interest: {known}",
        ),
        "fact": ("{quotation} This observation has prompted me to write to you{at_company}.",),
        "role_at": (
            "I am taking the liberty of writing to you in your capacity as {role} at {company}, since you will be able "
            "to judge better than anyone whether the following is of value to your organisation.",
        ),
        "role": (
            "I am taking the liberty of writing to you in view of your position ({role}), since you will be able to "
            "judge better than anyone whether the following is of value to your organisation.",
        ),
        "company": (
            "I am taking the liberty of writing to you because I believe that the following may be of some value to "
            "{company}, and I should be grateful for your assessment.",
        ),
        "focus": (
            "As my work is devoted to {focus}, I am writing to you{at_company} in the belief that the following "
            "may be of some interest to you as well.",
        ),
        "angle": ("I am taking the liberty of writing to you with regard to the following subject: {angle}.",),
        "nothing": (
            "I am taking the liberty of writing to you with a question on which I would value your judgement.",
        ),
    },
    follow_ups=(
        "I am writing with reference to my previous message, in which I raised the following subject: {angle}.",
        "Permit me to return to my earlier message, the subject of which was the following: {angle}.",
        "As I have not yet had the pleasure of hearing from you, I would like to return to the subject of my earlier "
        "message: {angle}.",
    ),
    follow_up_without="I am writing with reference to my previous message, to which I have not yet had a reply.",
    quotation="I should like to draw your attention to the following passage in {title}: “{text}”",
    unnamed_source="our research",
    common_pain="In {work}, a concern that is raised with particular frequency is the following: {pain}.",
    own_pain="In addition, I understand that the following may be of concern to you: {pain}.",
    own_pain_sentence="In addition, I have noted the following with regard to your organisation: {pain}",
    angle="I would very much welcome the opportunity to discuss with you {angle}.",
    angle_sentence="The subject that I would welcome the opportunity to discuss with you is the following: {angle}",
    uses="The purposes for which our clients most frequently engage us are the following: {uses}.",
    industries="Our professional experience lies principally in {industries}.",
    questions=(
        "Would you be so kind as to let me know whether a brief conversation in the course of next week would be "
        "convenient for you?",
        "May I send you, without any obligation on your part, a one-page summary of how this might be approached"
        "{at_company}?",
        "Might I ask you to indicate which of your colleagues would be the right person to approach in this matter?",
        "Would you kindly let me know whether this subject is of relevance to you at present, or whether I should "
        "write again at a later date?",
        "Would it be agreeable to you to set aside fifteen minutes in order to establish whether this could be of use"
        "{at_company}?",
    ),
    no_pressure="Should this not be of interest to you, I shall of course respect your decision.",
    subjects=("{reader}: {angle}", "{Angle}", "Request for a conversation: {angle}"),
    follow_up_subject="Following up: {angle}",
    no_subject="Request for a conversation",
)

_PLAIN = Phrases(
    named_greeting="Hello {name},",
    nameless_greeting="Hello,",
    closing="Best regards",
    openings={
        "pain": ("I am writing because of one thing that may be on your desk right now: {pain}.",),
        "pain_sentence": ("One thing about your situation made me write to you: {pain}",),
        "known": ("I read that {known}. That is why I am writing to you.",),
        "noticed": ("One thing about your work caught my attention: {known}",),
        "fact": ("{quotation} It made me think of your work{at_company}.",),
        "role_at": ("As {role} at {company}, you can tell better than I can whether this is useful to you.",),
        "role": ("Your work ({role}) is why I am writing: you can tell best whether this is useful.",),
        "company": ("I had {company} in mind when I wrote this note.",),
        "focus": ("My work is about {focus}, which is why I am writing to {reader}.",),
        "angle": ("I am writing about {angle}.",),
        "nothing": ("I am writing with a short question.",),
    },
    follow_ups=(
        "I wanted to come back to my note about {angle}.",
        "My last note was about {angle}; I would still like to hear what you think of it.",
        "I wrote to you about {angle} before, and have not heard back yet.",
    ),
    follow_up_without="I wanted to come back to my note, in case it got lost.",
    quotation="In {title} I read: “{text}”",
    unnamed_source="my research",
    common_pain="A frequent concern in {work}: {pain}.",
    own_pain="From what I know, this is on your list as well: {pain}.",
    own_pain_sentence="I also noticed this: {pain}",
    angle="I would like to talk with you about {angle}.",
    angle_sentence="What I would like to talk about: {angle}",
    uses="Typical uses: {uses}.",
    industries="My field is {industries}.",
    questions=(
        "Would a short conversation next week be useful to you{first}?",
        "May I send you one page on how this could look{at_company}?",
        "Who{at_company_or_team} would be the right person to ask about this?",
        "Is this a topic for you at the moment{first}, or shall I ask again later?",
        "Shall we take fifteen minutes to see whether this fits{at_company}?",
    ),
    no_pressure="If not, a short “no” is just as welcome.",
    subjects=("{reader}: {angle}", "{Angle}", "A question about {angle}"),
    follow_up_subject="Following up: {angle}",
    no_subject="A question",
)

_CASUAL = Phrases(
    named_greeting="Hey {name},",
    nameless_greeting="Hey,",
    closing="Cheers",
    openings={
        "pain": ("I bet this one's been bugging you: {pain}.",),
        "pain_sentence": ("Here's what got me typing: {pain}",),
        "known": ("Just saw that {known}, so I figured I'd drop you a line.",),
        "noticed": ("Here's what got me curious: {known}",),
        "fact": ("{quotation} Got me thinking about you folks{at_company}!",),
        "role_at": ("You're on top of this at {company} ({role}), so I guess you'd know if it's any good.",),
        "role": ("You do this for a living ({role}), so I guess you'd know if this is any good.",),
        "company": ("I've been thinking about {company}, so here's a quick idea.",),
        "focus": ("I'm all about {focus}, so I couldn't resist writing to {reader}.",),
        "angle": ("Quick one about {angle}.",),
        "nothing": ("Got a quick one for you.",),
    },
    follow_ups=(
        "Me again! It's still about {angle}.",
        "Just bumping my note about {angle}. Didn't want it to get lost.",
        "I haven't heard back about {angle}, so here's another try.",
    ),
    follow_up_without="Me again! Just bumping my last note.",
    quotation="Spotted this in {title}: “{text}”",
    unnamed_source="my reading pile",
    common_pain="You know how it goes in {work}: {pain}.",
    own_pain="And then there's this: {pain}.",
    own_pain_sentence="Also spotted: {pain}",
    angle="I'd love to chat about {angle}.",
    angle_sentence="Here's what I'd love to chat about: {angle}",
    uses="What folks use it for: {uses}.",
    industries="I'm mostly in {industries}.",
    questions=(
        "Up for a quick chat next week{first}?",
        "Want me to send over a one-pager{first}?",
        "Who{at_company_or_team} should I bug about this?",
        "Is this a thing for you right now{first}, or shall I try later?",
        "Got fifteen minutes to see if it'd work for you{first}?",
    ),
    no_pressure="If it's not for you, no worries at all.",
    subjects=("{reader}: {angle}", "Quick idea: {angle}", "Let's chat about {angle}"),
    follow_up_subject="Following up: {angle}",
    no_subject="Quick question",
)

_TERSE = Phrases(
    named_greeting="Hello {name},",
    nameless_greeting="Hello,",
    closing="Regards",
    openings={
        "pain": ("Your issue: {pain}.",),
        "pain_sentence": ("The issue: {pain}",),
        "known": ("Noted: {known}.",),
        "noticed": ("Noted: {known}",),
        "fact": ("{quotation} Hence this note.",),
        "role_at": ("{role} at {company}: that is why I ask you.",),
        "role": ("{role}: that is why I ask you.",),
        "company": ("This is for {company}.",),
        "focus": ("I do one thing: {focus}.",),
        "angle": ("One topic: {angle}.",),
        "nothing": ("One question.",),
    },
    follow_ups=(
        "Second note. Topic: {angle}.",
        "No answer so far. Topic: {angle}.",
        "Still open: {angle}.",
    ),
    follow_up_without="Second note. No answer so far.",
    quotation="{title} says: “{text}”",
    unnamed_source="My research",
    common_pain="Usual problem in {work}: {pain}.",
    own_pain="Also open: {pain}.",
    own_pain_sentence="Also: {pain}",
    angle="The topic: {angle}.",
    angle_sentence="The topic: {angle}",
    uses="Used for: {uses}.",
    industries="My field: {industries}.",
    questions=(
        "Fifteen minutes next week{first}?",
        "Shall I send one page{first}?",
        "Who decides about this{at_company}?",
        "Is this a topic now, yes or no{first}?",
        "Which day suits you for a call{first}?",
    ),
    no_pressure="A “no” is fine.",
    subjects=("{reader}: {angle}", "{Angle}", "Yes or no: {angle}"),
    follow_up_subject="Following up: {angle}",
    no_subject="One question",
)

ENGLISH: dict[Register, Phrases] = {"formal": _FORMAL, "plain": _PLAIN, "casual": _CASUAL, "terse": _TERSE}
