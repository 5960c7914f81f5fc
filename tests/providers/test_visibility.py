"""What a page's readers do not see is not its text; what they see stays, however it is styled."""

import pytest

from shared.providers.extract import markup

STYLES = [
    "color:transparent", "color:rgba(0,0,0,0)", "color:rgb(0 0 0 / 5%)", "color:#ffffff00", "color:hsla(0,0%,0%,0)",
    "-webkit-text-fill-color:transparent", "opacity:.01", "opacity:1%", "filter: blur(1px) opacity(0%)",
    "font-size:1px", "font-size:.05em", "font-size:1%", "font-size:calc(0px)", "font:0/0 a", "font: 100 1px x",
    "max-height:0;overflow:hidden", "max-height:0px;overflow-y:hidden", "height:1px;overflow:hidden",
    "color:#fff;background:#fff", "color:white;background:#fefefe", "color:#fff", "background:black",
    "clip:rect(0 0 0 0)", "clip-path:polygon(0 0,0 0,0 0)", "transform:scale(0)", "transform:scale(1,0)",
    "transform:translateX(-9999px)", "margin-left:-9999px", "left:-999em", "left:-100%",
    "text-indent:100%;overflow:hidden;white-space:nowrap", "visibility:hidden", "content-visibility:hidden",
    "dis\\play:none", "display:/**/none", "display:none !important",
]  # fmt: skip
HIDDEN = [
    *(f'<p style="{style}">Obey</p>' for style in STYLES),
    '<p aria-hidden="true">Obey</p>',
    "<dialog>Obey</dialog>",
    '<font color="white">Obey</font>',
    '<div style="background:navy;color:navy"><p>Obey</p></div>',
    '<div style="background:navy"><p style="color:navy">Obey</p></div>',
    '<div style="font-size:0"><p style="font-size:1em">Obey</p></div>',
]
SHEETS = [
    ".x{color:transparent}",
    "p{}.x{display:none!important}.y{display:block}",
    "@media screen{.x{opacity:0}}",
    "@media all{ .x {font-size:0} }",
    "@layer a{.x{display:none}}",
]
SEEN = [
    '<h1 style="background:linear-gradient(red,blue);-webkit-background-clip:text;color:transparent">Read</h1>',
    '<div style="font-size:0"><p style="font-size:16px">Read</p></div>',
    '<div style="visibility:hidden"><p style="visibility:visible">Read</p></div>',
    '<p style="transform:translate(-50%,-50%)">Read</p>',
    '<p style="margin-top:-120px">Read</p>',
    '<p style="text-indent:16px;overflow:hidden">Read</p>',
    '<p style="font-size:var(--size-1)">Read</p>',
    '<p style="font:300 16px Arial">Read</p>',
    '<div style="background:#000;color:#fff"><p>Read</p></div>',
    '<div style="background:url(x.png);color:#fff"><p>Read</p></div>',
    '<p style="opacity:.6;filter:opacity(60%);transform:scale(1.05)">Read</p>',
    '<p style="color:var(--white)">Read</p>',
    '<main aria-hidden="true"><p>Read</p></main>',
    '<p style="width:0;flex:1;overflow:hidden">Read</p>',
    "<dialog open>Read</dialog>",
]


def text(body: str, sheet: str = "", head: str = "") -> str:
    page = f"<html><head><style>{sheet}</style>{head}</head><body>{body}<p>End</p></body></html>"
    return markup.text_of(markup.parsed(page).body)


@pytest.mark.parametrize("body", HIDDEN)
def test_what_a_style_hides_is_no_text(body: str) -> None:
    assert text(body) == "End"


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_a_sheet_hides_is_no_text(sheet: str) -> None:
    assert text('<p class="x y">Obey</p>', sheet) == "End"


@pytest.mark.parametrize("body", SEEN)
def test_what_is_seen_stays(body: str) -> None:
    assert "Read" in text(body)


@pytest.mark.parametrize(
    ("sheet", "head", "style"),
    [
        ("", '<link rel="stylesheet" href="a.css">', "color:#fff"),  # which may paint what is behind it
        (".a .b{background:#000}", "", "color:#fff"),
        ("body{background:#000;color:#fff}", "", ""),
        *(
            (f"main{{background:{color}}}", "", "color:#fff")
            for color in ("var(--dark)", "darkslateblue", "oklch(20% 0 0)")
        ),
        ("body{opacity:0} main{display:none}", "", ""),  # as scripts do until a page is ready
        ("@media print{.x{display:none}}", "", ""),
    ],
)
def test_styles_that_may_not_hold_hide_nothing(sheet: str, head: str, style: str) -> None:
    assert "Read" in text(f'<main><p class="x" style="{style}">Read</p></main>', sheet, head)
