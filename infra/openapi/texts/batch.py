"""Batch jobs."""

_SELECTED = {
    "ids": "The documents, by their ids; one that is sent again is left out and counted.",
    "filter": "All documents that this search finds when the job is made, at most 10,000.",
}
_NAMES = "AnalyzeProspects GenerateOutreach UpdateProspects UpdateAutomations Delete"

TEXTS = {
    _NAMES: _SELECTED,
    "AnalyzeProspects": {"audience_profile": "Whom to reach, added to the default persona. null: nobody more."},
    "GenerateOutreach": {
        "kind": "Whether it is the first message to these people or a later one.",
        "tone": "How it is to sound. Without: as the default persona does.",
        "channel": "How it is to leave.",
        "template_id": "A template to fill and to finish. Without: the text is written anew.",
    },
    "AutomationChanges": {
        "description": "What they are for.",
        "stop_when": "States of the prospect in which their runs end.",
        "limits": "How much each may do.",
        "reentry": "Whether a contact who has been in the automation may enter it again.",
    },
    "GenerateTemplates": {"items": "A template each."},
    "CreateResearchTasks": {"items": "A task each."},
    "UpdateProspects": {"items": "Each with its own changes; a prospect once."},
    "ChangedItem": {"id": "The prospect's id.", "changes": "The fields to change, as PATCH takes them."},
    "TemplateRequest": {
        "name": "What the template is called.",
        "category": "What it is for.",
        "tags": "Words to find it by.",
        "topic": "What to write about.",
        "instructions": "How to write, for a language model.",
        "tone": "How it is to sound, in a word or two. Without: as the persona does.",
    },
    "Job": {
        "operation": "What is done with each item.",
        "options": "What was sent beside the items.",
        "status": "`queued` until its first item is begun, `running`, `paused`, `done`, `cancelled`, or `failed`: it "
        "could not go on, and may be resumed.",
        "total": "How many items it has.",
        "done": "How many items have taken effect.",
        "failed": "How many have failed.",
        "duplicates": "How many ids were left out because they had been sent already.",
        "error": "Why the job as a whole could not go on. null: it could.",
        "retry_of": "The job whose failed items it tries again. null: none.",
        "subject": "The document that it is about as a whole, such as the automation of a backtest. null: none.",
        "report": "What a backtest comes to, once it has ended. null: it has not, or it is another job.",
        "started_at": "When its first item was begun. null: none was yet.",
        "completed_at": "When it ended. null: it has not.",
    },
    "JobQuery": {"status": "Only jobs in this status."},
    "OutcomeQuery": {"status": "Only items that are done, or that have failed."},
    "Outcome": {
        "job_id": "The job that it belongs to.",
        "number": "Its place in the job, from 0.",
        "status": "`done` or `failed`.",
        "target": "The document that it was done on. null: it makes one.",
        "result": "What came of it, such as the id of what was made.",
        "error": "Why it failed. null: it did not.",
        "code": "The kind of the error, as in a problem's `type`. null: it did not fail.",
    },
    "Started": {
        "job": "The job that was made. null: a dry run makes none.",
        "plan": "What the job would be. null: it was made.",
    },
    "Plan": {
        "operation": "What would be done with each item.",
        "count": "How many items the job would have.",
        "duplicates": "How many ids would be left out because they were sent already.",
        "sample": "The first items, at most ten.",
        "cost": "The most that it would take.",
    },
    "SampledItem": {
        "number": "Its place in the job, from 0.",
        "target": "The document that it would be done on. null: it makes one.",
        "title": "What that is called. null: it has no name.",
        "problem": "Why it would fail. null: nothing is known that speaks against it.",
    },
    "BatchCost": {
        "reads": "How many documents would be read.",
        "writes": "How many documents would be written.",
        "provider_calls": "How many calls a language model would get; 0 where none is connected.",
    },
}
