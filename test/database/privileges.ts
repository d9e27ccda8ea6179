import pg from 'pg';

/** What a role may do to a relation: `SELECT`, or `SELECT(a, b)` where it is some columns only. */
export type Rights = readonly string[];

export interface Relation {
  name: string;
  kind: 'table' | 'sequence';
  columns: readonly { name: string; type: string }[];
}

const REFUSED = '42501';

/** Every table and sequence of the schemas, with columns that take values. */
export async function listRelations(client: pg.Client, schemas: readonly string[]): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(
    `SELECT format('%I.%I', c.relnamespace::regnamespace, c.relname) AS name, CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind,
            coalesce(jsonb_agg(jsonb_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod))
              ORDER BY a.attnum) FILTER (WHERE a.attnum > 0 AND a.attgenerated = '' AND a.attidentity <> 'a'), '[]') AS columns
     FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
     WHERE c.relnamespace = ANY ($1::regnamespace[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') GROUP BY c.oid ORDER BY 1`,
    [schemas],
  );
  return rows;
}

/** Tries every statement there is on the relation as the client's role, each rolled back, and says which were let through. */
export async function measureRights(client: pg.Client, relation: Relation): Promise<Rights> {
  const { name, columns } = relation;
  if (relation.kind === 'sequence')
    return keepAllowed(client, {
      NEXTVAL: `SELECT nextval('${name}')`,
      SETVAL: `SELECT setval('${name}', 1)`,
    });
  const byColumn = {
    SELECT: (column: string) => `SELECT ${column} FROM ${name} LIMIT 0`,
    INSERT: (column: string, type: string) =>
      `INSERT INTO ${name} (${column}) SELECT CAST(NULL AS ${type}) WHERE false`,
    UPDATE: (column: string) => `UPDATE ${name} SET ${column} = DEFAULT WHERE false`,
  };
  const rights: string[] = [];
  for (const [verb, statement] of Object.entries(byColumn)) {
    const open: string[] = [];
    for (const column of columns)
      if (await isAllowed(client, statement(column.name, column.type))) open.push(column.name);
    if (open.length === columns.length) rights.push(verb);
    else if (open.length > 0) rights.push(`${verb}(${open.join(', ')})`);
  }
  return [
    ...rights,
    ...(await keepAllowed(client, {
      DELETE: `DELETE FROM ${name} WHERE false`,
      TRUNCATE: `TRUNCATE ${name} CASCADE`,
      DROP: `DROP TABLE ${name} CASCADE`,
      ALTER: `ALTER TABLE ${name} DISABLE TRIGGER ALL`,
    })),
  ];
}

/** Let through: done, or stopped by something else than a missing right (a trigger, a constraint). */
export async function isAllowed(client: pg.Client, statement: string): Promise<boolean> {
  try {
    await client.query(`BEGIN; ${statement}; ROLLBACK`);
    return true;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('ROLLBACK');
    return error.code !== REFUSED;
  }
}

async function keepAllowed(
  client: pg.Client,
  statements: Readonly<Record<string, string>>,
): Promise<string[]> {
  const allowed: string[] = [];
  for (const [right, statement] of Object.entries(statements))
    if (await isAllowed(client, statement)) allowed.push(right);
  return allowed;
}
