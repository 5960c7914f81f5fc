"""Builds a worksheet as one HTML page that needs no server: the micro tool without a language model."""

from collections.abc import Sequence
from html import escape


def build_worksheet(title: str, description: str, audience: Sequence[str], functions: Sequence[str]) -> str:
    """Builds a page that rates each function from 0 to 10 with a note, shows the result and keeps the entries.

    Without functions the page rates the title.
    """
    rows = "\n".join(
        f'<li><label for="r{n}">{escape(function)}</label> <input id="r{n}" type="number" min="0" max="10" value="0">'
        f' <input id="n{n}" type="text" aria-label="Note on {escape(function, quote=True)}" placeholder="Note"></li>'
        for n, function in enumerate(functions or [title])
    )
    return _PAGE.format(
        title=escape(title),
        description=escape(description),
        audience=f"<p>For {escape(', '.join(audience))}.</p>" if audience else "",
        rows=rows,
    )


_PAGE = """<!doctype html>
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
