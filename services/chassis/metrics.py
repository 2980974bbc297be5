"""What a service counts, in one registry a process; names are shown by ``/metrics``."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter("huiyin_http_requests_total", "HTTP requests", ["service", "method", "route", "status"])
SECONDS = Histogram(
    "huiyin_http_request_seconds",
    "Time to answer",
    ["service", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
LIMITED = Counter("huiyin_limited_total", "Requests beyond a budget", ["service", "budget"])
PUBLISHED = Counter("huiyin_relay_published_total", "Events published and acknowledged", ["service"])
RELAY_FAILURES = Counter("huiyin_relay_failures_total", "Failed rounds of the relay", ["service", "what"])
TAKEN = Counter("huiyin_reaction_events_total", "Events of other services taken in", ["service", "source"])
DROPPED = Counter("huiyin_reaction_duplicates_total", "Events that were there already", ["service", "source"])
PULLED = Counter("huiyin_reaction_pulled_total", "Events fetched from their source", ["service", "source"])
PARKED = Counter("huiyin_reaction_parked_total", "Events that could not be taken in", ["service", "source"])
DOUBTED = Counter(
    "huiyin_reaction_doubted_total", "Records that nothing proves to be their source's", ["service", "source"]
)
DISOWNED = Counter("huiyin_reaction_disowned_total", "Records that their source has not written", ["service", "source"])
FORKED = Counter("huiyin_reaction_forked_total", "Runs that do not follow what was taken in", ["service", "source"])
LAG = Gauge("huiyin_reaction_lag_events", "Sealed at the source and not taken in yet", ["service", "source"])
EMERGENCIES = Counter("huiyin_emergency_accesses_total", "Cases opened to an officer in an emergency", ["service"])
DAMAGED = Counter(
    "huiyin_vault_alarms_total", "Texts, keys, files and pages that are not what was stored", ["service", "what"]
)
