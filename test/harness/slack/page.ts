import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

const FILES = new URL('./browser/', import.meta.url);

/** The stand-in's page with our own script and style before its script. */
export function mendPage(html: string): string {
  const ours =
    '<link rel="stylesheet" href="/_browser/strict.css"><script type="module" src="/_browser/main.js"></script>';
  return html.replace(/<script\b/u, `${ours}<script`);
}

/** One of our own scripts or styles. */
export function serveBrowserFile(path: string, response: ServerResponse): void {
  const name = path.match(/^\/_browser\/([a-z-]+\.(?:js|css))$/u)?.[1];
  if (name === undefined) {
    response.writeHead(404).end();
    return;
  }
  const type = name.endsWith('.css') ? 'text/css' : 'text/javascript';
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
  response.end(readFileSync(new URL(name, FILES)));
}
