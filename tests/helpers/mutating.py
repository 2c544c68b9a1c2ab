"""Files that were damaged or edited: bytes, zips, `.npy` headers, JSON, CSV and text, each as a chance generator says.

`damaged` does to bytes what disks, transfers and editors do. The others know the format, and keep it whole around what
they change, check sums included: what comes of them may well be a file that says something else.
"""

import csv
import io
import json
import pickle
import re
import struct
import warnings
import zipfile

executed = []
"""What was run of the code that files carry."""


class Malicious:
    """Notes that it was run when it is unpickled."""

    def __reduce__(self):
        return executed.append, ("a pickle",)


PICKLE = pickle.dumps(Malicious())
RAW = (
    *(
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "9" * 5000,
        "9" * 400,
        str(2**63),
        str(2**64),
        "1e308",
        "-1e308",
        "1e-400",
    ),
    *("-1", "0", "1", "1.5", "-0.0", "true", "false", "null", "[]", "{}", "[[1, 2], [3]]", '{"a": {"b": null}}'),
    *('""', '"x"', '"0"', r'"\u0000"', r'"\ud800"', r'"\u001b[31m"', r'"a\nb"', '"../../x"', '"' + "x" * 100_000 + '"'),
    *("[" * 90 + "]" * 90, "[" * 500 + "]" * 500, "[" * 50_000 + "]" * 50_000, '{"a":' * 3000 + "1" + "}" * 3000),
)
"""Values as JSON has them, or does not."""
CELLS = (
    *(
        "",
        " ",
        "nan",
        "inf",
        "-inf",
        "-1",
        "0",
        "1",
        "1.5",
        "1e999",
        "1e308",
        "9" * 5000,
        "0x10",
        "1_000",
        "\uff11",
        "-0",
        "x",
    ),
    *('"', "\0", "a\nb", "\x1b[31m", "漢", "True", "x" * 140_000),
)
NPY = (
    *("O", "|O", "|V8", "<U4", "<c16", ">f8", "<f4", "<i8", "<M8[s]", "|b1", "|S8", "<f8", "()", "{}", "x" * 100),
    *("[('a', '<f8')]", "[('a', '|O')]"),
)
SHAPES = (
    *("()", "(0,)", "(1,)", "(-1,)", "(10**12,)", "(1000000000000,)", "(4294967296, 4294967296)", "(2.0,)", "(True,)"),
    *("('a',)", "[3]", "None", "(" * 300, "(" + "1, " * 3000 + ")", "9" * 5000),
)


def damaged(content, other, rng):
    """Return bytes with a few changes: flipped, overwritten, cut out or off, doubled, spliced with those of another."""
    content = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        i, n = rng.randrange(len(content) + 1), rng.choice((1, 2, 4, 8, 64, 512))
        if rng.random() < 0.3:  # where a zip has its directory
            i = max(0, len(content) - rng.randrange(2000))
        j = rng.randrange(len(other) + 1)
        match rng.randrange(8):
            case 0 | 1:
                for k in (i, *rng.choices(range(len(content)), k=rng.choice((0, 0, 1, 7)))) if content else ():
                    content[min(k, len(content) - 1)] ^= 1 << rng.randrange(8)
            case 2:
                content[i : i + n] = rng.randbytes(n)
            case 3:
                del content[i : i + n]
            case 4:
                content[i:i] = content[i : i + n]
            case 5:
                content[i : i + n] = rng.choice((b"\x00", b"\xff")) * n
            case 6:
                content[i : i + n] = other[j : j + n]
            case _:
                content[i:] = rng.choice((b"", b"", other[i:], other[j:], bytes(n)))
    return bytes(content)


def edited_json(content, rng):
    """Return JSON of which some values, names or pairs are others."""
    tree = json.loads(content)
    raw = {}
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = list(_places(tree))
        if not places:
            break
        inside, key = rng.choice(places)
        match rng.randrange(9):
            case 0:
                del inside[key]
            case 1:
                inside[key] = [inside[key]]
            case 2:
                there, other = rng.choice(places)
                inside[key] = json.loads(json.dumps(there.get(other) if isinstance(there, dict) else there[0]))
            case 3 if isinstance(inside, dict):
                inside[key + rng.choice(("", "s", "\0", "_"))[:1] or "x"] = inside.pop(key)
            case 4 if isinstance(inside, dict):  # the same name twice
                mark = f"\x01{len(raw)}\x01"
                inside[mark], raw[mark] = rng.choice((None, 1, "x", inside[key])), json.dumps(key)
            case _:
                mark = f"\x01{len(raw)}\x01"
                inside[key], raw[mark] = mark, rng.choice(RAW)
    text = json.dumps(tree, indent=rng.choice((None, 2)))
    for mark, value in raw.items():
        text = text.replace(json.dumps(mark), value)
    return rng.choice((text, text, text, text, f"\ufeff{text}", f"{text}{text}", f"[{text}]")).encode("utf-8")


def _places(tree):
    """Yield every value of a tree, as what holds it and its key there."""
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key
        if isinstance(value, dict | list):
            yield from _places(value)


def edited_csv(content, rng):
    """Return a table of which cells, rows or columns are others."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        i, j = rng.randrange(len(rows)), rng.randrange(len(rows))
        column = rng.randrange(max(1, len(rows[i])))
        match rng.randrange(9):
            case 0:
                rows[i][column : column + 1] = []
            case 1:
                rows[i].insert(column, rng.choice(CELLS))
            case 2:
                rows[i], rows[j] = rows[j], rows[i]
            case 3:
                rows.insert(i, list(rows[j]))
            case 4 if len(rows) > 1:
                del rows[i]
            case 5:  # a column is missing, or two are called the same
                for row in rows if rng.random() < 0.5 else rows[:1]:
                    row[column : column + 1] = rng.choice(([], row[:1]))
            case _:
                rows[i][column : column + 1] = [rng.choice(CELLS)]
    text = rng.choice(("\n", "\r\n", "\r", "\n\n")).join(",".join(row) for row in rows)
    return (text + rng.choice(("", "\n", "\r\n"))).encode("utf-8")


def edited_text(content, rng):
    """Return a text, such as TOML, of which some words, numbers or lines are others."""
    text = content.decode("utf-8")
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        words = list(re.finditer(r"[\w.+-]+|[\[\]{}=,\"]", text))
        if not words:
            break
        one, other = rng.choice(words), rng.choice(words)
        new = rng.choice((*RAW, *CELLS, other[0], "", "2020-01-01", "[x]", "x.y", "nan", "'''", "0b1"))
        text = text[: one.start()] + new + text[one.end() :]
        lines = text.split("\n")
        if rng.random() < 0.2:
            lines.insert(rng.randrange(len(lines)), rng.choice(lines))
        text = "\n".join(lines)
    return text.encode("utf-8", "replace")


def edited_npy(content, rng):
    """Return a `.npy` file whose header, version or content is another."""
    end = 10 + struct.unpack("<H", content[8:10])[0] if len(content) > 10 else len(content)
    head, body = content[10:end].decode("latin1"), content[end:]
    version = b"\x01\x00"
    match rng.randrange(8):
        case 0:
            head = re.sub(r"'descr': '[^']*'", lambda _: f"'descr': {_quoted(rng.choice(NPY))}", head)
        case 1:
            head = re.sub(r"'shape': \([^)]*\)", lambda _: f"'shape': {rng.choice(SHAPES)}", head)
        case 2:
            head = head.replace("False", rng.choice(("True", "1", "None", "x")))
        case 3:
            version = rng.choice((b"\x02\x00", b"\x03\x00", b"\x00\x00", b"\x09\x01"))
        case 4:
            head = rng.choice(("", "{}", "__import__('os')", "(" * 1000, "{'descr': " * 200, "\0" * 64, "x" * 20_000))
        case 5:
            body = PICKLE
            head = head.replace(re.search(r"'descr': '([^']*)'", head)[1], "|O") if "'descr'" in head else head
        case 6:
            body = rng.choice((b"", body[:-1], body + b"\0", body * 2, rng.randbytes(len(body)), b"\xff" * len(body)))
        case _:
            return rng.choice((PICKLE, b"", damaged(content, content, rng)))
    text = head.encode("latin1")
    length = struct.pack("<H", len(text)) if version == b"\x01\x00" else struct.pack("<I", len(text))
    return content[:6] + version + length + text + body


def _quoted(dtype):
    return dtype if dtype[0] in "([{" else repr(dtype)


def edited_zip(content, rng):
    """Return a zip of which members have other names, contents or check sums, or which is more than itself."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    change = rng.choice((_names, _names, _contents, _contents, None, _places_in))
    method, comment = zipfile.ZIP_STORED, b""
    if change in (_names, _contents):
        members = change(members, rng)
    elif change is None and rng.random() < 0.5:
        method = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
        if rng.random() < 0.1:  # a small bomb: where sizes are not checked, larger ones are no different
            members[0] = members[0][0], bytes(1 << 22)
    elif change is None:
        comment = rng.choice((b"x", b"PK\x05\x06" * 6, rng.randbytes(1000)))
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of two members of one name
        with zipfile.ZipFile(file, "w", method) as archive:
            archive.comment = comment
            for name, held in members:
                archive.writestr(name, held)
    made = file.getvalue()
    if change is _places_in:
        made = _places_in(made, rng)
    if rng.random() < 0.05:
        made = rng.choice((b"#!/bin/sh\n" + made, made + bytes(50), made + made, made + content, content + made))
    return made


def _names(members, rng):
    """Return members of which one has another's name or content, is missing, or is there twice."""
    i, j = rng.randrange(len(members)), rng.randrange(len(members))
    (name, held), (other, others) = members[i], members[j]
    match rng.randrange(5):
        case 0:
            members[i] = rng.choice((other, f"{name}x", f"../{name}", "x/", name.upper(), "a\nb")), held
        case 1:
            members[i], members[j] = (name, others), (other, held)
        case 2:
            del members[i]
        case 3:
            members.append((name, rng.choice((held, others, PICKLE, b""))))
        case _:
            more = ("../../x", b"x"), ("data.pkl", PICKLE), ("x.npy", PICKLE), ("agent.json", b"{}")
            members.insert(i, rng.choice(more))
    return members


def _contents(members, rng):
    """Return members of which one holds something else."""
    i = rng.randrange(len(members))
    name, held = members[i]
    if rng.random() < 0.1:
        held = rng.choice((damaged(held, rng.choice(members)[1], rng), b"", PICKLE))
    elif name.endswith(".json"):
        held = edited_json(held, rng)
    elif name.endswith(".npy"):
        held = edited_npy(held, rng)
    members[i] = name, held
    return members


DIRECTORY = (6, 8, 10, 12, 16, 20, 24, 28, 30, 32, 34, 38, 42)
"""Where a zip's directory has version, flags, method, time, check sum, sizes, lengths, attributes, place."""
HEAD = (4, 6, 8, 14, 18, 22, 26, 28)
"""Where it has them in front of a member."""
END = (4, 6, 8, 10, 12, 14, 16, 18, 20)
"""Where it has numbers of members, sizes and places, from 22 bytes before its end."""


def _places_in(made, rng):
    """Return a zip with another number in its directory, in front of a member, or at its end."""
    made = bytearray(made)
    mark, offsets = rng.choice(((b"PK\x01\x02", DIRECTORY), (b"PK\x03\x04", HEAD), (b"PK\x05\x06", END)))
    start = rng.choice([found.start() for found in re.finditer(mark, made)]) + rng.choice(offsets)
    number = rng.choice((0, 1, 8, 9, 64, 99, 0xFFFF, rng.randrange(1 << 16)))
    struct.pack_into("<H", made, min(start, len(made) - 2), number)
    return bytes(made)
