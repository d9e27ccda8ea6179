-- The doer's own memory (rule 8), shared by every doer; each keeps what it owes on its own disk as well. Only cs_doer
-- comes here: what it knows of packets must not be changed by whoever signs them.
CREATE SCHEMA IF NOT EXISTS doer AUTHORIZATION cs_owner;

-- One row a packet id: who has it in hand, and the one receipt it was answered with. Settled once that was handed over.
-- The doer asks many times a second for what is not; however much is settled, it reads no row of that.
CREATE TABLE doer.packet (
  tenant text NOT NULL,
  id text NOT NULL,
  holder uuid,
  claimed_until timestamptz,
  receipt bytea,
  settled boolean NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX packet_unsettled ON doer.packet (tenant) WHERE NOT settled;

-- A packet is noted by the very statement that releases it, so no clock and no late commit can hide one. What is released
-- again, after a restore, is to be answered again.
CREATE FUNCTION doer.note_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO doer.packet (tenant, id, settled) VALUES (NEW.tenant, NEW.id, false)
    ON CONFLICT (tenant, id) DO UPDATE SET settled = false;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION doer.note_release() FROM PUBLIC;
CREATE TRIGGER "packet_noted" AFTER INSERT ON "gate"."packet" FOR EACH ROW EXECUTE FUNCTION doer.note_release();
ALTER TABLE "gate"."packet" ENABLE ALWAYS TRIGGER "packet_noted";

-- One row a grant, written before anything is made at the target. `record` is doer/grant-record.ts. `is_held`: a membership
-- whose end nobody proved.
CREATE TABLE doer.grant_record (
  tenant text NOT NULL,
  request_id text NOT NULL,
  system text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  record jsonb NOT NULL,
  is_held boolean NOT NULL GENERATED ALWAYS AS (record->'member' <> 'null' AND record->>'state' <> 'over') STORED,
  PRIMARY KEY (tenant, request_id)
);
CREATE INDEX grant_record_rate ON doer.grant_record (tenant, system, created_at);
CREATE INDEX grant_record_held ON doer.grant_record (tenant, system) WHERE is_held;

-- One row a break-glass use, so that any doer can end it. What was shown is in it under the doer's own key until it is
-- proved dead. `record` is doer/glass/record.ts, and long where much stayed behind: who has which account is beside it.
CREATE TABLE doer.glass_record (
  tenant text NOT NULL,
  request_id text NOT NULL,
  record jsonb NOT NULL,
  system text NOT NULL GENERATED ALWAYS AS (record->>'system') STORED,
  account text NOT NULL GENERATED ALWAYS AS (record->>'account') STORED,
  checked_out_at text NOT NULL GENERATED ALWAYS AS (record->>'checkedOutAt') STORED,
  is_out boolean NOT NULL GENERATED ALWAYS AS (record->>'state' = 'checked_out') STORED,
  PRIMARY KEY (tenant, request_id)
);
CREATE INDEX glass_record_out ON doer.glass_record (tenant, system) WHERE is_out;
CREATE INDEX glass_record_last ON doer.glass_record (tenant, system, account, checked_out_at);

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
