/**
 * The words for a privilege: PostgreSQL's own, unqualified by database since a scope lives in one.
 *
 *   CONNECT ON DATABASE orders
 *   USAGE ON SCHEMA shop
 *   SELECT ON TABLE shop.orders             (views and foreign tables too)
 *   SELECT (email) ON TABLE shop.customers
 *   USAGE ON SEQUENCE shop.orders_id_seq
 *   EXECUTE ON FUNCTION shop.refund(integer, text)
 *   … WITH GRANT OPTION
 *
 * Names are quoted as quote_ident does. Privileges on databases are listed for the whole cluster.
 */
const NAMED = `
  WITH named(kind, name, col, system, acl) AS (
    SELECT 'DATABASE', quote_ident(datname), NULL::text, false, coalesce(datacl, acldefault('d', datdba))
      FROM pg_database WHERE datallowconn
    UNION ALL SELECT 'SCHEMA', quote_ident(nspname), NULL, nspname ~ '^pg_|^information_schema$', coalesce(nspacl, acldefault('n', nspowner))
      FROM pg_namespace
    UNION ALL SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, quote_ident(nspname) || '.' || quote_ident(relname), NULL,
        nspname ~ '^pg_|^information_schema$', coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
      FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL SELECT 'TABLE', quote_ident(nspname) || '.' || quote_ident(relname), quote_ident(attname),
        nspname ~ '^pg_|^information_schema$', attacl
      FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
      WHERE attacl IS NOT NULL AND NOT attisdropped
    UNION ALL SELECT CASE prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
        quote_ident(nspname) || '.' || quote_ident(proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', NULL,
        nspname ~ '^pg_|^information_schema$' AND proname NOT IN ('lo_create', 'lo_creat', 'lo_from_bytea'),
        coalesce(proacl, acldefault('f', proowner))
      FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
    UNION ALL SELECT 'LANGUAGE', quote_ident(lanname), NULL, lanname IN ('internal', 'c', 'sql'), coalesce(lanacl, acldefault('l', lanowner))
      FROM pg_language
    UNION ALL SELECT 'TYPE', format_type(t.oid, NULL), NULL, true, typacl FROM pg_type t WHERE typacl IS NOT NULL
    UNION ALL SELECT 'LARGE OBJECT', oid::text, NULL, false, coalesce(lomacl, acldefault('L', lomowner)) FROM pg_largeobject_metadata
    UNION ALL SELECT 'FOREIGN DATA WRAPPER', quote_ident(fdwname), NULL, false, coalesce(fdwacl, acldefault('F', fdwowner))
      FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'FOREIGN SERVER', quote_ident(srvname), NULL, false, coalesce(srvacl, acldefault('S', srvowner))
      FROM pg_foreign_server
    UNION ALL SELECT 'TABLESPACE', quote_ident(spcname), NULL, false, coalesce(spcacl, acldefault('t', spcowner)) FROM pg_tablespace
    UNION ALL SELECT 'PARAMETER', parname, NULL, false, paracl FROM pg_parameter_acl
  )
`;

const WORD = `x.privilege_type || coalesce(' (' || col || ')', '') || ' ON ' || kind || ' ' || name
    || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END`;

const GRANTED = `${NAMED} SELECT DISTINCT ${WORD} AS word FROM named, aclexplode(acl) x`;

const GRANTED_TO = `${NAMED} SELECT DISTINCT 'GRANT ' || ${WORD} || ' TO ' || CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee) END AS word
  FROM named, aclexplode(acl) x WHERE NOT named.system AND x.grantee <> x.grantor
    AND pg_get_userbyid(x.grantee) !~ '^cs_(g|lease)_'`;

const ON_CLUSTER = "kind IN ('DATABASE', 'TABLESPACE', 'PARAMETER')";

/** Who was granted what, by whoever is not the grantee itself: on the cluster, and in this database. */
export const GRANTS_OF_CLUSTER = `${GRANTED_TO} AND ${ON_CLUSTER}`;
export const GRANTS_OF_DATABASE = `${GRANTED_TO} AND NOT ${ON_CLUSTER}`;

/** Everything granted to the role `$1` (an oid) in this database, on databases anywhere, and on the cluster. */
export const PRIVILEGES_OF_ROLE = `${GRANTED} WHERE x.grantee = $1::oid`;

/** What PUBLIC may do beyond the catalogue. Types are left out: USAGE on one reads and writes nothing. */
export const PRIVILEGES_OF_PUBLIC = `${GRANTED} WHERE x.grantee = 0 AND NOT named.system`;

/** Why the scope role `$1` (an oid), living in database `$2`, could widen or could not be taken back. */
export const SCOPE_UNCLEAN = `
  SELECT DISTINCT word FROM (
    SELECT 'OWNS ' || coalesce(pg_describe_object(classid, objid, objsubid), 'AN OBJECT IN ANOTHER DATABASE') AS word
      FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1::oid AND deptype = 'o'
        AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    UNION ALL SELECT 'DEPENDS ON ANOTHER DATABASE: ' || datname
      FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid
      WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1::oid AND datname <> $2
    UNION ALL SELECT 'DEFAULT PRIVILEGES' FROM pg_shdepend
      WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1::oid AND classid = 'pg_default_acl'::regclass
    UNION ALL SELECT 'MEMBER OF ' || quote_ident(r.rolname) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = $1::oid
    UNION ALL SELECT 'LOGIN' FROM pg_roles WHERE oid = $1::oid AND rolcanlogin
  ) found`;
