"""Small PDFs, made by hand."""

from __future__ import annotations


def made(*pages: str, title: str = "", subject: str = "", xmp: str = "") -> bytes:
    """A small PDF with a line of text on each page."""
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(len(pages)))
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R /Metadata 5 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        3: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        4: f"<< /Title ({title}) /Subject ({subject}) >>",
        5: _stream(xmp, "/Type /Metadata /Subtype /XML "),
    }
    for n, text in enumerate(pages):
        font = "/Resources << /Font << /F1 3 0 R >> >>"
        page = f"/Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] {font} /Contents {11 + 2 * n} 0 R"
        objects[10 + 2 * n] = f"<< {page} >>"
        objects[11 + 2 * n] = _stream(f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET")
    out, places = "%PDF-1.4\n", {}
    for n, body in objects.items():
        places[n] = len(out)
        out += f"{n} 0 obj\n{body}\nendobj\n"
    start = len(out)
    out += "xref\n0 1\n0000000000 65535 f \n"
    out += "".join(f"{n} 1\n{place:010} 00000 n \n" for n, place in places.items())
    size = max(objects) + 1
    return f"{out}trailer << /Size {size} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def _stream(text: str, more: str = "") -> str:
    return f"<< {more}/Length {len(text)} >>\nstream\n{text}\nendstream"
