"""The bars of `make bench`: what Huiyin costs above the bare tools that it stands on, and whether that grows.

``python -m tests.bench [name …]`` starts a PostgreSQL and a Kafka of its own (unless HUIYIN_MIGRATION_URL and HUIYIN_KAFKA
name others), measures, prints a table and writes ``build/bench.json``: a list of ``{name, value, unit, baseline, ratio,
cpu_ms, baseline_cpu_ms}``. A bar that is missed is printed and fails nothing: a busy machine is no defect. Read ratios
before rates, and processor time before both: baseline and ours are measured one right after the other, again and
again, and what is reported are medians. ``cpu_ms`` is what one operation costs in all processes that serve it: ours,
PostgreSQL (only where it was started here) and Kafka; a client that is a process of its own does not count.

append          16 clients, one event each time, through ``Store.create``: command id, group commit, everything but HTTP.
                ``append_library``: against `eventsourcing`'s PostgresApplicationRecorder, 16 threads and its pool;
                bar 10. ``append_asyncpg``: against asyncpg inserting the same rows one by one into the same table
                over 16 connections; bar 0.8.
token           ``token_us``: processor microseconds until a process that knows a token knows who acts; at most 20.
                ``token_unseen_us`` (no bar): until one that has not seen it has checked its signature and what it says.
register        Durable POST /petitions to one process of intake (relay and reactions included), against an empty
                FastAPI route with the same pydantic body under the same server settings, from the same client; 0.45.
                Whoever registers has a token, and the directory is asked for the post that they hold.
                ``authz_register``: the same against a process that believes everybody and asks for no right: what these add, at most
                a tenth of it, so 0.909.
replay          Events folded by ``streams.folded``, against a loop that decodes and applies the same rows and checks
                nothing, a second of processor time; 0.7. ``replay_loaded``: the same with the SELECT on both sides (no bar).
relay           Events sealed, read, published and acknowledged by ``Relay.run``, against aiokafka's ``create_batch`` a
                partition with the same bytes and headers (acks=all, idempotent); 0.5.
react           Events through the real ``Consumer`` and ``Inbox`` with an effect that writes one light row an event in
                the transaction of the cursor, against bare ``getmany``; 0.35. That is the machinery of reacting, which
                every effect pays. ``react_commands`` (no bar): each event is a command on an aggregate of its own,
                loaded, decided on, stored and shown. ``react_ledger``: each event enters the ledger; 6,000 a second.
lifecycle       Cases a second, register → classify → forward → accept → document → two records → opinion → serve →
                close, four services as processes, nothing waits for anything; 100 on two cores. As many clients as
                serve it best. ``lifecycle_cpu_ms``: processor milliseconds of the four services' processes for a case,
                until the ledger has all of it; at most 18. ``…_postgres_ms`` and ``…_kafka_ms`` (no bars): what the
                servers use beside that. ``ledger_catchup_s``: from the last reply to the last entry of the ledger, the
                worst round; at most 2. ``postgres_kb`` and ``kafka_kb``: what lies on the disk afterwards, for each of
                these cases (see ``disk``); at most 30 and 10.
seal            ``seal_p99_ms``: from an event's INSERT (just before its commit) until a reader sees it in the ledger,
                at a steady 200 events a second of such cases; at most 250.
due_scan        A round of the watch with a million clocks that are not due, against one with ten thousand; 1.5.
authz_list      A page of 50 of 100,000 cases over HTTP, as a bureau sees them, against a process that asks nobody who they are
                and shows everything; ``authz_list_of_unit``: as a department sees its own; a fifth more, so 0.833.
flood           ``flood_p99_ms``: how long a registration takes at worst (p99) while somebody at another address asks over 128
                connections as fast as they are answered, against the same without; a fifth more, so 1.2.
full            Two systems take turns, one with some hundred cases that were played, one filled up to 40,000 (or
                ``--cases``; see ``fill``). ``idle_cpu_pct``: how much of a processor the full one takes while nobody
                asks, services, PostgreSQL and Kafka together; at most 6. ``lifecycle_full``: such cases a second with
                32 clients, full against small; 0.9. ``questions_full``: the worst of all questions, full against small
                (each is shown); 1.5. ``audit_replay_s``: ``huiyin audit replay CASE`` from its start to its end; 1.2 s.
"""
