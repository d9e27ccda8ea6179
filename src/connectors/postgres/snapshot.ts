/**
 * What of an emergency can stay behind, as lines. `$1`: break-glass accounts, of which only whether they may log in is
 * left out, since that is what a use opens and closes. Grants are in privileges.ts. Nothing waits for a lock that somebody
 * else may hold: settings come from their function, definitions as the catalog stores them (pg_get_viewdef opens tables).
 */
export const SNAPSHOT_OF_CLUSTER = `
  SELECT 'ROLE ' || rolname
      || CASE WHEN rolcanlogin AND NOT rolname = ANY($1::text[]) THEN ' LOGIN' ELSE '' END
      || CASE WHEN rolsuper THEN ' SUPERUSER' ELSE '' END || CASE WHEN rolcreaterole THEN ' CREATEROLE' ELSE '' END
      || CASE WHEN rolcreatedb THEN ' CREATEDB' ELSE '' END || CASE WHEN rolreplication THEN ' REPLICATION' ELSE '' END
      || CASE WHEN rolbypassrls THEN ' BYPASSRLS' ELSE '' END
      || CASE WHEN rolvaliduntil IS NULL OR rolname = ANY($1::text[]) THEN '' ELSE ' UNTIL ' || rolvaliduntil END AS word
    FROM pg_roles WHERE rolname !~ '^(pg|cs_g|cs_lease)_'
  UNION ALL SELECT 'MEMBER ' || m.rolname || ' OF ' || g.rolname
      || CASE WHEN inherit_option THEN ' INHERIT' ELSE '' END || CASE WHEN set_option THEN ' SET' ELSE '' END
      || CASE WHEN admin_option THEN ' ADMIN' ELSE '' END
    FROM pg_auth_members JOIN pg_roles m ON m.oid = member JOIN pg_roles g ON g.oid = roleid
    WHERE m.rolname !~ '^cs_(g|lease)_' AND g.rolname !~ '^cs_(g|lease)_'
  UNION ALL SELECT 'SETTING ' || setting || coalesce(' FOR ' || r.rolname, '') || coalesce(' IN ' || datname, '')
    FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = setrole LEFT JOIN pg_database d ON d.oid = setdatabase, unnest(setconfig) setting
  UNION ALL SELECT 'SETTING ' || name || '=' || setting FROM pg_show_all_settings() WHERE source = 'configuration file'
  UNION ALL SELECT 'SETTING ' || name || ' WAITS FOR A RESTART' FROM pg_show_all_settings() WHERE pending_restart
  UNION ALL SELECT 'DATABASE ' || datname || ' OWNER ' || pg_get_userbyid(datdba) FROM pg_database
  UNION ALL SELECT 'TABLESPACE ' || spcname || ' OWNER ' || pg_get_userbyid(spcowner) FROM pg_tablespace
  UNION ALL SELECT 'SUBSCRIPTION ' || subname || ' OWNER ' || pg_get_userbyid(subowner) || ' TO ' || subpublications::text || CASE WHEN subenabled THEN '' ELSE ' DISABLED' END FROM pg_subscription
  UNION ALL SELECT 'REPLICATION SLOT ' || slot_name FROM pg_replication_slots
  UNION ALL SELECT 'PREPARED TRANSACTION ' || gid || ' OWNER ' || owner FROM pg_prepared_xacts`;

const NO_EXTENSIONS =
  "NOT EXISTS (SELECT FROM pg_depend x WHERE x.objid = o.oid AND x.classid = o.tableoid AND x.deptype = 'e')";

export const SNAPSHOT_OF_DATABASE = `
  SELECT CASE WHEN prosecdef THEN 'SECURITY DEFINER FUNCTION ' ELSE 'FUNCTION ' END || o.oid::regprocedure
      || ' OWNER ' || pg_get_userbyid(proowner) || ' BODY ' || left(md5(concat(prosrc, prosqlbody::text, proconfig,
        (SELECT concat(aggtransfn, aggfinalfn, agginitval) FROM pg_aggregate WHERE aggfnoid = o.oid))), 12) AS word
    FROM pg_proc o JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname !~ '^pg_|^information_schema$' AND ${NO_EXTENSIONS}
  UNION ALL SELECT CASE relkind WHEN 'v' THEN 'VIEW ' WHEN 'm' THEN 'MATERIALIZED VIEW ' WHEN 'S' THEN 'SEQUENCE ' WHEN 'f' THEN 'FOREIGN TABLE ' ELSE 'TABLE ' END
      || o.oid::regclass || ' OWNER ' || pg_get_userbyid(relowner) || CASE WHEN relrowsecurity THEN ' ROW SECURITY' ELSE '' END || CASE WHEN relkind IN ('v', 'm') THEN ' BODY ' || (SELECT left(md5(ev_action::text), 12) FROM pg_rewrite WHERE ev_class = o.oid AND rulename = '_RETURN') ELSE '' END
    FROM pg_class o JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND nspname !~ '^pg_|^information_schema$' AND ${NO_EXTENSIONS}
  UNION ALL SELECT 'TRIGGER ' || tgname || ' ON ' || tgrelid::regclass || ' STATE ' || tgenabled::text || ' ' || left(md5(concat(tgfoid::regprocedure, tgtype, tgattr, tgargs, tgqual::text,
      tgoldtable, tgnewtable, tgdeferrable, tginitdeferred)), 12) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'RULE ' || rulename || ' ON ' || ev_class::regclass || ' ' || left(md5(concat(ev_type, is_instead, ev_qual::text, ev_action::text)), 12)
    FROM pg_rewrite WHERE rulename <> '_RETURN' AND ev_class >= 16384
  UNION ALL SELECT 'POLICY ' || polname || ' ON ' || polrelid::regclass || ' ' || left(md5(concat(polcmd, polpermissive, polroles::text,
      polqual::text, polwithcheck::text)), 12) FROM pg_policy
  UNION ALL SELECT 'EVENT TRIGGER ' || evtname || ' ON ' || evtevent || ' CALLS ' || evtfoid::regproc || ' STATE ' || evtenabled::text FROM pg_event_trigger
  UNION ALL SELECT 'EXTENSION ' || extname || ' ' || extversion || ' OWNER ' || pg_get_userbyid(extowner) || coalesce(' WITH ' || left(md5((
      SELECT string_agg(concat(m.classid, ' ', m.objid, prosrc, prosecdef, proowner, proconfig), ',' ORDER BY m.classid, m.objid)
        FROM pg_depend m LEFT JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
        WHERE m.refclassid = 'pg_extension'::regclass AND m.refobjid = e.oid AND m.deptype = 'e')), 12), '') FROM pg_extension e
  UNION ALL SELECT 'CAST (' || castsource::regtype || ' AS ' || casttarget::regtype || ') ' || castcontext::text || ' CALLS ' || castfunc::regprocedure
    FROM pg_cast WHERE oid >= 16384
  UNION ALL SELECT 'OPERATOR ' || o.oid::regoperator || ' OWNER ' || pg_get_userbyid(oprowner) || ' CALLS ' || oprcode
    FROM pg_operator o JOIN pg_namespace n ON n.oid = oprnamespace WHERE nspname !~ '^pg_|^information_schema$' AND ${NO_EXTENSIONS}
  UNION ALL SELECT 'TYPE ' || o.oid::regtype || ' OWNER ' || pg_get_userbyid(typowner) || ' READ BY ' || typinput
    FROM pg_type o JOIN pg_namespace n ON n.oid = typnamespace
    WHERE typtype IN ('b', 'd', 'e', 'r') AND typcategory <> 'A' AND nspname !~ '^pg_|^information_schema$' AND ${NO_EXTENSIONS}
  UNION ALL SELECT 'COLUMN DEFAULT ' || adrelid::regclass || '.' || quote_ident(attname) || ' ' || left(md5(adbin::text), 12)
    FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
  UNION ALL SELECT 'CONSTRAINT ' || quote_ident(conname) || ' ON ' || CASE conrelid WHEN 0 THEN contypid::regtype::text ELSE conrelid::regclass::text END
      || ' ' || left(md5(concat(conbin::text, conexclop)), 12) FROM pg_constraint WHERE contype IN ('c', 'x') AND oid >= 16384
  UNION ALL SELECT 'SCHEMA ' || nspname || ' OWNER ' || pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'
  UNION ALL SELECT 'FOREIGN SERVER ' || srvname || ' OWNER ' || pg_get_userbyid(srvowner) || coalesce(' ' || srvoptions::text, '') FROM pg_foreign_server
  UNION ALL SELECT 'USER MAPPING ' || usename || ' ON ' || srvname FROM pg_user_mappings
  UNION ALL SELECT 'PUBLICATION ' || pubname || ' OWNER ' || pg_get_userbyid(pubowner) || CASE WHEN puballtables THEN ' OF ALL TABLES' ELSE '' END FROM pg_publication
  UNION ALL SELECT 'PUBLICATION ' || pubname || ' OF ' || prrelid::regclass FROM pg_publication_rel JOIN pg_publication p ON p.oid = prpubid
  UNION ALL SELECT 'PUBLICATION ' || pubname || ' OF SCHEMA ' || nspname
    FROM pg_publication_namespace JOIN pg_publication p ON p.oid = pnpubid JOIN pg_namespace n ON n.oid = pnnspid
  UNION ALL SELECT 'DEFAULT PRIVILEGES FOR ' || pg_get_userbyid(defaclrole) || ' ' || defaclobjtype::text || ' ' || defaclacl::text FROM pg_default_acl`;
