"""A petition reaches the ledger, through all four services, and everything in between is in order."""

from contracts.envelope import SERVICES
from tests.harness import System, check_ledger
from tests.steps import ok


async def test_petition_reaches_the_ledger(county: System):
    case = (await county.register())["case_id"]
    for step in (county.classify, county.forward, county.notify):
        reply = await step(case)
        assert reply.status_code == 200, reply.text
    entries = await county.caught_up()
    check_ledger(entries)
    kinds = [e["type"] for e in entries if str(e["case_id"]) == case]
    kinds.remove("intake.DocumentDeposited.v1")  # the receipt: on record before the notice, and by another service
    assert kinds == [
        "intake.CaseRegistered.v1",
        "intake.CaseClassified.v1",
        "assignment.CaseReceived.v1",
        "assignment.CaseForwarded.v1",
        "mediation.HandlingOpened.v1",
        "mediation.AcceptanceNotified.v2",
    ]
    taken = ok(await county.client.get(county.url("accountability") + "/lanes/taken"))
    for service in SERVICES:
        heads = ok(await county.client.get(county.url(service) + "/lanes"))
        assert taken[service] == {lane: last for lane, last in heads.items() if last}
