-- The only write door of the gatekeepers (rule 1). cs_app and cs_worker may execute it and may write no
-- table of `gate` themselves, so a state change without its ledger event is refused by the database, not by convention.
--
-- One call is one transaction. What it refuses, it raises:
--   CS001 lost race        the request is no longer in (state, version), or a turn was taken: re-read and decide again
--   CS002 input seen       this delivery was answered before
--   CS003 handle taken     held exclusively by someone else
--   CS004 receipt known    this packet was settled before
--   CS005 genesis exists   the tenant's rules are already in force
--   CS006 malformed        no event, or a vote on a request that the same commit does not move
--   CS008 not this login's  the app settles no receipt, puts no rules in force and carries nothing out
--   CS009 votes missing     approved without so many standing votes as the request itself says it needs
--   CS010 window closed     the window has no use left, is not open now, or does not cover the request
--   CS011 still open        something of the person to be erased is open, or a legal hold stands
CREATE FUNCTION gate.commit(p jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t text := p->>'tenant';
  at timestamptz := (p->>'at')::timestamptz;
  c jsonb;
  n integer;
  numbers jsonb := '{}';
BEGIN
  IF t IS NULL OR at IS NULL OR coalesce(jsonb_array_length(p->'events'), 0) = 0 THEN
    RAISE EXCEPTION USING ERRCODE = 'CS006', MESSAGE = 'a commit carries a tenant, a time and at least one event';
  END IF;
  -- A vote counts only through the compare-and-set of its request: two at once would else each see one vote (rule 3).
  IF EXISTS (SELECT FROM jsonb_array_elements(p->'votes') AS v
             WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(p->'changes') AS x WHERE x->>'id' = v->>'requestId')) THEN
    RAISE EXCEPTION USING ERRCODE = 'CS006', MESSAGE = 'a vote moves its request in the same commit';
  END IF;
  -- Whoever owns the process that faces the network gets neither proofs nor rules by that (rules 8, 17).
  IF session_user = 'cs_app' AND (p->'receipt' <> 'null'::jsonb OR p->'apply' <> 'null'::jsonb OR p->>'erase' IS NOT NULL) THEN
    RAISE EXCEPTION USING ERRCODE = 'CS008', MESSAGE = 'the app settles no receipt, applies no rules and erases nobody';
  END IF;

  -- What was voted on is carried out by the worker: the app may record a yes, never a grant or its end.
  IF session_user = 'cs_app' AND EXISTS (
    SELECT FROM jsonb_array_elements(p->'changes') AS x
    WHERE x->'details' ? 'approvalsNeeded' AND x->>'state' IS DISTINCT FROM x->'from'->>'state'
      AND x->>'state' IN ('executing', 'active', 'revoke_unproven', 'ended', 'failed', 'erased')) THEN
    RAISE EXCEPTION USING ERRCODE = 'CS008', MESSAGE = 'the app carries nothing out';
  END IF;

  -- Whoever opens a request takes the turn of its people: of two at once, each would else be judged as if alone.
  FOR c IN SELECT x FROM jsonb_array_elements(p->'turns') AS x ORDER BY x->>'handle' LOOP
    INSERT INTO gate.handle AS h (tenant, handle, holder, epoch, exclusive, held_at)
      VALUES (t, c->>'handle', '', (c->>'epoch')::int + 1, false, at)
      ON CONFLICT (tenant, handle, holder) DO UPDATE SET epoch = h.epoch + 1, held_at = at
        WHERE h.epoch = (c->>'epoch')::int;
    IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = 'lost race'; END IF;
  END LOOP;

  IF p->>'input' IS NOT NULL THEN
    INSERT INTO gate.input_seen (tenant, key, seen_at, request_id) VALUES (t, p->>'input', at, p->'changes'->0->>'id') ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'CS002', MESSAGE = 'input seen'; END IF;
  END IF;

  FOR c IN SELECT * FROM jsonb_array_elements(p->'changes') LOOP
    IF c->'from' = 'null'::jsonb THEN
      INSERT INTO gate.tenant AS x (tenant, next_number) VALUES (t, 2)
        ON CONFLICT (tenant) DO UPDATE SET next_number = x.next_number + 1
        RETURNING x.next_number - 1 INTO n;
      INSERT INTO gate.request (tenant, id, number, capability, state, version, parent_id, requester, subject, details, due_at, created_at, updated_at)
        VALUES (t, c->>'id', n, c->>'capability', c->>'state', 1, c->>'parentId', c->>'requester', c->>'subject',
                c->'details', (c->>'dueAt')::timestamptz, at, at);
      numbers := numbers || jsonb_build_object(c->>'id', n);
    ELSE
      UPDATE gate.request
        SET state = c->>'state', version = version + 1, details = c->'details', due_at = (c->>'dueAt')::timestamptz, updated_at = at
        WHERE tenant = t AND id = c->>'id' AND capability = c->>'capability'
          AND state = c->'from'->>'state' AND version = (c->'from'->>'version')::int
          -- What a window covers stands, and its uses are counted below alone. Its words may be erased.
          AND (capability <> 'window' OR details - '{decided,closed,pendingUntil,outageMilliseconds,reason,ticket}'::text[]
                                       = (c->'details') - '{decided,closed,pendingUntil,outageMilliseconds,reason,ticket}'::text[]);
      IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = 'lost race'; END IF;
    END IF;
  END LOOP;

  UPDATE gate.vote SET voided_at = at
    WHERE tenant = t AND voided_at IS NULL AND id IN (SELECT v::uuid FROM jsonb_array_elements_text(p->'voidVotes') AS v);
  INSERT INTO gate.vote (tenant, id, request_id, principal, verdict, seal, reason, proof, cast_at)
    SELECT t, (v->>'id')::uuid, v->>'requestId', v->>'principal', v->>'verdict', v->>'seal', v->>'reason', nullif(v->'proof', 'null'), at
    FROM jsonb_array_elements(p->'votes') AS v;

  -- One use of a window, for a request this commit opens. Its row is locked: of many at once no more pass than it has uses.
  IF p->'use' <> 'null'::jsonb THEN
    UPDATE gate.request w
      SET version = w.version + 1, updated_at = at,
          state = CASE WHEN jsonb_array_length(w.details->'used') + 1 < (w.details->'terms'->>'uses')::int THEN 'open' ELSE 'used_up' END,
          details = jsonb_set(w.details, '{used}', (w.details->'used')
            || jsonb_build_object('request', r.id, 'by', r.subject, 'at', p->>'at'))
      FROM gate.request r
      WHERE w.tenant = t AND w.id = p->'use'->>'window' AND w.capability = 'window' AND w.state = 'open'
        AND jsonb_array_length(w.details->'used') < (w.details->'terms'->>'uses')::int
        AND at >= (w.details->'terms'->>'startsAt')::timestamptz
        AND at + make_interval(mins => (r.details->>'durationMinutes')::int) <= (w.details->'terms'->>'endsAt')::timestamptz
        AND r.tenant = t AND r.id = p->'use'->>'request' AND r.version = 1
        AND r.id IN (SELECT x->>'id' FROM jsonb_array_elements(p->'changes') AS x WHERE x->'from' = 'null'::jsonb)
        AND r.requester = r.subject AND w.details->'terms'->'people' ? r.subject
        AND w.details->'system' = r.details->'system'
        AND w.details->'terms'->'scopes' @> jsonb_build_array(jsonb_build_object('scope', r.details->'scope', 'privileges', r.details->'privileges'))
        AND (r.details->>'durationMinutes')::int <= (w.details->'terms'->>'longestMinutes')::int
      RETURNING (w.details->'terms'->>'uses')::int - jsonb_array_length(w.details->'used') INTO n;
    IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'CS010', MESSAGE = 'the window is closed to this'; END IF;
    UPDATE gate.request SET details = jsonb_set(details, '{window,usesLeft}', to_jsonb(n)) WHERE tenant = t AND id = p->'use'->>'request';
  END IF;

  -- Approved means enough standing votes (rule 4): of distinct people, neither asking nor gaining, for the terms as sealed.
  -- They stand on the request itself, or on the window that let it through and still counts it among its uses.
  IF EXISTS (
    SELECT FROM jsonb_array_elements(p->'changes') AS x JOIN gate.request r ON r.tenant = t AND r.id = x->>'id'
    WHERE r.state IN ('approved', 'executing', 'open') AND r.details ? 'approvalsNeeded'
      AND (r.details->>'approvalsNeeded')::int > (
        SELECT count(DISTINCT v.principal) FROM gate.request b JOIN gate.vote v ON v.tenant = t AND v.request_id = b.id
        WHERE b.tenant = t AND b.id = coalesce(r.details->'window'->>'id', r.id)
          AND (b.id = r.id OR b.capability = 'window' AND b.state IN ('open', 'used_up')
               AND b.details->'used' @> jsonb_build_array(jsonb_build_object('request', r.id)))
          AND v.voided_at IS NULL AND v.verdict = 'approve' AND v.seal = b.details->>'seal'
          AND v.principal NOT IN (r.requester, r.subject, b.requester)
          AND NOT coalesce(b.details->'terms'->'people' ? v.principal, false))) THEN
    RAISE EXCEPTION USING ERRCODE = 'CS009', MESSAGE = 'too few standing votes';
  END IF;

  DELETE FROM gate.handle h USING jsonb_array_elements(p->'release') AS r
    WHERE h.tenant = t AND h.handle = r->>'handle' AND h.holder = r->>'holder';
  BEGIN
    INSERT INTO gate.handle (tenant, handle, holder, epoch, exclusive, held_at)
      SELECT t, h->>'handle', h->>'holder', (h->>'epoch')::int, (h->>'exclusive')::boolean, at
      FROM jsonb_array_elements(p->'take') AS h;
  EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION USING ERRCODE = 'CS003', MESSAGE = 'handle taken';
  END;

  IF p->'receipt' <> 'null'::jsonb THEN
    c := p->'receipt';
    INSERT INTO gate.receipt (tenant, packet_id, request_id, kind, outcome, receipt, received_at)
      SELECT t, c->>'packetId', c->>'requestId', c->>'kind', c->>'outcome', i.receipt, at
      FROM gate.receipt_inbox i WHERE i.tenant = t AND i.id = (c->>'inboxId')::bigint
      ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'CS004', MESSAGE = 'receipt known'; END IF;
    DELETE FROM gate.receipt_inbox WHERE tenant = t AND id = (c->>'inboxId')::bigint;
  END IF;

  IF p->'apply' <> 'null'::jsonb THEN
    c := p->'apply';
    -- Only the genesis comes this way: a later change of the rules needs a second person (rule 17).
    IF (c->>'serial')::int IS DISTINCT FROM 1 THEN
      RAISE EXCEPTION USING ERRCODE = 'CS005', MESSAGE = 'rules are in force';
    END IF;
    INSERT INTO gate.policy_apply (tenant, serial, digest, organisation, bundle, event_id, applied_at)
      VALUES (t, (c->>'serial')::int, c->>'digest', c->'organisation', decode(c->>'bundle', 'base64'),
              (p->'events'->0->>'eventId')::uuid, at)
      ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'CS005', MESSAGE = 'rules of that serial exist'; END IF;
  END IF;

  INSERT INTO gate.auditor_token (tenant, digest, label, expires_at, created_at)
    SELECT t, k->>'digest', k->>'label', (k->>'expiresAt')::timestamptz, at FROM jsonb_array_elements(p->'auditorTokens') AS k;
  UPDATE gate.auditor_token SET revoked_at = at
    WHERE tenant = t AND revoked_at IS NULL AND digest IN (SELECT jsonb_array_elements_text(p->'revokeTokens'));

  IF p->>'erase' IS NOT NULL THEN
    PERFORM gate.erase_person(t, p->>'erase', p->'changes'->0->>'id');
  END IF;

  PERFORM ledger.enqueue(t, p->'events');

  INSERT INTO gate.outbox (tenant, kind, key, request_id, event_id, payload, not_before, created_at)
    SELECT t, e->>'kind', e->>'key', e->>'requestId', (e->>'eventId')::uuid, e->'payload', coalesce((e->>'notBefore')::timestamptz, at), at
    FROM jsonb_array_elements(p->'effects') WITH ORDINALITY AS x(e, position) ORDER BY position;

  RETURN jsonb_build_object('numbers', numbers);
END $$;

ALTER FUNCTION gate.commit(jsonb) OWNER TO cs_owner;
REVOKE ALL ON FUNCTION gate.commit(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.commit(jsonb) TO cs_app, cs_worker;

-- All that a person asked for, was to get, voted on, or is named in for what they did or have to do there.
CREATE FUNCTION gate.concerning(p_tenant text, p_person text) RETURNS SETOF gate.request
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.* FROM gate.request r WHERE r.tenant = p_tenant AND (p_person IN (r.requester, r.subject)
    OR EXISTS (SELECT FROM gate.vote v WHERE v.tenant = r.tenant AND v.request_id = r.id AND v.principal = p_person)
    OR jsonb_path_exists(r.details, '$.** ? (@.by == $p || @.owner == $p || @.requester == $p || @.subject == $p)',
                         jsonb_build_object('p', p_person)));
$$;

-- What keeps a person from being erased: what of theirs is open, and any legal hold. What is open has its time. A freeze
-- that holds no words, of an account deactivated in Slack, may last for ever and keeps nobody.
CREATE FUNCTION gate.erasure_waits_for(p_tenant text, p_person text, p_erasure text) RETURNS TABLE (number integer, what text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT r.number, coalesce(r.details->>'part', r.capability) FROM gate.concerning(p_tenant, p_person) r
      WHERE r.due_at IS NOT NULL AND r.id <> p_erasure AND (r.capability <> 'freeze' OR r.details->>'reason' <> '')
    UNION ALL
    SELECT NULL, 'legal hold' WHERE EXISTS (SELECT FROM ledger.ledger_hold h WHERE h.tenant = p_tenant)
    ORDER BY 1;
END $$;

-- The person's texts and salts go, what others wrote in what they asked for or got, the policy inputs of all they had a part
-- in, and the words of votes, in the commit that says so (docs/ledger.md, Erasing). Whoever owns the worker erases nobody without a countersigned request, or while something is open.
CREATE FUNCTION gate.erase_person(p_tenant text, p_person text, p_erasure text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  known text := (SELECT pseudonym FROM ledger.ledger_pseudonym WHERE tenant = p_tenant AND principal = p_person);
BEGIN
  IF NOT EXISTS (
    SELECT FROM gate.request r JOIN gate.vote v ON v.tenant = r.tenant AND v.request_id = r.id
    WHERE r.tenant = p_tenant AND r.id = p_erasure AND r.capability = 'erasure' AND r.state = 'erased' AND r.subject = p_person
      AND r.requester <> r.subject AND v.voided_at IS NULL AND v.verdict = 'approve' AND v.seal = r.details->>'seal'
      AND v.principal NOT IN (r.requester, r.subject)) THEN
    RAISE EXCEPTION USING ERRCODE = 'CS009', MESSAGE = 'nobody countersigned this erasure';
  END IF;
  IF EXISTS (SELECT FROM gate.erasure_waits_for(p_tenant, p_person, p_erasure)) THEN
    RAISE EXCEPTION USING ERRCODE = 'CS011', MESSAGE = 'something of this person is open';
  END IF;
  DELETE FROM ledger.ledger_personal WHERE tenant = p_tenant AND pseudonym = known;
  WITH named AS (
    SELECT placed.event_id, convert_from(substring(entry.entry FROM 55), 'UTF8')::jsonb->'people' AS people
      FROM ledger.ledger_entry AS entry JOIN ledger.ledger_sequenced AS placed USING (tenant, seq)
      WHERE entry.tenant = p_tenant AND position(convert_to(known, 'UTF8') IN entry.entry) > 0
    UNION ALL
    SELECT event_id, convert_from(payload, 'UTF8')::jsonb->'people' FROM ledger.ledger_inbox
      WHERE tenant = p_tenant AND position(convert_to(known, 'UTF8') IN payload) > 0
  ), inputs AS (
    DELETE FROM ledger.ledger_policy_input AS beside USING named
      WHERE beside.tenant = p_tenant AND beside.event_id = named.event_id
  )
  DELETE FROM ledger.ledger_personal AS beside USING named
    WHERE beside.tenant = p_tenant AND beside.event_id = named.event_id
      AND known IN (named.people->>'requester', named.people->>'subject');
  UPDATE gate.vote v SET reason = 'erased' WHERE v.tenant = p_tenant AND v.reason <> 'erased' AND (v.principal = p_person
    OR EXISTS (SELECT FROM gate.request r WHERE r.tenant = p_tenant AND r.id = v.request_id AND p_person IN (r.requester, r.subject)));
END $$;

ALTER FUNCTION gate.concerning(text, text) OWNER TO cs_owner;
ALTER FUNCTION gate.erasure_waits_for(text, text, text) OWNER TO cs_owner;
ALTER FUNCTION gate.erase_person(text, text, text) OWNER TO cs_owner;
REVOKE ALL ON FUNCTION gate.concerning(text, text), gate.erasure_waits_for(text, text, text), gate.erase_person(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.concerning(text, text), gate.erasure_waits_for(text, text, text) TO cs_worker;

-- A delivery's key where nothing else is written (opening a modal): true once, false for every replay.
CREATE FUNCTION gate.see_input(p_tenant text, p_key text, p_at timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH seen AS (
    INSERT INTO gate.input_seen (tenant, key, seen_at) VALUES (p_tenant, p_key, p_at) ON CONFLICT DO NOTHING RETURNING 1
  ) SELECT EXISTS (SELECT FROM seen);
$$;

ALTER FUNCTION gate.see_input(text, text, timestamptz) OWNER TO cs_owner;
REVOKE ALL ON FUNCTION gate.see_input(text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.see_input(text, text, timestamptz) TO cs_app;

-- A message of ours that no row knows (the poster died between posting and noting it) joins the request's copies.
CREATE FUNCTION gate.adopt_copy(p_tenant text, p_request text, p_surface text, p_channel text, p_ts text, p_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH adopted AS (
    INSERT INTO gate.projection (tenant, request_id, surface, channel, ts, digest, rendered_at)
      SELECT p_tenant, p_request, 'copy:' || p_ts || ':' || p_surface, p_channel, p_ts, '', p_at
      WHERE EXISTS (SELECT FROM gate.request WHERE tenant = p_tenant AND id = p_request)
        AND NOT EXISTS (SELECT FROM gate.projection WHERE tenant = p_tenant AND channel = p_channel AND ts = p_ts)
      ON CONFLICT DO NOTHING RETURNING 1
  )
  INSERT INTO gate.outbox (tenant, kind, key, request_id, payload, not_before, created_at)
    SELECT p_tenant, 'project', 'project-' || p_request, p_request,
           jsonb_build_object('kind', 'project', 'requestId', p_request), p_at, p_at FROM adopted;
$$;

ALTER FUNCTION gate.adopt_copy(text, text, text, text, text, timestamptz) OWNER TO cs_owner;
REVOKE ALL ON FUNCTION gate.adopt_copy(text, text, text, text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.adopt_copy(text, text, text, text, text, timestamptz) TO cs_app;

-- A person opened their App Home: it is published anew now, and whenever something of theirs changes.
CREATE FUNCTION gate.open_home(p_tenant text, p_person text, p_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO gate.projection (tenant, request_id, surface, channel, ts, digest, rendered_at)
    VALUES (p_tenant, 'home:' || p_person, 'home', '', '', '', p_at)
    ON CONFLICT (tenant, request_id, surface) DO UPDATE SET digest = '';
  INSERT INTO gate.outbox (tenant, kind, key, payload, not_before, created_at)
    VALUES (p_tenant, 'home', 'home-' || p_person,
            jsonb_build_object('kind', 'home', 'requestId', NULL, 'person', p_person), p_at, p_at);
$$;

ALTER FUNCTION gate.open_home(text, text, timestamptz) OWNER TO cs_owner;
REVOKE ALL ON FUNCTION gate.open_home(text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.open_home(text, text, timestamptz) TO cs_app;
