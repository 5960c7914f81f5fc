"""Executions: runs and their steps, what a person tells them, rehearsals and lineage."""

_ENDED = "When it ended. null: it has not."
_OF_EVENT = {
    "trigger": "The trigger's name.",
    "collection": "The collection of the document that it is about. null: it is about none.",
    "document_id": "The document's id. null: it is about none.",
    "data": "The document's fields, or what was sent.",
}
TEXTS = {
    "Execution": {
        "automation_name": "The automation's name when the run began.",
        "automation_version": "The number of the definition that the run follows, from 1.",
        "status": "`pending` until its first step, `running`, `waiting` for a time, an event or a person; at its end "
        "`success`, `failed` or `cancelled`.",
        "triggered_by": "The trigger's name, `manual` for a run that a person has started.",
        "event": "What started it.",
        "subject": "The id of the prospect that it is about, else of the document. null: it is about neither.",
        "subject_name": "The subject's name when the event happened. null: not known.",
        "happened_at": "When its event happened, which may be before it was handled. null: not known.",
        "rerun_id": "The run that was started anew in its place. null: none.",
        "results": "What each step came to, by its id.",
        "attempts": "The failed attempts at the present step.",
        "parent": "The run that started this one. null: no run did.",
        "started_at": "When it was started.",
        "completed_at": _ENDED,
        "duration_seconds": "How many seconds it took from its start to its end. null: it has not ended.",
        "error": "Why it failed or was cancelled. null: it was not.",
        "failed_step": "The id of the step that ended it. null: none did, or it is not known.",
        "cancel_requested": "Whether it was told to end.",
        "paused": "Whether it is held.",
        "waiting_for": "Why it does not go on. null: nothing keeps it from going on, or it has ended.",
    },
    "Wait": {
        "kind": "`time`: a step waits for it; `approval`; `event`; `automation`: another run; `review`: a person has "
        "to say whether an effect took place; `inquiry`: the provider is asked that; `retry`: a step is tried again; "
        "`turn`: a rate or debounce; `place`: concurrency is limited; `limits`: a daily budget or another limit; "
        "`held`: by a person, a pause or the kill switch.",
        "until": "When it goes on, or at the latest; for `turn`, `limits`, `retry` and `inquiry` when it looks again. "
        "null: it depends on a person or another run.",
        "what": "The same for people, in a sentence.",
        "step": "The step that waits and, within loops, the numbers of the items. null: the run as a whole waits.",
    },
    "ExecutionQuery AllExecutionQuery ExecutionCountQuery AllExecutionCountQuery": {
        "automation_id": "Only runs of this automation.",
        "status": "Only runs in this status.",
        "subject": "Only runs about this prospect or document: its id.",
        "trigger": "Only runs that were started so: a trigger's name, `manual` for those that a person has started.",
        "from": "Only runs that were started then or later.",
        "to": "Only runs that were started before.",
        "search": "Words that all have to occur in the automation's name, the subject's name or the error; each may be "
        "the beginning of one. Compared with the newest 1,000 runs that the other filters leave.",
        "view": "`full` answers whole runs, `row` light ones of at most 400 bytes of JSON each: long texts are cut, "
        "which `…` shows, and fields that are null are left out.",
    },
    "ExecutionRow": {
        "automation_name": "The automation's name when the run began, cut where it is long.",
        "subject": "The id of the prospect that it is about, else of the document. null, and left out: neither.",
        "subject_name": "The subject's name when the event happened, cut where it is long. null, and left out: not "
        "known.",
        "triggered_by": "The trigger's name, `manual` for a run that a person has started.",
        "status": "As of the whole run.",
        "started_at": "When it was started, to the second.",
        "duration_seconds": "How many seconds it took from its start to its end. null, and left out: it has not ended.",
        "failed_step": "The id of the step that ended it, cut where it is long. null, and left out: none did, or it is "
        "not known.",
        "error": "Why it failed or was cancelled: one line, cut where it is long. null, and left out: it was not.",
        "waiting_for": "Why it does not go on. null, and left out: nothing keeps it from going on, or it has ended.",
    },
    "RowWait": {
        "kind": "As of the whole run.",
        "until": "When it goes on, or at the latest, to the second. null, and left out: it depends on a person or "
        "another run.",
        "what": "The same for people: a sentence, cut where it is long.",
    },
    "ExecutionCounts": {
        "counts": "How many runs there are, by status; every status is there.",
        "total": "How many runs there are in all.",
        "searched": "How far a search has looked. null: nothing was searched for.",
    },
    "ExecutionWithSteps": {"execution": "The run.", "steps": "What its steps have done, in their order."},
    "StepRecord": {
        "step": "The step's id.",
        "key": "The step's id and, within loops, the numbers of the items.",
        "action": "The action's name.",
        "status": "What the step came to; `waiting` while it is suspended.",
        "input": "Its settings after placeholders were filled; secrets are dots.",
        "output": "What it leaves for later steps.",
        "message": "What it did, in a sentence.",
        "shortened": "Which of `input` and `output` are shown in part only, being large.",
        "error": "Why it failed. null: it did not.",
        "attempts": "The attempts that failed.",
        "started_at": "When its latest attempt began.",
        "completed_at": _ENDED,
    },
    "Attempt": {"at": "When it failed.", "error": "Why."},
    "StepResult": {
        "status": "What the step came to.",
        "message": "What it did, in a sentence.",
        "output": "What it leaves for later steps.",
        "spilled": "Whether the output is shown in part only, being large; later steps see the whole.",
    },
    "Parent": {
        "automation_id": "The automation of that run.",
        "execution_id": "That run.",
        "step": "The step that started this run and, within loops, the numbers of the items.",
    },
    "TriggerEvent": {
        **_OF_EVENT,
        "id": "The event's id; one event starts a run of an automation once.",
        "at": "When it happened. null: not known.",
        "was": "What the fields of `data` were before, where they differ. null: there was no document before.",
        "depth": "How many runs lie between this event and a person's deed; runs beyond 5 are not started.",
        "cause": "The step of another run that made it. null: a person did.",
        "spilled": "Whether `data` and `was` are shown in part only, being large.",
    },
    "Cause": {
        "step": "The step's id.",
        "depth": "How many runs lie between that step and a person's deed.",
    },
    "RunInput": {
        "input": "Fields for the run to see: all that it gets, or in addition to the document's.",
        "document_id": "The document that the run is about, of the collection that the trigger watches, else a "
        "prospect.",
    },
    "ExecutionRetry BulkRetry": {
        "start_from": "`failed_step` goes on where the run ended, `start` begins a new run; the name `from` is "
        "accepted too.",
        "version": "The definition to follow: `pinned` is that of the run, `current` the automation's present one.",
    },
    "BulkRetry": {
        "automation_id": "Only runs of this automation.",
        "status": "Only runs that ended so.",
        "error_contains": "Only runs whose error has these characters in it.",
        "since": "Only runs that were started then or later.",
        "until": "Only runs that were started before.",
        "limit": "How many runs are taken up at most, the oldest first.",
    },
    "Retried": {
        "retried": "How many runs were taken up.",
        "skipped": "How many could not be, such as those of a deleted automation.",
        "execution_ids": "The runs that were taken up, or in their place those from the start.",
    },
    "Rerun": {
        "message": "What was done, in a sentence.",
        "related_id": "The task that runs again.",
        "execution_id": "The execution that does it. null: the task is none.",
    },
    "Vote": {
        "approver": "Who has decided; null: the only one who is asked, else the signed-in user.",
        "comment": "Why.",
    },
    "Resume": {
        "outcome": "What became of an effect that nobody could tell: needed where the run waits for a `review`, and "
        "only there."
    },
    "DryRun": {
        "status": "What the run would come to.",
        "error": "Why it would fail. null: it would not.",
        "filter_passes": "Whether the trigger's filter holds for the document as it is. null: there is no filter, or "
        "it cannot be evaluated.",
        "truncated": "Whether the run would go on beyond the steps that are listed.",
        "steps": "What each step would do.",
        "writes": "The documents that would be written, of all steps.",
        "messages": "What would leave, of all steps.",
        "cost": "What the run would cost.",
    },
    "DryStep": {
        "code": "The kind of its error, as in a problem's `type`. null: it did not fail.",
        "step": "The step's id and, within loops, the numbers of the items.",
        "action": "The action's name.",
        "status": "What the step would come to: success, skipped or failed.",
        "message": "What it would do, in a sentence.",
        "input": "Its settings after placeholders were filled.",
        "output": "What it would leave for later steps.",
        "writes": "The documents that it would write.",
        "messages": "What it would send.",
        "waiting_for": "What the run would wait for there. null: it would not wait.",
    },
    "DryCost": {
        "steps": "How many steps would be done.",
        "commits": "How many commits the engine would make at most, the start included.",
        "writes": "How many documents it would write at most.",
        "mails": "How many mails would leave.",
        "messages": "How many messages would leave, mails included.",
        "provider_calls": "How many times language models and other providers would be asked.",
    },
    "WouldWrite": {
        "operation": "What would be done to the document.",
        "path": "The document's path below the user.",
        "fields": "The fields that would be written.",
    },
    "WouldSend": {
        "channel": "How it would leave, such as `mail` or `webhook`.",
        "recipient": "Where it would go.",
        "preview": "The text as it would leave.",
        "findings": "What keeps it from leaving; none: it would leave.",
    },
    "Lineage": {
        "outreach": "The message.",
        "origin": "What started it all.",
        "runs": "The runs from the one that wrote the message back to the first.",
        "sends": "What left for the message, with channel, recipient and status.",
        "responses": "What came back for the message, the first first; at most the latest 100.",
        "stopped": "Runs of the same prospect that what came back has ended.",
        "why": "The same in sentences.",
    },
    "Origin": {
        **_OF_EVENT,
        "kind": "`person` or `event`.",
        "trigger": "The trigger's name. null: a person wrote the message.",
        "at": "When it happened.",
    },
    "LineageRun": {
        "automation_name": "The automation's name when the run began.",
        "automation_version": "The number of the definition that the run followed, from 1.",
        "status": "What the run has come to.",
        "depth": "How many runs lie between it and a person's deed.",
        "steps": "What its steps have done.",
    },
    "Received": {
        "execution_id": "The run that was started. null: the automation's filter leaves this call out, or its "
        "`reentry` this contact."
    },
}
