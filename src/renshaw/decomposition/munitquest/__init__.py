"""The field's open competition of decomposition, MUnitQuest: its score, and an entry for it.

Rules and code: https://www.codabench.org/competitions/15749 and
https://github.com/MUnitQuest/munitquest-algorithm-submission, as they were in November 2026.
"""

from __future__ import annotations
