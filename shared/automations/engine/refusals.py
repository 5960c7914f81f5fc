"""What a runner does about a commit that the store never takes: fewer steps, the step's failure, the run's end."""

from shared import log
from shared.automations.engine.conflicts import Reaction, Refused, after_refusal, kept, lost
from shared.automations.engine.in_flight import Performed
from shared.automations.engine.journal import Journal
from shared.automations.engine.running import EndRun, FailStep, Run
from shared.errors import AppError


def descend(run: Run, journal: Journal, refusal: AppError) -> Reaction:
    """Prepare the run for a commit that holds less. Raises the refusal where not even the run's end can be stored."""
    log.warning("a commit was refused", execution_id=run.execution.id, reason=str(refusal.__cause__ or refusal))
    fallback = run.fallback
    if isinstance(fallback, EndRun) and run.quiet:
        raise refusal
    run.caches.forget()
    refused = Refused(journal.before, journal.after, in_flight=run.in_flight, steps_done=journal.steps_done)
    failing = isinstance(fallback, EndRun) or (fallback is not None and fallback.for_good)
    reaction = after_refusal(refused, failing=failing)
    match reaction:
        case Reaction.SPLIT:
            run.together = 1
        case Reaction.FAIL_STEP:
            run.fallback = FailStep(refusal, for_good=True)
        case Reaction.ANSWER_LOST if isinstance(run.in_flight, Performed):
            run.in_flight, error = lost(run.in_flight, refusal)
            run.fallback = FailStep(error, for_good=True)
        case Reaction.GIVE_UP if fallback:
            run.fallback, run.quiet = EndRun(fallback.error), isinstance(fallback, EndRun)
    run.in_flight = kept(run.in_flight, reaction)
    return reaction
