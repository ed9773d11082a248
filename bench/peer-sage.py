# Cells of a central arrangement by SageMath: sage peer-sage.py ROWS, a file of integer rows, one a line. Prints: cells,
# seconds of regions(), peak memory in kB. Starting Sage and reading the file are outside.
import resource
import sys
import time

from sage.all import QQ, HyperplaneArrangements

rows = [[int(x) for x in line.split()] for line in open(sys.argv[1])]
space = HyperplaneArrangements(QQ, tuple("x%d" % k for k in range(len(rows[0]))))
arrangement = space([[row, 0] for row in rows])
begun = time.perf_counter()
cells = len(arrangement.regions())
seconds = time.perf_counter() - begun
print(cells, "%.6f" % seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
