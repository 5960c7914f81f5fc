import assert from "node:assert/strict";

import type { Message, Reset, State } from "realtime";

import { type Api, eventually, has, ok, realtimeClient } from "../client.js";

export async function realtime(api: Api): Promise<void> {
  const made = await ok(api.POST("/api/realtime/tickets", {}));
  has(made, { ticket: "string", expires_at: "string", url: "string?" });
  const other = await ok(api.POST("/api/realtime/tickets", {}));
  assert.notEqual(other.ticket, made.ticket);
  await messages(api);
}

async function messages(api: Api): Promise<void> {
  const [url, token] = process.argv.slice(2) as [string, string];
  const { connect } = await realtimeClient(url);
  const [came, resets, states]: [Message[], Reset[], State[]] = [[], [], []];
  const on = {
    message: (message: Message) => void came.push(message),
    reset: (reset: Reset) => void resets.push(reset),
    state: (state: State) => void states.push(state),
  };
  const connection = connect({ url, token: async () => token, channels: ["activity"], on });
  await eventually(async () => (connection.state === "open" ? true : undefined));
  await ok(api.POST("/api/activity", { body: { type: "system", title: "Heard", message: "At once" } }));
  const heard = await eventually(async () => came.find((message) => text(message) === "Heard: At once"));
  assert.ok(heard.id);

  const { prospect } = await ok(api.POST("/api/prospects", { body: { name: "Lise Meitner" } }));
  assert.ok(prospect);
  const reasons = () => resets.map((reset) => reset.reason);
  assert.deepEqual(reasons(), []);
  assert.equal(await connection.subscribe([`documents:prospects/${prospect.id}`]), true);
  await ok(api.PUT("/api/prospects/{id}", { params: { path: { id: prospect.id } }, body: { company: "KWI" } }));
  await eventually(async () => came.find((message) => message.type === "document" && message.change === "changed"));
  // A cursor is one of its channels: without a WebSocket, on which they can be changed, all is read anew.
  const hasSocket = "WebSocket" in globalThis;
  assert.deepEqual(reasons(), hasSocket ? [] : ["unknown"]);
  connection.close();
  assert.deepEqual([connection.state, states.at(-1)], ["closed", "closed"]);
  assert.throws(() => connect({ url, channels: ["news" as "activity"] }), TypeError);
}

/** A message in words; a kind that is missing here does not compile. */
function text(message: Message): string {
  switch (message.type) {
    case "activity":
    case "notification":
      return `${message.title}: ${message.message}`;
    case "notification_update":
      return `${message.notification_id}: ${message.deleted ? "deleted" : "read"}`;
    case "task_update":
      return `${message.execution_id ?? message.task_id}: ${message.status}`;
    case "batch_update":
      return `${message.job_id}: ${message.done} of ${message.total}`;
    case "document":
      return `${message.path}: ${message.change}`;
  }
}
