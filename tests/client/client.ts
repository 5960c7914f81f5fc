// The typed client, and what every domain's check needs.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import type { components, paths } from "api";
import createClient from "openapi-fetch";
import type * as Realtime from "realtime";

export type Schemas = components["schemas"];
export type Api = ReturnType<typeof connect>;

type First<Path> = Path extends `/api/${infer Name}/${string}` ? Name : Path extends `/api/${infer Only}` ? Only : never;
export type Domain = First<keyof paths>;

export const connect = (baseUrl: string, token: string) =>
  createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

/** The browser's client of a user's messages, as it is served: Node imports from no such address. */
export async function realtimeClient(baseUrl: string): Promise<typeof Realtime> {
  const served = async (name: string) => (await fetch(`${baseUrl}/api/realtime/${name}`)).text();
  const module = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
  const inner = module(await served("connection.js"));
  return import(module((await served("realtime.js")).replace("./connection.js", inner)));
}

type Answer = { data?: unknown; error?: unknown; response: Response };

/** The answer's body; a problem fails the check with what the server said. */
export async function ok<T extends Answer>(call: Promise<T>): Promise<NonNullable<T["data"]>> {
  const { data, error, response } = await call;
  assert.ok(response.ok && data, `${response.status} ${response.url}: ${JSON.stringify(error)}`);
  assert.equal((data as { success?: unknown }).success, true);
  return data as NonNullable<T["data"]>;
}

/** The call is refused with this status, by a problem document as described. */
export async function refused(
  status: number,
  call: Promise<{ error?: Schemas["Problem"] | string; response: Response }>,
) {
  const { error, response } = await call;
  assert.equal(response.status, status, response.url);
  assert.ok(error && typeof error !== "string");
  has(error, { success: "boolean", type: "string", title: "string", status: "number", detail: "string" });
  return error;
}

/** The same call's id that nobody has. */
export const nowhere = { params: { path: { id: "nowhere" } } };

// "string?" is a string or null. The description fixes what may be written here; the answer is held against it.
type Kind<V> = null extends V ? `${Plain<NonNullable<V>>}?` : Plain<V>;
type Plain<V> = [V] extends [string]
  ? "string"
  : [V] extends [number]
    ? "number"
    : [V] extends [boolean]
      ? "boolean"
      : [V] extends [readonly unknown[]]
        ? "list"
        : "object";

/** The value has these fields, always there and of these kinds. */
export function has<T extends object>(value: T, fields: { [Name in keyof T]?: Kind<T[Name]> }): void {
  for (const [name, kind] of Object.entries<string | undefined>(fields)) {
    const found = kindOf((value as Record<string, unknown>)[name]);
    const allowed = kind?.endsWith("?") ? [kind.slice(0, -1), "null"] : [kind];
    assert.ok(allowed.includes(found), `${name} is ${found}, described as ${kind}: ${JSON.stringify(value)}`);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

export const ENTITY = { id: "string", user_id: "string", created_at: "string", updated_at: "string" } as const;

/** The only one of a list. */
export function only<T>(rows: readonly T[]): T {
  assert.equal(rows.length, 1, JSON.stringify(rows));
  return rows[0] as T;
}

/** Look until there is something, at most half a minute. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return assert.fail(`nothing after half a minute: ${look}`);
}
