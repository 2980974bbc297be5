"""办理: what can happen from a unit's receipt of a case to its end, and in the registers of mediation."""

# A file for each chapter of the rules in ``services/mediation/domain``.

from contracts.mediation.acceptance import *
from contracts.mediation.answers import *
from contracts.mediation.committees import *
from contracts.mediation.disputes import *
from contracts.mediation.ending import *
from contracts.mediation.funds import *
from contracts.mediation.inquiry import *
from contracts.mediation.mediating import *
from contracts.mediation.opinion import *
from contracts.mediation.receiving import *
from contracts.mediation.remedy import *
from contracts.mediation.restoring import *
from contracts.mediation.timing import *
