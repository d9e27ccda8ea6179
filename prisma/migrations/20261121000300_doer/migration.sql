-- The doer's own memory (rule 8), shared by every doer; each keeps what it owes on its own disk as well. Only cs_doer
-- comes here: what it knows of packets must not be changed by whoever signs them.
CREATE SCHEMA IF NOT EXISTS doer AUTHORIZATION cs_owner;

-- One row a packet id: who has it in hand, and the one receipt it was answered with.
CREATE TABLE doer.packet (
  tenant text NOT NULL,
  id text NOT NULL,
  holder uuid NOT NULL,
  claimed_until timestamptz NOT NULL,
  released_at timestamptz(3) NOT NULL,
  receipt bytea,
  PRIMARY KEY (tenant, id)
);

-- One row a grant, written before anything is made at the target. `record` is doer/grant-record.ts.
CREATE TABLE doer.grant_record (
  tenant text NOT NULL,
  request_id text NOT NULL,
  system text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  record jsonb NOT NULL,
  PRIMARY KEY (tenant, request_id)
);
CREATE INDEX grant_record_rate ON doer.grant_record (tenant, system, created_at);

-- One row a break-glass use, so that any doer can end it. What was shown is in it under the doer's own key until it is
-- proved dead. `record` is doer/glass/record.ts.
CREATE TABLE doer.glass_record (
  tenant text NOT NULL,
  request_id text NOT NULL,
  record jsonb NOT NULL,
  PRIMARY KEY (tenant, request_id)
);

-- Ended for good: a grant packet that comes late finds its tombstone.
CREATE TABLE doer.tombstone (
  tenant text NOT NULL,
  request_id text NOT NULL,
  ended_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant, request_id)
);

-- One row a grant or use that was ever shown: from when the newest showing is, so that none older comes after it.
CREATE TABLE doer.showing (
  tenant text NOT NULL,
  request_id text NOT NULL,
  newest_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant, request_id)
);

REVOKE ALL ON SCHEMA doer FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA doer FROM PUBLIC;
GRANT USAGE ON SCHEMA doer TO cs_doer;
GRANT SELECT, INSERT, UPDATE ON doer.packet, doer.grant_record, doer.glass_record, doer.showing TO cs_doer;
GRANT SELECT, INSERT ON doer.tombstone TO cs_doer;
