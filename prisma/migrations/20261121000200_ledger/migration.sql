-- The ledger (rule 16 and docs/ledger.md). Outside Prisma's schemas; test/ledger/catalogue.test.ts is its drift check.
CREATE SCHEMA IF NOT EXISTS ledger AUTHORIZATION cs_owner;
SET ROLE cs_owner;

-- Entries: LIST by tenant, then RANGE by seq in multiples of 65,536, made by ledger.open_log and ledger.open_range.
CREATE TABLE ledger.ledger_entry (
  tenant text NOT NULL,
  seq bigint NOT NULL CHECK (seq >= 0),
  entry bytea NOT NULL CHECK (octet_length(entry) BETWEEN 54 AND 65535),
  leaf_hash bytea NOT NULL GENERATED ALWAYS AS (sha256('\x00'::bytea || entry)) STORED,
  PRIMARY KEY (tenant, seq)
) PARTITION BY LIST (tenant);
ALTER TABLE ledger.ledger_entry ALTER COLUMN entry SET STORAGE EXTERNAL;

-- One row a log. `edge`: the right-edge nodes of the RFC 6962 tree, largest subtree first, 32 bytes each.
CREATE TABLE ledger.ledger_head (
  tenant text PRIMARY KEY,
  origin text NOT NULL UNIQUE,
  size bigint NOT NULL CHECK (size >= 0),
  last_leaf bytea NOT NULL CHECK (octet_length(last_leaf) = 32),
  edge bytea NOT NULL CHECK (octet_length(edge) = 32 * bit_count(int8send(size))),
  time_micros bigint NOT NULL,
  epoch bigint NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Which span of time a range of entries covers: from `opened_micros` to the next range's.
CREATE TABLE ledger.ledger_range (
  tenant text NOT NULL,
  first_seq bigint NOT NULL CHECK (first_seq % 65536 = 0),
  opened_micros bigint NOT NULL,
  pruned boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant, first_seq)
);

-- While a legal hold stands, nothing of its tenant's log is pruned.
CREATE TABLE ledger.ledger_hold (
  tenant text NOT NULL,
  name text NOT NULL,
  placed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant, name)
);

-- Events committed with their state change and not yet sequenced. `id` orders them; it is never a watermark.
CREATE TABLE ledger.ledger_inbox (
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant text NOT NULL CHECK (tenant ~ '^[A-Za-z0-9_-]{1,64}$'),
  event_id uuid NOT NULL,
  payload bytea NOT NULL CHECK (octet_length(payload) BETWEEN 2 AND 65481),
  PRIMARY KEY (tenant, event_id),
  UNIQUE (id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Where an event stands; the relay releases a packet only when its event is here (rule 7).
CREATE TABLE ledger.ledger_sequenced (
  tenant text NOT NULL,
  event_id uuid NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (tenant, event_id)
);

-- Full hash tiles (C2SP tlog-tiles, height 8). Partial ones are prefixes, cut from leaf hashes and `root`s when asked.
CREATE TABLE ledger.ledger_tile (
  tenant text NOT NULL,
  level int NOT NULL CHECK (level BETWEEN 0 AND 6),
  tile bigint NOT NULL CHECK (tile >= 0),
  hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  PRIMARY KEY (tenant, level, tile)
);

-- Every checkpoint ever signed, as the signed note that was served.
CREATE TABLE ledger.ledger_checkpoint (
  tenant text NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  note text NOT NULL,
  time_micros bigint NOT NULL,
  PRIMARY KEY (tenant, size)
);

-- The verifier keys a log signs with, from which size on: its key history. A change is an entry too (key.rotated).
CREATE TABLE ledger.ledger_signing (
  tenant text NOT NULL,
  size bigint NOT NULL,
  vkeys text[] NOT NULL CHECK (cardinality(vkeys) > 0),
  PRIMARY KEY (tenant, size)
);

-- Witnesses' signature lines over a checkpoint (C2SP tlog-cosignature).
CREATE TABLE ledger.ledger_cosignature (
  tenant text NOT NULL,
  size bigint NOT NULL,
  witness text NOT NULL,
  line text NOT NULL,
  PRIMARY KEY (tenant, size, witness)
);

-- What was last handed to each anchor outside this database, for its lag alarm. The anchor itself is the evidence.
CREATE TABLE ledger.ledger_anchor (
  tenant text NOT NULL,
  anchor text NOT NULL,
  domain text NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL,
  anchored_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant, anchor)
);

-- Beside the entries, erasable: who a pseudonym is, and salt and text sealed under that person's key (kept elsewhere).
CREATE TABLE ledger.ledger_pseudonym (
  tenant text NOT NULL,
  pseudonym text NOT NULL,
  principal text NOT NULL,
  PRIMARY KEY (tenant, pseudonym),
  UNIQUE (tenant, principal)
);
CREATE TABLE ledger.ledger_personal (
  tenant text NOT NULL,
  event_id uuid NOT NULL,
  field text NOT NULL,
  pseudonym text NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (tenant, event_id, field)
);
CREATE INDEX ledger_personal_subject ON ledger.ledger_personal (tenant, pseudonym);

-- The policy input of a decision, for replay; its digest is inside the entry.
CREATE TABLE ledger.ledger_policy_input (
  tenant text NOT NULL,
  event_id uuid NOT NULL,
  digest text NOT NULL,
  input bytea NOT NULL,
  PRIMARY KEY (tenant, event_id)
);

-- What is written once stays. ENABLE ALWAYS: a plain trigger is skipped under session_replication_role = replica.
CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'ledger: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION ledger.refuse_rewind() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.tenant <> OLD.tenant OR NEW.origin <> OLD.origin OR NEW.size < OLD.size OR NEW.epoch < OLD.epoch
     OR NEW.time_micros < OLD.time_micros OR (NEW.size = OLD.size AND (NEW.last_leaf <> OLD.last_leaf OR NEW.edge <> OLD.edge)) THEN
    RAISE EXCEPTION 'ledger: the head of % only moves forward', OLD.tenant USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

DO $$
DECLARE held text;
BEGIN
  FOREACH held IN ARRAY ARRAY['ledger_entry', 'ledger_sequenced', 'ledger_tile', 'ledger_checkpoint', 'ledger_signing', 'ledger_cosignature'] LOOP
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger.%I FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()', held);
    EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse_change', held);
  END LOOP;
  FOREACH held IN ARRAY ARRAY['ledger_entry', 'ledger_sequenced', 'ledger_tile', 'ledger_checkpoint', 'ledger_signing', 'ledger_cosignature', 'ledger_head', 'ledger_range', 'ledger_inbox'] LOOP
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger.%I FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', held);
    EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse_truncate', held);
  END LOOP;
END $$;
CREATE TRIGGER refuse_rewind BEFORE UPDATE ON ledger.ledger_head FOR EACH ROW EXECUTE FUNCTION ledger.refuse_rewind();
CREATE TRIGGER refuse_change BEFORE DELETE ON ledger.ledger_head FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.ledger_head ENABLE ALWAYS TRIGGER refuse_rewind, ENABLE ALWAYS TRIGGER refuse_change;

-- What was pruned stays pruned, so that min_index never falls.
CREATE FUNCTION ledger.refuse_return() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.pruned OR (to_jsonb(OLD) - 'pruned') <> (to_jsonb(NEW) - 'pruned') THEN
    RAISE EXCEPTION 'ledger: a range is only ever pruned, once' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_return BEFORE UPDATE ON ledger.ledger_range FOR EACH ROW EXECUTE FUNCTION ledger.refuse_return();
CREATE TRIGGER refuse_change BEFORE DELETE ON ledger.ledger_range FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.ledger_range ENABLE ALWAYS TRIGGER refuse_return, ENABLE ALWAYS TRIGGER refuse_change;

-- Attached, not created in place: ATTACH does not block readers. A TRUNCATE trigger does not carry over, so each gets its own.
CREATE FUNCTION ledger.open_range(p_tenant text, p_seq bigint, p_time_micros bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  parent text := 'entry_' || left(encode(sha256(convert_to(p_tenant, 'UTF8')), 'hex'), 24);
  first bigint := p_seq / 65536 * 65536;
  part text := parent || '_' || p_seq / 65536;
BEGIN
  IF to_regclass(format('ledger.%I', part)) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE ledger.%I (LIKE ledger.ledger_entry INCLUDING ALL)', part);
  EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger.%I FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', part);
  EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse_truncate', part);
  EXECUTE format('ALTER TABLE ledger.%I ATTACH PARTITION ledger.%I FOR VALUES FROM (%s) TO (%s)', parent, part, first, first + 65536);
  INSERT INTO ledger.ledger_range (tenant, first_seq, opened_micros) VALUES (p_tenant, first, p_time_micros);
END $$;

-- A tenant's log begins: its partition, its first range, its head. Repeats safely.
CREATE FUNCTION ledger.open_log(p_tenant text, p_origin text, p_genesis bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE parent text := 'entry_' || left(encode(sha256(convert_to(p_tenant, 'UTF8')), 'hex'), 24);
BEGIN
  INSERT INTO ledger.ledger_head (tenant, origin, size, last_leaf, edge, time_micros, epoch)
    VALUES (p_tenant, p_origin, 0, p_genesis, '', 0, 0) ON CONFLICT (tenant) DO NOTHING;
  IF NOT FOUND THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE ledger.%I (LIKE ledger.ledger_entry INCLUDING ALL) PARTITION BY RANGE (seq)', parent);
  EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger.%I FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', parent);
  EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse_truncate', parent);
  EXECUTE format('ALTER TABLE ledger.ledger_entry ATTACH PARTITION ledger.%I FOR VALUES IN (%L)', parent, p_tenant);
END $$;

-- Called by gate.commit inside its transaction, and by nobody else. Elements: see PreparedEvent in src/ledger/event.ts.
CREATE FUNCTION ledger.enqueue(p_tenant text, p_events jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM jsonb_array_elements(p_events) AS event
             WHERE NOT coalesce(event ->> 'payload' IS JSON OBJECT WITH UNIQUE KEYS, false)
                OR (event ->> 'payload')::jsonb ->> 'id' IS DISTINCT FROM event ->> 'eventId') THEN
    RAISE EXCEPTION 'ledger: an event payload is not a JSON object with its own id' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO ledger.ledger_inbox (tenant, event_id, payload)
    SELECT p_tenant, (event ->> 'eventId')::uuid, convert_to(event ->> 'payload', 'UTF8')
    FROM jsonb_array_elements(p_events) WITH ORDINALITY AS item (event, place) ORDER BY place;
  IF NOT p_events @? '$[*] ? (@.policyInput != null || @.personal.size() > 0)' THEN RETURN; END IF;
  INSERT INTO ledger.ledger_personal (tenant, event_id, field, pseudonym, sealed)
    SELECT p_tenant, (event ->> 'eventId')::uuid, text ->> 'field', text ->> 'pseudonym', decode(text ->> 'sealed', 'base64')
    FROM jsonb_array_elements(p_events) AS event, jsonb_array_elements(event -> 'personal') AS text;
  INSERT INTO ledger.ledger_policy_input (tenant, event_id, digest, input)
    SELECT p_tenant, (event ->> 'eventId')::uuid, event #>> '{policyInput,digest}', convert_to(event #>> '{policyInput,input}', 'UTF8')
    FROM jsonb_array_elements(p_events) AS event WHERE event #> '{policyInput,digest}' IS NOT NULL;
END $$;

-- Drops the oldest range of entries, and what lay beside them; their tiles stay. The event goes with it, or nothing does.
-- By the log's own time, which never runs back. For the owner alone: see src/ledger/prune.ts.
CREATE FUNCTION ledger.prune_range(p_tenant text, p_first bigint, p_event jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  parent text := 'entry_' || left(encode(sha256(convert_to(p_tenant, 'UTF8')), 'hex'), 24);
  part text := parent || '_' || p_first / 65536;
  newest bigint;
  follows bigint;
BEGIN
  SELECT time_micros INTO newest FROM ledger.ledger_head WHERE tenant = p_tenant;
  SELECT opened_micros INTO follows FROM ledger.ledger_range WHERE tenant = p_tenant AND first_seq = p_first + 65536;
  IF p_first IS DISTINCT FROM (SELECT min(first_seq) FROM ledger.ledger_range WHERE tenant = p_tenant AND NOT pruned)
     OR follows IS NULL OR follows > newest - 731 * 86400000000 THEN
    RAISE EXCEPTION 'ledger: only the oldest range, once all of it is older than 24 months' USING ERRCODE = 'CS008';
  END IF;
  IF EXISTS (SELECT FROM ledger.ledger_hold WHERE tenant = p_tenant) THEN
    RAISE EXCEPTION 'ledger: a legal hold stands' USING ERRCODE = 'CS008';
  END IF;
  DELETE FROM ledger.ledger_personal AS beside USING ledger.ledger_sequenced AS place
    WHERE beside.tenant = p_tenant AND place.tenant = p_tenant AND place.event_id = beside.event_id AND place.seq < p_first + 65536;
  DELETE FROM ledger.ledger_policy_input AS beside USING ledger.ledger_sequenced AS place
    WHERE beside.tenant = p_tenant AND place.tenant = p_tenant AND place.event_id = beside.event_id AND place.seq < p_first + 65536;
  PERFORM set_config('lock_timeout', '5s', true);
  EXECUTE format('ALTER TABLE ledger.%I DETACH PARTITION ledger.%I', parent, part);
  EXECUTE format('DROP TABLE ledger.%I', part);
  UPDATE ledger.ledger_range SET pruned = true WHERE tenant = p_tenant AND first_seq = p_first;
  PERFORM ledger.enqueue(p_tenant, p_event);
END $$;

CREATE FUNCTION ledger.pseudonym(p_tenant text, p_principal text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE found_name text;
BEGIN
  LOOP
    SELECT pseudonym INTO found_name FROM ledger.ledger_pseudonym WHERE tenant = p_tenant AND principal = p_principal;
    IF FOUND THEN RETURN found_name; END IF;
    INSERT INTO ledger.ledger_pseudonym (tenant, pseudonym, principal)
      VALUES (p_tenant, 'n_' || replace(gen_random_uuid()::text, '-', ''), p_principal) ON CONFLICT DO NOTHING;
  END LOOP;
END $$;

-- Least privilege: writing goes through gate.commit (owner) or the sequencer, the rest may read.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO cs_app, cs_worker, cs_sequencer;
GRANT EXECUTE ON FUNCTION ledger.pseudonym(text, text) TO cs_app, cs_worker;
GRANT SELECT ON ledger.ledger_entry, ledger.ledger_head, ledger.ledger_range, ledger.ledger_sequenced, ledger.ledger_tile,
  ledger.ledger_checkpoint, ledger.ledger_signing, ledger.ledger_cosignature, ledger.ledger_anchor, ledger.ledger_pseudonym, ledger.ledger_personal,
  ledger.ledger_policy_input TO cs_app, cs_worker;
GRANT INSERT ON ledger.ledger_cosignature TO cs_worker;
GRANT INSERT, UPDATE ON ledger.ledger_anchor TO cs_worker;

GRANT EXECUTE ON FUNCTION ledger.open_log(text, text, bytea), ledger.open_range(text, bigint, bigint) TO cs_sequencer;
GRANT SELECT, DELETE ON ledger.ledger_inbox TO cs_sequencer;
-- Whether the sequencer makes progress, never what waits.
GRANT SELECT (tenant, id) ON ledger.ledger_inbox TO cs_worker;
GRANT SELECT, INSERT ON ledger.ledger_entry, ledger.ledger_sequenced, ledger.ledger_tile, ledger.ledger_checkpoint,
  ledger.ledger_signing TO cs_sequencer;
GRANT SELECT, UPDATE (size, last_leaf, edge, time_micros, epoch) ON ledger.ledger_head TO cs_sequencer;
GRANT SELECT ON ledger.ledger_range, ledger.ledger_cosignature, ledger.ledger_anchor TO cs_sequencer;
RESET ROLE;

-- Advisory locks have no ACL of their own: anyone could squat on the sequencer's. BullMQ uses the one-argument forms.
DO $$
DECLARE lock_function regprocedure;
BEGIN
  FOR lock_function IN
    SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname LIKE 'pg\_%advisory%lock%'
      AND proargtypes = '23 23'::oidvector
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', lock_function);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_try_advisory_lock(int, int) TO cs_sequencer;
