"""Workbooks with a part changed, as bytes."""

import io
import zipfile


def patched(file, part, change, compression=zipfile.ZIP_DEFLATED):
    """A copy in memory of a workbook (a path or an open file), with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(out, "w", compression) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data) if name == part else data)
    return out
