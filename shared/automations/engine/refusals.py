"""What a runner does about a commit that the store never takes: fewer steps, the step's failure, the run's end."""

from shared import log
from shared.automations.engine.conflicts import Reaction, Refused, after_refusal, kept, lost
from shared.automations.engine.in_flight import Performed
from shared.automations.engine.journal import Journal
from shared.automations.engine.running import Run
from shared.errors import AppError


def descend(run: Run, journal: Journal, refusal: AppError) -> Reaction:
    """Prepare the run for a commit that holds less. Raises the refusal where not even the run's end can be stored."""
    log.warning("a commit was refused", execution_id=run.execution.id, reason=str(refusal.__cause__ or refusal))
    if run.given_up and run.quiet:
        raise refusal
    run.memo.forget()
    refused = Refused(journal.before, journal.after, in_flight=run.in_flight, steps_done=journal.steps_done)
    reaction = after_refusal(refused, failing=run.refusal is not None)
    match reaction:
        case Reaction.SPLIT:
            run.together = 1
        case Reaction.FAIL_STEP:
            run.refusal = run.memo.refused = refusal
        case Reaction.ANSWER_LOST if isinstance(run.in_flight, Performed):
            run.in_flight, run.refusal = lost(run.in_flight, refusal)
        case Reaction.GIVE_UP:
            run.given_up, run.quiet = True, run.given_up
    run.in_flight = kept(run.in_flight, reaction)
    return reaction
