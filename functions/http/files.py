"""/api/files: documents to read, whose passages the knowledge vault then finds."""

from shared.domains.files import listing, service
from shared.domains.files.models import File, FileChunks, FileQuery, UploadQuery
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, DocumentUpload, Fields, Many, Message, One, Router

router = Router("/api/files")


@router.get("", Many("files", File), tagged=HOURLY)
def list_files(call: Call, query: FileQuery) -> Page[File]:
    """All files, newest first."""
    return listing.page(call.uid, query)


@router.post("", One("file", File), status=201)
def ingest_file(call: Call, query: UploadQuery, body: DocumentUpload) -> File:
    """Read a PDF, DOCX, HTML, Markdown or plain text file of at most 20 MiB; the same content is one file."""
    return service.ingest(call.uid, body.content, body.content_type, query.name or body.name)


@router.get("/{id}", One("file", File))
def get_file(call: Call, id: str) -> File:
    """What is known of one file; its text is under `/chunks`."""
    return service.get(call.uid, id)


@router.get("/{id}/chunks", Fields(FileChunks))
def get_file_chunks(call: Call, id: str) -> FileChunks:
    """The file's text, passage by passage."""
    return service.get_chunks(call.uid, id)


@router.delete("/{id}")
def delete_file(call: Call, id: str) -> Message:
    """Delete the file, its passages and its item in the vault."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The file was deleted, with its passages and its item in the knowledge vault.")


files = http_function("files", router)
