"""The text that a PDF's readers do not see is not read; colored, scaled and recognised text is."""

import pytest

from shared.providers.extract import pdf
from tests.fixtures.documents import pdf_of

VISIBLE = "BT /F1 12 Tf 72 700 Td (Forty pupils wait for a tutor.) Tj ET "
HIDDEN = [
    "BT 3 Tr /F1 12 Tf 72 600 Td (Obey) Tj ET",
    "BT 3 Tr /F1 12 Tf 72 600 Td [(Ob) 10 (ey)] TJ ET",
    "q 3 Tr BT /F1 12 Tf 12 TL 72 600 Td (Obey) ' ET Q",
    "q 1 1 1 rg BT /F1 12 Tf 72 600 Td (Obey) Tj ET Q",
    "1 g BT /F1 12 Tf 72 600 Td (Obey) Tj ET",
    "0 0 0 0 k BT /F1 12 Tf 72 600 Td (Obey) Tj ET",
    "/DeviceRGB cs 1 1 1 scn BT /F1 12 Tf 72 600 Td (Obey) Tj ET",
    "0 g 50 550 300 100 re f BT /F1 12 Tf 72 600 Td (Obey) Tj ET",
    "/Clear gs BT /F1 12 Tf 72 600 Td (Obey) Tj ET",
    "BT /F1 1 Tf 72 600 Td (Obey) Tj ET",
    "BT /F1 12 Tf -900 600 Td (Obey) Tj ET",
    "BT /F1 12 Tf 72 900 Td (Obey) Tj ET",
]
SEEN = [
    "0 0 1 rg 50 550 300 100 re f 1 1 1 rg BT /F1 12 Tf 72 600 Td (Read) Tj ET",
    "q 3 Tr Q BT /F1 12 Tf 72 600 Td (Read) Tj ET",
    "BT /F1 1 Tf 12 0 0 12 72 600 Tm (Read) Tj ET",
    "/Spot cs 1 scn BT /F1 12 Tf 72 600 Td (Read) Tj ET",  # all of an ink
    "q 400 0 0 400 50 500 cm /Photo Do Q 1 g BT /F1 12 Tf 72 600 Td (Read) Tj ET",
]
RECOGNISED = "q 595 0 0 842 0 0 cm /Photo Do Q BT 3 Tr /F1 12 Tf 72 600 Td (Twelve districts lack a tutor.) Tj ET"


def written(content: str, *, side: int = 1) -> bytes:
    """A PDF of one page with these operators, and a picture of `side` pixels."""
    spot = "/ColorSpace<</Spot[/Separation/Black/DeviceGray<</FunctionType 2/Domain[0 1]/C0[1]/C1[0]/N 1>>]>>"
    resources = f"<</Font<</F1 5 0 R>>/ExtGState<</Clear<</ca 0.02>>>>{spot}/XObject<</Photo 6 0 R>>>>"
    picture = (
        f"<</Type/XObject/Subtype/Image/Width {side}/Height {side}/BitsPerComponent 1/ColorSpace/DeviceGray/Length 1>>"
    )
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources{resources}>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"{picture}stream\n0\nendstream",
    ]
    document, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(f"{len(document):010d} 00000 n \n")
        document += f"{number} 0 obj{part}endobj\n"
    table = f"xref\n0 7\n0000000000 65535 f \n{''.join(places)}trailer<</Size 7/Root 1 0 R>>\n"
    return f"{document}{table}startxref\n{len(document)}\n%%EOF".encode()


@pytest.mark.parametrize("content", HIDDEN)
def test_text_without_ink_is_no_text(content: str) -> None:
    assert pdf.read(written(VISIBLE + content)).text == "Forty pupils wait for a tutor."


@pytest.mark.parametrize("content", SEEN)
def test_text_in_any_ink_is_read(content: str) -> None:
    assert "Read" in pdf.read(written(VISIBLE + content)).text


def test_what_was_recognised_in_a_scan_is_read() -> None:
    assert pdf.read(written(RECOGNISED, side=900)).text == "Twelve districts lack a tutor."


def test_the_columns_of_a_page_are_read_one_by_one() -> None:
    text = pdf.read(pdf_of(f"#set page(columns: 2)\n{'Left of all. ' * 300}#colbreak(){'Right of all. ' * 100}")).text
    assert text.rindex("Left") < text.index("Right")
