"""Backtests."""

TEXTS = {
    "BacktestReport": {
        "automation_id": "The automation that was judged.",
        "name": "What it is called.",
        "since": "The first moment of the time.",
        "until": "The last moment of the time.",
        "events": "How many events of its trigger lie in that time.",
        "matched": "How many runs would have begun.",
        "unmatched": "The events that would have started none, by the reason.",
        "statuses": "How the runs would have ended: `success`, `failed`, `cancelled`, or `unfinished` where a run has"
        " more than 300 steps.",
        "failures": "The runs that would have failed, by step and kind of reason.",
        "messages": "How many messages would have left.",
        "refused": "How many texts would have been refused as unfinished.",
        "samples": "The first messages, at most ten, as they would have left; all are in the job's items.",
        "held_back": "What rules of the contact policy and limits would have kept back or put off.",
        "overlap": "Other automations that ran for the same people in that time, at most twenty.",
        "cost": "The most that the runs would have taken.",
        "unjudged_limits": "Limits that are set, and that a backtest cannot judge, with the reason.",
        "unfinished_items": "How many events could not be judged; the job's items say why.",
        "earlier": "The numbers of the automation's backtest before this one. null: there was none.",
    },
    "RehearsedMessage": {
        "step": "The step that would have sent it.",
        "channel": "How it would have left.",
        "recipient": "Whom it would have gone to.",
        "at": "When.",
        "preview": "The text.",
        "findings": "Why it would have been refused; empty: it would have left.",
    },
    "Unmatched": {
        "reason": "Why they start nothing: `filter`, `settings` of the trigger, `unjudged` where the filter could not"
        " be evaluated, `loop`, `gone` where the document is not there any more, `reentry`, `debounced`.",
        "why": "The same in a sentence, of one of them.",
        "events": "How many.",
    },
    "StepFailure": {
        "step": "The step.",
        "action": "Its action.",
        "code": "The kind of the error, as in a problem's `type`.",
        "error": "The sentence of one of them.",
        "runs": "How many.",
    },
    "HeldBack": {
        "rule": "A limit (`reentry`, `debounced`, `rate`, `daily_steps`, `daily_mails`), a rule of the contact policy"
        " (`paused`, `quiet_hours`, `away`, `pacing`, `per_contact`, `daily_quota`), or `step` where a step waits for"
        " something else.",
        "why": "The sentence of one time.",
        "times": "How many runs, or messages.",
        "longest_seconds": "The longest wait, in seconds. null: these do not begin at all.",
    },
    "Overlap": {
        "automation_id": "The other automation.",
        "name": "What it is called.",
        "people": "For how many of the same people it has run.",
        "runs": "How many runs that were.",
    },
    "BacktestCost": {
        "steps": "How many steps.",
        "commits": "How many commits of the store.",
        "writes": "How many documents written.",
        "messages": "How many messages.",
        "provider_calls": "How many calls of providers.",
    },
    "Earlier": {
        "job_id": "That backtest's job.",
        "since": "The first moment of its time.",
        "until": "The last moment of its time.",
        "events": "How many events there were.",
        "matched": "How many runs would have begun.",
        "messages": "How many messages would have left.",
        "refused": "How many would have been refused.",
        "failed": "How many runs would have failed.",
    },
}
