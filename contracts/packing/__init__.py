"""Packing: how what is JSON lies in a store, in a quarter of its bytes.

An event's metadata and body are one text, squeezed with the words of a dictionary that is released like a schema
(``dictionaries/``): it is never edited, and every text says by the number of which it is packed.
"""

from contracts.packing.codec import BARE as BARE
from contracts.packing.codec import CASES as CASES
from contracts.packing.codec import PLAIN_BYTES_MAX as PLAIN_BYTES_MAX
from contracts.packing.codec import UNREADABLE as UNREADABLE
from contracts.packing.codec import Unpackable as Unpackable
from contracts.packing.codec import expanded as expanded
from contracts.packing.codec import pack as pack
from contracts.packing.codec import squeezed as squeezed
from contracts.packing.codec import unpack as unpack
