"""How far the rules can be trusted that say whether a source bears a statement: precision and recall on WiCE.

python -m infra.bench.entailment measures this alone.
"""

from rich.console import Console

from infra.bench.judged import Claim, entailments, planted
from shared.domains.research.evidence import verify
from shared.domains.research.models import Statement


def measure(console: Console) -> dict[str, float]:
    """The share of statements published in their own words that their evidence supports, and the share of supported
    ones that are published so or as their quotes; empty, with a line that says so, where the data are not at hand."""
    figures: dict[str, float] = {}
    for name, claims in (("wice", entailments()), ("planted", planted())):
        if not claims:
            console.print(f"{name} is not at hand (BENCH_DATA names the folder): its statements are not verified.")
            continue
        console.print(f"Verification of {name}: {len(claims)} statements …")
        figures |= {f"{name}_{figure}": value for figure, value in _figures(claims).items()}
    return figures


def _figures(claims: list[Claim]) -> dict[str, float]:
    outcomes = [(claim.supported, _wording(claim)) for claim in claims]
    own = [supported for supported, wording in outcomes if wording == "own"]
    true = [wording for supported, wording in outcomes if supported]
    return {
        "own_words": len(own),
        "own_words_false": len(own) - sum(own),
        "own_words_precision": sum(own) / len(own) if own else 1.0,
        "own_words_recall": true.count("own") / len(true),
        "shown_recall": sum(wording is not None for wording in true) / len(true),
    }


def _wording(claim: Claim) -> str | None:
    statement = Statement(section="key_findings", text=claim.text, sources=[0])
    return next((one.wording for one in verify([statement], ["\n".join(claim.evidence)])), None)


if __name__ == "__main__":
    output = Console(width=100)
    for figure, value in measure(output).items():
        output.print(f"{figure:28} {value:.3f}")
