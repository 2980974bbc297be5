"""The bars of `make bench`: what Huiyin costs above the bare tools that it stands on.

``python -m tests.bench [name …]`` starts a PostgreSQL and a Kafka of its own (unless HUIYIN_DATABASE_URL and HUIYIN_KAFKA
name others), measures, prints a table and writes ``build/bench.json``: a list of ``{name, value, unit, baseline, ratio}``.
A bar that is missed is printed and fails nothing: a busy machine is no defect. Read ratios before rates: each round
measures baseline and ours one right after the other, and what is reported is the round with the median ratio.

append          16 clients, one event each time, through ``Store.create``: command id, group commit, everything but HTTP.
                ``append_library``: against `eventsourcing`'s PostgresApplicationRecorder, 16 threads and its pool;
                bar 10. ``append_asyncpg``: against asyncpg inserting the same rows one by one into the same table
                over 16 connections; bar 0.8.
register        Durable POST /petitions to one process of intake (relay and reactions included), against an empty
                FastAPI route with the same pydantic body under the same server settings, from the same client; 0.35.
replay          Events folded by ``Store.fold``, against a loop that decodes and applies the same rows and checks
                nothing, a second of processor time; 0.7. ``replay_loaded``: the same with the SELECT on both sides (no bar).
relay           Events sealed, read, published and acknowledged by ``Relay.run``, against aiokafka's ``create_batch`` a
                partition with the same bytes and headers (acks=all, idempotent); 0.5.
react           Events through the real ``Consumer`` and ``Inbox`` with an effect that writes one light row an event in
                the transaction of the cursor, against bare ``getmany``; 0.3. That is the machinery of reacting, which
                every effect pays. ``react_commands`` (no bar): each event is a command on an aggregate of its own,
                loaded, decided on, stored and shown. ``react_ledger`` (no bar): each event enters the ledger.
lifecycle       Cases a second, register → classify → forward → accept → document → two records → opinion → serve →
                close, four services as processes, nothing waits for anything; 60 on two cores. As many clients as
                serve it best. ``ledger_catchup_s``: from the last reply to the last entry of the ledger, the worst
                round; at most 2.
seal            ``seal_p99_ms``: from an event's INSERT (just before its commit) until a reader sees it in the ledger,
                at a steady 200 events a second of such cases; at most 500.
"""
