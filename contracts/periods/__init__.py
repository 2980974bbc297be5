"""Time is law: the periods (期限) and the calendar by which they are counted, for whoever counts, refuses or prints.

``period("C8")`` is the period by the rules in force. The rules are data (``profiles/``); which events start and stop
a period is in the same rows, and is read where the clocks are kept.
"""

from contracts.periods.book import Period as Period
from contracts.periods.book import period as period
