"""/api/prospects: the people to reach, one at a time, many at once, or from a file."""

from shared.domains import removal
from shared.domains.content.analysis import service as analysis
from shared.domains.content.analysis.models import ScoreInput, ScoreReport, UploadInput, UploadReport
from shared.domains.content.manual_prompts import AnalysisPrompt
from shared.domains.prospects import bulk, discovery, listing, service
from shared.domains.prospects.bulk import ApprovalReport, CreatedProspects
from shared.domains.prospects.discovery import Discovery
from shared.domains.prospects.imports import run as imports
from shared.domains.prospects.imports.report import ImportQuery, ImportReport, options
from shared.domains.prospects.models import (
    ApproveInput,
    DiscoverInput,
    Prospect,
    ProspectInput,
    ProspectQuery,
    ProspectsInput,
    ProspectUpdate,
)
from shared.domains.prospects.service import ChangedProspect
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Fields, Many, Message, One, Router, TableUpload

router = Router("/api/prospects")


@router.get("", Many("prospects", Prospect), tagged=HOURLY)
def list_prospects(call: Call, query: ProspectQuery) -> Page[Prospect]:
    """Prospects, newest first unless sorted otherwise."""
    return listing.page(call.uid, query)


@router.post("", Fields(CreatedProspects), status=201)
def create_prospects(call: Call, body: ProspectsInput) -> CreatedProspects:
    """One, or many at once as `prospects`; of many, a row that is refused stops no other: `errors` and `rows` name it.

    A status that says no puts the address on the suppression list in the same commit, also
    where the address is another prospect's already: that one stays as it is, and the error says so."""
    one_or_many = body.root
    if isinstance(one_or_many, ProspectInput):
        prospect = service.create(call.uid, one_or_many)
        return CreatedProspects(prospect=prospect, created_ids=[prospect.id], prospects=[prospect], errors=[])
    return bulk.create(call.uid, one_or_many)


@router.post("/import", Fields(ImportReport))
def import_prospects(call: Call, query: ImportQuery, body: TableUpload) -> ImportReport:
    """A CSV file or XLSX workbook as the body or as a form's file; answers what became of each row.

    Columns are recognised by their names in five languages; `dry_run` shows how, and `mapping` overrides it. Both may
    also be fields of the form. At most 20 MiB, 10,000 rows and 500 columns.
    """
    return imports.run(call.uid, body.content, options(query, body.form))


@router.post("/discover", Fields(Discovery))
def discover(call: Call, body: DiscoverInput) -> Discovery:
    """Prospects of yours that meet the criteria. Nobody new is searched for: no provider is connected."""
    return discovery.discover(call.uid, body)


@router.post("/approve", Fields(ApprovalReport))
def approve(call: Call, body: ApproveInput) -> ApprovalReport:
    """Approve or reject many at once; an id that is refused stops no other."""
    return bulk.approve(call.uid, body)


@router.post("/score", Fields(ScoreReport))
def score(call: Call, body: ScoreInput) -> ScoreReport:
    """Analyze prospects and store how well they fit. A prospect that changes meanwhile is left as it is and named."""
    return analysis.score_prospects(call.uid, body)


@router.post("/manual/prompts/analyze", Fields(AnalysisPrompt))
def analysis_prompt(call: Call, body: ScoreInput) -> AnalysisPrompt:
    """A prompt for a language model of your own, in place of `/score`. Nothing is stored."""
    return analysis.build_prompt(call.uid, body)


@router.post("/manual/upload-analysis", Fields(UploadReport))
def upload_analysis(call: Call, body: UploadInput) -> UploadReport:
    """Store analyses that a language model of your own has made; a row that is refused stops no other."""
    return analysis.upload_analyses(call.uid, body)


@router.get("/{id}", One("prospect", Prospect))
def get_prospect(call: Call, id: str) -> Prospect:
    """One prospect."""
    return service.get(call.uid, id)


@router.patch("/{id}", Fields(ChangedProspect))
@router.put("/{id}", Fields(ChangedProspect))
def update_prospect(call: Call, id: str, body: ProspectUpdate) -> ChangedProspect:
    """Changes the fields that are sent.

    A status that says no (not_interested, unsubscribed, do_not_contact, bounced, complained) puts the address on the
    suppression list in the same commit, and so does another address of such a prospect. Another status later does
    not lift the suppression, nor does deleting the prospect; `note` says so, and what does.
    """
    return service.update(call.uid, id, body, call.if_match)


@router.delete("/{id}")
def delete_prospect(call: Call, id: str) -> Message:
    """Delete the prospect with its messages, calendar events and notifications."""
    removal.delete(call.uid, id, call.if_match)
    return Message(message="The prospect was deleted, with its outreach, calendar events and notifications.")


prospects = http_function("prospects", router)
