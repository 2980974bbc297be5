"""The terms of petition work, each with its Chinese name beside it.

A term's value is what stands in events and in the API; its title is what screens and documents show. Values are never
renamed; new ones may be added, so a reader must not assume that it knows them all.
"""

from contracts.vocabulary.accounting import *
from contracts.vocabulary.acting import *
from contracts.vocabulary.assigning import *
from contracts.vocabulary.handling import *
from contracts.vocabulary.keeping import *
from contracts.vocabulary.organising import *
from contracts.vocabulary.petition import *
from contracts.vocabulary.registers import *
from contracts.vocabulary.term import Term as Term
