export interface Server {
  http: string;
  token: string;
}

/** Asks the server as an auditor; throws one sentence that says what to look at. */
export async function ask(
  { http, token }: Server,
  path: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  if (!/^https?:\/\//.test(http) || !URL.canParse(http))
    throw new Error(`${http} is no address: give one such as http://127.0.0.1:3000`);
  const response = await fetch(new URL(path, http), {
    headers: { ...headers, authorization: `Bearer ${token}` },
  }).catch(() => {
    throw new Error(`nothing answers at ${http}`);
  });
  if (response.status === 401) throw new Error('the token is not accepted; it may have expired');
  if (response.status === 400) throw new Error('the server does not understand what was asked');
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw new Error(`what answers at ${http} is no Countersign server`);
  return response;
}
