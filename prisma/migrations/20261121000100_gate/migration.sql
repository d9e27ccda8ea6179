-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "gate";

-- CreateTable
CREATE TABLE "gate"."tenant" (
    "tenant" TEXT NOT NULL,
    "next_number" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("tenant")
);

-- CreateTable
CREATE TABLE "gate"."request" (
    "tenant" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "capability" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "parent_id" TEXT,
    "requester" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "request_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateTable
CREATE TABLE "gate"."vote" (
    "tenant" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "request_id" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "seal" TEXT NOT NULL,
    "reason" TEXT,
    "proof" JSONB,
    "cast_at" TIMESTAMPTZ(3) NOT NULL,
    "voided_at" TIMESTAMPTZ(3),

    CONSTRAINT "vote_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateTable
CREATE TABLE "gate"."handle" (
    "tenant" TEXT NOT NULL,
    "handle" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "exclusive" BOOLEAN NOT NULL,
    "held_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "handle_pkey" PRIMARY KEY ("tenant","handle","holder")
);

-- CreateTable
CREATE TABLE "gate"."outbox" (
    "id" BIGSERIAL NOT NULL,
    "tenant" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_id" TEXT,
    "event_id" UUID,
    "payload" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gate"."packet" (
    "tenant" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "system" TEXT NOT NULL,
    "envelope" BYTEA NOT NULL,
    "proof" JSONB,
    "released_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "packet_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateTable
CREATE TABLE "gate"."receipt_inbox" (
    "id" BIGSERIAL NOT NULL,
    "tenant" TEXT NOT NULL,
    "packet_id" TEXT NOT NULL,
    "receipt" BYTEA NOT NULL,

    CONSTRAINT "receipt_inbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gate"."receipt" (
    "tenant" TEXT NOT NULL,
    "packet_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "receipt" BYTEA NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "receipt_pkey" PRIMARY KEY ("tenant","packet_id")
);

-- CreateTable
CREATE TABLE "gate"."input_seen" (
    "tenant" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "request_id" TEXT,

    CONSTRAINT "input_seen_pkey" PRIMARY KEY ("tenant","key")
);

-- CreateTable
CREATE TABLE "gate"."projection" (
    "tenant" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "surface" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "ts" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "rendered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "projection_pkey" PRIMARY KEY ("tenant","request_id","surface")
);

-- CreateTable
CREATE TABLE "gate"."policy_apply" (
    "tenant" TEXT NOT NULL,
    "serial" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "organisation" JSONB NOT NULL,
    "bundle" BYTEA NOT NULL,
    "event_id" UUID NOT NULL,
    "applied_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_apply_pkey" PRIMARY KEY ("tenant","serial")
);

-- CreateTable
CREATE TABLE "gate"."auditor_token" (
    "tenant" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "auditor_token_pkey" PRIMARY KEY ("tenant","digest")
);

-- CreateTable
CREATE TABLE "gate"."outage" (
    "tenant" TEXT NOT NULL,
    "began_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "outage_pkey" PRIMARY KEY ("tenant","began_at")
);

-- CreateIndex
CREATE INDEX "request_tenant_due_at_idx" ON "gate"."request"("tenant", "due_at");

-- CreateIndex
CREATE INDEX "request_tenant_parent_id_idx" ON "gate"."request"("tenant", "parent_id");

-- CreateIndex
CREATE INDEX "request_tenant_subject_state_idx" ON "gate"."request"("tenant", "subject", "state");

-- CreateIndex
CREATE INDEX "request_tenant_requester_state_idx" ON "gate"."request"("tenant", "requester", "state");

-- CreateIndex
CREATE INDEX "request_tenant_capability_state_idx" ON "gate"."request"("tenant", "capability", "state");

-- CreateIndex
CREATE UNIQUE INDEX "request_tenant_number_key" ON "gate"."request"("tenant", "number");

-- CreateIndex
CREATE INDEX "vote_tenant_request_id_idx" ON "gate"."vote"("tenant", "request_id");

-- CreateIndex
CREATE INDEX "vote_tenant_principal_idx" ON "gate"."vote"("tenant", "principal");

-- CreateIndex
CREATE INDEX "outbox_not_before_id_idx" ON "gate"."outbox"("not_before", "id");

-- CreateIndex
CREATE INDEX "packet_released_at_idx" ON "gate"."packet"("released_at");

-- CreateIndex
CREATE INDEX "receipt_tenant_request_id_idx" ON "gate"."receipt"("tenant", "request_id");

-- CreateIndex
CREATE INDEX "projection_tenant_channel_ts_idx" ON "gate"."projection"("tenant", "channel", "ts");

-- What Prisma's schema cannot say; test/database/catalogue.test.ts holds these in place of the drift check.

-- One standing vote a person (rule 4); a voided one makes room.
CREATE UNIQUE INDEX "vote_one_standing" ON "gate"."vote"("tenant", "request_id", "principal") WHERE "voided_at" IS NULL;

-- One holder of an exclusive handle (rule 13).
CREATE UNIQUE INDEX "handle_one_exclusive" ON "gate"."handle"("tenant", "handle") WHERE "exclusive";

-- One outage at a time is open.
CREATE UNIQUE INDEX "outage_one_open" ON "gate"."outage"("tenant") WHERE "ended_at" IS NULL;

-- What the sweep asks for each second.
CREATE INDEX "request_due" ON "gate"."request"("due_at") WHERE "due_at" IS NOT NULL;

ALTER TABLE "gate"."request" ADD CONSTRAINT "request_version_positive" CHECK ("version" > 0);
-- As core/tenant.ts has them: the sweep reads many requests at once, and one that does not parse would stop every timer.
ALTER TABLE "gate"."request" ADD CONSTRAINT "request_names_parse" CHECK ("id" ~ '^r_[a-z2-7]{20}$'
  AND "parent_id" ~ '^r_[a-z2-7]{20}$' AND "requester" ~ '^[a-z0-9][a-z0-9._-]{0,63}$' AND "subject" ~ '^[a-z0-9][a-z0-9._-]{0,63}$');
ALTER TABLE "gate"."vote" ADD CONSTRAINT "vote_names_parse" CHECK ("principal" ~ '^[a-z0-9][a-z0-9._-]{0,63}$');
ALTER TABLE "gate"."vote" ADD CONSTRAINT "vote_verdict_known" CHECK ("verdict" IN ('approve', 'deny'));
ALTER TABLE "gate"."receipt_inbox" ADD CONSTRAINT "receipt_inbox_bounded" CHECK (octet_length("receipt") <= 1048576);

-- A released packet is what the doer acted on, a receipt is proof, an applied rule set was in force: none is ever rewritten,
-- by whoever holds the owner's rights either.
CREATE FUNCTION "gate"."refuse_rewrite"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% is not rewritten', TG_TABLE_NAME USING ERRCODE = 'CS007';
END $$;
REVOKE ALL ON FUNCTION "gate"."refuse_rewrite"() FROM PUBLIC;
CREATE TRIGGER "packet_stands" BEFORE UPDATE ON "gate"."packet" FOR EACH STATEMENT EXECUTE FUNCTION "gate"."refuse_rewrite"();
ALTER TABLE "gate"."packet" ENABLE ALWAYS TRIGGER "packet_stands";
CREATE TRIGGER "receipt_stands" BEFORE UPDATE OR DELETE ON "gate"."receipt" FOR EACH STATEMENT EXECUTE FUNCTION "gate"."refuse_rewrite"();
ALTER TABLE "gate"."receipt" ENABLE ALWAYS TRIGGER "receipt_stands";
CREATE TRIGGER "policy_apply_stands" BEFORE UPDATE OR DELETE ON "gate"."policy_apply" FOR EACH STATEMENT EXECUTE FUNCTION "gate"."refuse_rewrite"();
ALTER TABLE "gate"."policy_apply" ENABLE ALWAYS TRIGGER "policy_apply_stands";

-- A vote changes in two ways: it is voided, once, and its words are erased.
CREATE FUNCTION "gate"."refuse_revote"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.voided_at IS NULL AND to_jsonb(OLD) - 'voided_at' = to_jsonb(NEW) - 'voided_at' THEN
    RETURN NEW;
  END IF;
  IF NEW.reason = 'erased' AND to_jsonb(OLD) - 'reason' = to_jsonb(NEW) - 'reason' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a vote is not rewritten' USING ERRCODE = 'CS007';
END $$;
REVOKE ALL ON FUNCTION "gate"."refuse_revote"() FROM PUBLIC;
CREATE TRIGGER "vote_stands" BEFORE UPDATE ON "gate"."vote" FOR EACH ROW EXECUTE FUNCTION "gate"."refuse_revote"();
ALTER TABLE "gate"."vote" ENABLE ALWAYS TRIGGER "vote_stands";
CREATE TRIGGER "vote_stays" BEFORE DELETE ON "gate"."vote" FOR EACH STATEMENT EXECUTE FUNCTION "gate"."refuse_rewrite"();
ALTER TABLE "gate"."vote" ENABLE ALWAYS TRIGGER "vote_stays";
