"""A small tool: its description, and one HTML page that works without a server."""

from html import escape
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

from shared.domains.content.addresses import addresses
from shared.domains.content.brief import Brief
from shared.domains.content.generators.llm import fenced_prompt
from shared.domains.content.requests import service as requests
from shared.domains.content.requests.product_requirements import Lines
from shared.domains.content.requests.service import Content, Topic, TopicInput, needed
from shared.domains.content.service import write
from shared.kit.schema import Text
from shared.providers import llm
from shared.providers.llm.base import Message

_DEPLOYMENT = (
    "Save the code as a file that ends in .html and open it in a browser, or upload it to any static web host "
    "(Firebase Hosting, GitHub Pages, your own web space). It needs no server and sends nothing anywhere: what a user "
    "enters stays in that browser."
)

_NAMESPACES = "http://www.w3.org/"  # names that SVG and MathML carry; nothing is loaded from there


class MicroToolInput(TopicInput):
    """A topic or instructions; or the tool itself: its name, what it does, for whom, and its functions.

    With `output_format` html the answer holds the tool as one HTML page too.
    """

    model_config = ConfigDict(
        json_schema_extra={"allOf": [{"anyOf": [needed("topic"), needed("instructions"), needed("tool_name")]}]}
    )

    tool_name: Topic = ""
    tool_description: Text = ""
    target_audience: Lines = []
    features: Lines = []
    output_format: Literal["html"] | None = None


class MicroTool(Content):
    """`html_code` is one page with all that it needs in it; null unless the HTML was asked for."""

    html_code: str | None
    deployment_instructions: str | None


class _Page(BaseModel):
    html_code: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]

    @field_validator("html_code")
    @classmethod
    def _stands_alone(cls, code: str) -> str:
        if "<html" not in code.lower() or "</html>" not in code.lower():
            raise ValueError("answer with a whole page, from <html> to </html>")
        if foreign := {address for address in addresses(code) if not address.startswith(_NAMESPACES)}:
            raise ValueError(f"the page must load nothing and call nobody: leave out {', '.join(sorted(foreign)[:5])}")
        return code


def generate(uid: str, data: MicroToolInput) -> MicroTool:
    """Write the description and, where asked for, the page. Raises as `requests.generate`; stores nothing."""
    brief = requests.brief_of(uid, "micro_tool", data, topic=data.tool_name, given=_sections(data))
    content = requests.content_of(brief, write(brief))
    wants_page = data.output_format == "html"
    return MicroTool(
        **dict(content),
        html_code=_page(brief, data) if wants_page else None,
        deployment_instructions=_DEPLOYMENT if wants_page else None,
    )


def _sections(data: MicroToolInput) -> tuple[tuple[str, tuple[str, ...]], ...]:
    sections = {
        "Purpose": [data.tool_description] if data.tool_description.strip() else [],
        "Users": [f"- {user}" for user in data.target_audience],
        "Functions": [f"- {feature}" for feature in data.features],
    }
    return tuple((heading, tuple(lines)) for heading, lines in sections.items() if lines)


def _page(brief: Brief, data: MicroToolInput) -> str:
    """By a language model where one is connected; else a worksheet that rates each function."""
    model = llm.configured()
    if model is None:
        return _worksheet(brief.topic or data.instructions, data)
    task = "Write the tool as one HTML page with its style and script in it, accessible, in the language of the topic."
    blocks = {"topic": brief.topic, "given": {h: list(lines) for h, lines in brief.given}, "wishes": brief.instructions}
    rules, question = fenced_prompt.question(task, blocks)
    return model.structured([Message("system", rules), Message("user", question)], _Page).html_code


def _worksheet(title: str, data: MicroToolInput) -> str:
    """Rates each function from 0 to 10 with a note, adds up, and keeps the entries in the browser."""
    rows = "\n".join(
        f'<li><label for="r{n}">{escape(feature)}</label> <input id="r{n}" type="number" min="0" max="10" value="0">'
        f' <input id="n{n}" type="text" aria-label="Note on {escape(feature, quote=True)}" placeholder="Note"></li>'
        for n, feature in enumerate(data.features or [title])
    )
    audience = f"<p>For {escape(', '.join(data.target_audience))}.</p>" if data.target_audience else ""
    return _WORKSHEET.format(
        title=escape(title), description=escape(data.tool_description), audience=audience, rows=rows
    )


_WORKSHEET = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }}
li {{ margin: .5rem 0; }}
input[type=number] {{ width: 4rem; }}
output {{ font-weight: bold; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{description}</p>
{audience}
<form id="sheet">
<ol>
{rows}
</ol>
<p>Result: <output id="result">0 %</output></p>
<button type="button" id="save">Save as text</button> <button type="reset">Clear</button>
</form>
<script>
const sheet = document.getElementById("sheet"), result = document.getElementById("result");
const key = "worksheet:" + document.title, ratings = [...sheet.querySelectorAll("input[type=number]")];
const inputs = [...sheet.querySelectorAll("input")];
function show() {{
  const sum = ratings.reduce((total, field) => total + Math.min(10, Math.max(0, Number(field.value) || 0)), 0);
  result.value = Math.round(10 * sum / ratings.length) + " %";
  localStorage.setItem(key, JSON.stringify(inputs.map(field => field.value)));
}}
const stored = JSON.parse(localStorage.getItem(key) || "[]");
inputs.forEach((field, n) => {{ if (stored[n] !== undefined) field.value = stored[n]; }});
sheet.addEventListener("input", show);
sheet.addEventListener("reset", () => setTimeout(show));
document.getElementById("save").addEventListener("click", () => {{
  const lines = [...sheet.querySelectorAll("li")].map(row => row.querySelector("label").textContent + ": "
    + [...row.querySelectorAll("input")].map(field => field.value).filter(Boolean).join("; "));
  const file = new Blob([[document.title, ...lines, "Result: " + result.value].join("\\n")], {{ type: "text/plain" }});
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "result.txt";
  link.click();
}});
show();
</script>
</body>
</html>
"""
