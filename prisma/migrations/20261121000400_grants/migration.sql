-- Who may do what in `gate`. State changes go through gate.commit alone (rule 1), so nobody writes its tables; the relay
-- and the projector keep their own bookkeeping. test/database/forbidden.test.ts tries everything that is not here.
REVOKE ALL ON SCHEMA gate FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA gate FROM PUBLIC, cs_app, cs_worker, cs_sequencer, cs_doer;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA gate FROM PUBLIC, cs_app, cs_worker, cs_sequencer, cs_doer;
GRANT USAGE ON SCHEMA gate TO cs_app, cs_worker, cs_doer;

GRANT SELECT ON gate.tenant, gate.request, gate.vote, gate.handle, gate.packet, gate.receipt, gate.input_seen,
  gate.projection, gate.policy_apply, gate.outage, gate.outbox TO cs_app, cs_worker;

-- An auditor shows a bearer token to the HTTP API: the app looks up its digest, and nobody else sees the table.
GRANT SELECT (tenant, digest, label, expires_at, revoked_at) ON gate.auditor_token TO cs_app;

-- The relay takes from the outbox and releases packets; the projector remembers where it wrote.
GRANT UPDATE (attempts, not_before), DELETE ON gate.outbox TO cs_worker;
GRANT INSERT ON gate.packet TO cs_worker;
GRANT INSERT, UPDATE, DELETE ON gate.projection TO cs_worker;
GRANT SELECT, DELETE ON gate.receipt_inbox TO cs_worker;

-- The worker notes when Slack is away; which time counts against no request is never rewritten.
GRANT INSERT, UPDATE (ended_at) ON gate.outage TO cs_worker;

-- The doer reads packets and answers; it can neither read nor change what it answered.
GRANT SELECT ON gate.packet TO cs_doer;
GRANT INSERT (tenant, packet_id, receipt) ON gate.receipt_inbox TO cs_doer;
GRANT USAGE ON SEQUENCE gate.receipt_inbox_id_seq TO cs_doer;
