"""Prospects: one and many, import, approval, scores."""

_OF_ROWS = {
    "errors": "A sentence for each row or id that was refused, with its place in the request.",
    "rows": "What became of each row or id, in the order of the request.",
}
TEXTS = {
    "Prospect ProspectInput ProspectUpdate": {
        "name": "The person's full name.",
        "job_title": "The person's role in the firm. null: not known.",
        "email": "The address to write to; one address belongs to one prospect. null: not known.",
        "phone": "A telephone number, kept as it was written. null: not known.",
        "website": "The firm's or the person's page. null: not known.",
        "linkedin": "The address of the LinkedIn profile. null: not known.",
        "fit_score": "How well the person fits what you offer: 0 (not at all) to 1. An analysis sets it too.",
        "status": "How far things are with this person. `not_interested`, `unsubscribed`, `do_not_contact`, `bounced` "
        "and `complained` put the address on the suppression list: nobody writes to it any more.",
        "tags": "Labels to filter and search by.",
        "summary": "What is known of the person, in a few sentences. null: nothing.",
        "source_url": "Where the person was found. null: not known.",
        "time_zone": "Where the person is, as an IANA name such as `America/Chicago`; quiet hours are in it. null: not "
        "known, so that of the contact policy holds.",
        "approval_status": "Whether you have approved the person for outreach.",
    },
    "ProspectInput ProspectUpdate": {
        "fit_score": "How well the person fits what you offer: 0 (not at all) to 1; more than 1 is taken as per cent."
    },
    "Prospect": {
        "prospect_id": "The same as `id`.",
        "replied_at": "When the latest answer came in. null: none yet.",
        "away_until": "Until when the prospect is away, by an automatic answer: automations write no earlier. null: "
        "not known.",
        "last_action": "What was done last, such as `analyzed` or a status. null: nothing yet.",
        "analysis": "The latest analysis: summary, likelihood of a fit, an angle for outreach, reasons and who made "
        "it; empty before the first.",
        "pain_points": "What troubles the person or the firm, as the latest analysis has it.",
        "company": "The firm that the person works for. null: not known.",
    },
    "ProspectQuery": {
        "status": "Only prospects in this status.",
        "search": "Words that all have to occur in name, company, job title, email or tags; each may be the beginning "
        "of one.",
        "sort_by": "The field to sort by.",
        "sort_order": "The direction. Left out: ascending for `company`, descending for all others.",
    },
    "ProspectBatch": {
        "prospects": "The prospects: each an object with the fields of `ProspectInput`, checked on its own."
    },
    "ChangedProspect": {
        "prospect": "The prospect as it is now.",
        "note": "What the change has led to beside it, such as an entry on the suppression list. null: nothing.",
    },
    "CreatedProspects": {
        "prospect": "The prospect that was sent alone. null: several were sent.",
        "created_ids": "The ids of those that were created.",
        "prospects": "Those that were created.",
        **_OF_ROWS,
    },
    "RowResult": {"prospect_id": "The prospect that the row made, changed or named. null: none."},
    "DiscoverInput": {
        "company_name": "Words of the firm's name.",
        "industry": "Words of the industry; looked for in all searched fields, as a prospect has none of its own.",
        "location": "Words of the place; looked for in all searched fields, as a prospect has none of its own.",
        "job_titles": "Titles of which one has to match.",
        "max_results": "How many prospects are answered at most.",
    },
    "Discovery": {
        "discovered_count": "How many prospects are answered.",
        "prospects": "Those that meet the criteria.",
        "note": "Where they were looked for.",
    },
    "ApproveInput": {
        "prospect_ids": "The prospects to approve or to reject.",
        "approval_status": "What they become.",
    },
    "ApprovalReport": {
        "approved_count": "How many were approved.",
        "rejected_count": "How many were rejected.",
        **_OF_ROWS,
    },
    "ScoreInput": {"prospect_ids": "The prospects to analyze."},
    "ScoreInput PromptInput": {
        "audience_profile": "Whom you want to reach, beside the default persona: a text, or an object of texts and "
        "lists such as `industries` and `roles`."
    },
    "ScoreReport": {
        "scored_count": "How many were analyzed and stored.",
        "prospects": "What the analysis says of each.",
        **_OF_ROWS,
    },
    "ProspectScore": {
        "prospect_id": "The prospect's id.",
        "fit_score": "How well the person fits what you offer: 0 to 1.",
        "referral_capacity": "How likely the person can refer you to others.",
        "signal_strength": "How much is known of the person to judge by: 0 to 1.",
        "best_outreach_angle": "What to open a message with.",
        "scoring_reasoning": "Why the score is what it is.",
        "cached_insights": "The analysis as it is stored with the prospect.",
    },
    "UploadInput": {
        "results": "Analyses made elsewhere: each `{prospect_id, analysis: {summary, fit_likelihood, "
        "suggested_outreach_angle, reasoning?, confidence_score?}}`, checked on its own. `fit_likelihood` is high, "
        "medium, low or a number from 0 to 1."
    },
    "UploadReport": {
        "uploaded_count": "How many were stored.",
        "total_count": "How many were sent.",
        **_OF_ROWS,
    },
    "RowReport": {
        "prospect_id": "The prospect that the row made or met. null: none.",
        "line": "The number of the line, or of the sheet's row, in which it begins, from 1.",
        "message": "Why, and what of the row was left out. null: there is nothing to say.",
    },
    "ColumnReport": {
        "column": "The column's name in the file, or its number where it has none.",
        "field": "The prospect's field that the column is read as. null: it is not imported.",
    },
    "ImportReport": {
        "dry_run": "Whether the file was only looked at, and nothing stored.",
        "total_rows": "How many rows the file has, blank ones left out.",
        "created_count": "How many rows became a new prospect.",
        "updated_count": "How many rows changed a prospect that existed, as they say that it must not be written to.",
        "duplicate_count": "How many rows have the address of another row or of a prospect, which was left as it is.",
        "invalid_count": "How many rows were refused.",
        "ready_count": "How many rows are good; only in a dry run.",
        "format": "What the file is.",
        "encoding": "The character set it was read in. null: a workbook has none.",
        "separator": "The character between its columns. null: a workbook has none.",
        "sheet": "The workbook's sheet that was read. null: it is no workbook.",
        "columns": "How each column is read.",
        "header_line": "The line or row of the header, counted from 1. null: the table has none.",
        "problems": "What is wrong with the file as a whole: sentences.",
        "rows": "What became of each row.",
    },
}
