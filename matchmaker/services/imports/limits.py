"""How large a table may be, and what the child that opens workbooks may use."""

LARGEST_CSV = 50 * 2**20
LARGEST_XLSX = 20 * 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_CELLS = 3_000_000

MOST_ENTRIES = 200
LARGEST_UNPACKED = 200 * 2**20
LARGEST_RATIO = 100
CHILD_MEMORY = 512 * 2**20
CHILD_SECONDS = 30
# A cell longer than this is cut by the child; the parent then reports it as too long.
LONGEST_CELL = 32_767
