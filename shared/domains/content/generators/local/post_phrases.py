"""The phrases of a post in each language; a post speaks to many readers."""

from dataclasses import dataclass

from shared.domains.content.generators.local.language import Language


@dataclass(frozen=True)
class PostPhrases:
    """The openings, the closing questions, and the line that tells who writes."""

    openings: tuple[str, str, str]
    questions: tuple[str, str, str, str, str]
    writer: str


POSTS: dict[Language, PostPhrases] = {
    "english": PostPhrases(
        openings=("A thought on {subject}.", "Let us talk about {subject}.", "My topic today: {subject}."),
        questions=(
            "How do you deal with it?",
            "What has worked for you?",
            "Which part of it is hardest for you?",
            "What would you add?",
            "Whom should one ask about it?",
        ),
        writer="I write this as {name}.",
    ),
    "german": PostPhrases(
        openings=("Ein Gedanke zum Thema: {subject}.", "Reden wir darüber: {subject}.", "Mein Thema heute: {subject}."),
        questions=(
            "Wie gehen Sie damit um?",
            "Was hat bei Ihnen funktioniert?",
            "Was daran fällt Ihnen am schwersten?",
            "Was würden Sie ergänzen?",
            "Wen sollte man dazu fragen?",
        ),
        writer="Das schreibt {name}.",
    ),
    "french": PostPhrases(
        openings=("Une réflexion : {subject}.", "Parlons-en : {subject}.", "Mon sujet du jour : {subject}."),
        questions=(
            "Comment vous y prenez-vous ?",
            "Qu’est-ce qui a marché chez vous ?",
            "Qu’est-ce qui vous semble le plus difficile ?",
            "Qu’ajouteriez-vous ?",
            "À qui faudrait-il poser la question ?",
        ),
        writer="C’est {name} qui écrit.",
    ),
    "spanish": PostPhrases(
        openings=("Una idea sobre este tema: {subject}.", "Hablemos de esto: {subject}.", "Mi tema de hoy: {subject}."),
        questions=(
            "¿Cómo lo resuelven ustedes?",
            "¿Qué les ha funcionado?",
            "¿Qué parte les resulta más difícil?",
            "¿Qué añadirían?",
            "¿A quién habría que preguntarle?",
        ),
        writer="Lo escribe {name}.",
    ),
}
