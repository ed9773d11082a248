"""Reads what relucert cells lists, packed (--format bits) and as JSON lines.

    relucert cells --format bits -o cells.bits X
    relucert cells --json -o cells.json X
    relucert cells --hyperplanes X >hyperplanes.json
    python3 read-cells.py cells.bits cells.json hyperplanes.json

prints the number of cells and compares the two files as sets."""
import json
import struct
import sys


def read_bits(path):
    """The sign vectors (+1, -1 for hyperplane 0, 1, ..), both of each antipodal pair."""
    with open(path, "rb") as f:
        magic, version, flags, n, size, d, affine = struct.unpack("<8sIIQQQQ16x", f.read(64))
        end = f.seek(-16, 2)
        trailer, count = struct.unpack("<8sQ", f.read(16))
        if (magic, version, trailer, end) != (b"RLCTBITS", 1, b"RLCTEND\n", 64 + count * size):
            raise ValueError(path + ": not a whole file of packed cells")
        f.seek(64)
        for _ in range(count):
            cell = int.from_bytes(f.read(size), "little")
            signs = [1 if cell >> j & 1 else -1 for j in range(n)]
            yield signs
            if flags & 1:
                yield [-s for s in signs]


def read_lines(path):
    """The patterns: a string for an arrangement, a list of strings for networks."""
    with open(path, encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)["pattern"]


def main(bits, lines, hyperplanes):
    with open(hyperplanes, encoding="utf-8") as f:
        forms = json.load(f)["forms"]
    packed = ["".join("-0+"[1 + (side if line < 0 else side * signs[line])] for line, side in forms)
              for signs in read_bits(bits)]
    listed = ["".join(p).replace("1", "+") if isinstance(p, list) else p for p in read_lines(lines)]
    if any(isinstance(p, list) for p in read_lines(lines)):
        packed = [p.replace("-", "0") for p in packed]
    same = len(set(packed)) == len(packed) and sorted(packed) == sorted(listed)
    print(len(packed), "cells, the same in both files" if same else "cells; the files differ")
    return 0 if same else 1


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, ValueError, struct.error) as error:
        sys.exit("%s" % error)
