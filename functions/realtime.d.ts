/**
 * A user's messages as they come, in a browser: `import { connect } from "https://API/api/realtime/realtime.js"`.
 *
 * It connects by WebSocket, else by a stream over fetch, else by long polls; goes on from its cursor after whatever
 * breaks; and shares one connection between all tabs of a user, where the browser has Web Locks and BroadcastChannel.
 * Read lists once the state is `open` for the first time: what changes after that comes as a message.
 */
export function connect(options?: Options): Connection;

export interface Options {
  /** Where the API is; without it, where the page is. */
  url?: string;
  /**
   * The user's ID token; null on a local stack alone. Called before each connection, and with `true` where the last one
   * is refused or about to expire: with Firebase, `(force) => user.getIdToken(force)`.
   */
  token?: (force: boolean) => Promise<string | null> | string | null;
  /** What is wanted; without it, all channels but those of documents. */
  channels?: readonly Channel[];
  /** Where an earlier connection to the same channels was: what has come since then comes first. */
  cursor?: string | null;
  /** Keeps the cursor for the next page of the same user: `localStorage`, say. */
  storage?: Pick<Storage, "getItem" | "setItem">;
  on?: Handlers;
}

/** What they throw is logged, and ends nothing. */
export interface Handlers {
  /** Each message once, by its type and id. */
  message?: (message: Message) => void;
  /** More was missed than can be sent again: read these anew. */
  reset?: (reset: Reset) => void;
  state?: (state: State, detail: Detail) => void;
}

export interface Connection {
  /** Where the connection is; null before its first. */
  readonly cursor: string | null;
  readonly state: State;
  /**
   * Have other channels. True once their messages come, which is when to read what they are of; false if closed before.
   * Without a WebSocket, which alone can change its channels, a reset comes as well.
   */
  subscribe(channels: readonly Channel[]): Promise<boolean>;
  close(): void;
}

/** `unauthorized`: no token is had that the server takes; it goes on trying. `failed`: it does not; see the problem. */
export type State = "connecting" | "open" | "waiting" | "unauthorized" | "failed" | "closed";

export interface Detail {
  transport?: Transport;
  /** Whether this tab holds the connection; another tab may. */
  leads: boolean;
  problem?: Partial<Problem>;
}

export type Transport = "websocket" | "sse" | "poll";
export type Channel = "activity" | "notifications" | "tasks" | "executions" | "batch" | `documents:${string}/${string}`;

/** What a page is handed. */
export type Message = Activity | Notification | NotificationUpdate | TaskUpdate | BatchUpdate | DocumentChange;

/** What the server sends: each a WebSocket's text, an SSE event's data or a row of a poll. */
export type ServerFrame =
  | Message
  | Reset
  | Connected
  | Reconnect
  | Heartbeat
  | Pong
  | Subscribed
  | Authenticated
  | Refusal;

/** What a client may send over a WebSocket. */
export type ClientFrame = Ping | Subscribe | Authenticate;

interface Frame<Type extends string> {
  type: Type;
  /** When it was committed, RFC 3339 in UTC. */
  timestamp: string;
}

interface Announced<Type extends string> extends Frame<Type> {
  /** The same of each time that it is sent. */
  id: string;
  /** Behind this message; over SSE, the event's id. */
  cursor?: string;
  /** Fields that were too long to be sent; they are in the document. */
  left_out?: string[];
}

export interface Activity extends Announced<"activity"> {
  activity_type: string | null;
  title: string | null;
  message: string | null;
  metadata: Record<string, unknown>;
  link: string | null;
}

export interface Notification extends Announced<"notification"> {
  notification_type: string;
  title: string | null;
  message: string | null;
  link: string | null;
  priority: string;
}

/** It was read, or deleted. */
export interface NotificationUpdate extends Announced<"notification_update"> {
  notification_id: string;
  read: boolean | null;
  deleted: boolean;
}

/** How it is with a research task, or with an execution of an automation, which has an `execution_id`. */
export interface TaskUpdate extends Announced<"task_update"> {
  task_id: string;
  /** null: as it was. */
  status: string | null;
  progress: number | null;
  message: string | null;
  title?: string | null;
  link?: string | null;
  stage?: string | null;
  execution_id?: string;
  automation_id?: string | null;
  waiting?: Record<string, unknown> | null;
  paused?: boolean | null;
  step?: { id: string | null; action: string | null; status: string | null };
}

/** How far a batch job is; `done` and `failed` never go back. */
export interface BatchUpdate extends Announced<"batch_update"> {
  job_id: string;
  operation: string | null;
  status: string;
  total: number | null;
  done: number;
  failed: number;
}

export interface DocumentChange extends Announced<"document"> {
  path: string;
  collection: string;
  document_id: string;
  change: "created" | "changed" | "deleted";
  title: string | null;
  status?: string | null;
  link: string | null;
}

export interface Reset {
  type: "reset";
  /** `joined`: another tab's connection has come farther than the cursor that this one was given. */
  reason: "expired" | "unknown" | "too_many" | "joined";
  /** Names of channels, and paths of documents: `prospects/ID`. */
  reload: string[];
  id?: string;
  cursor?: string;
  message?: string;
  timestamp?: string;
}

export interface Connected extends Frame<"connection"> {
  status: "connected";
  user_id: string;
  message: string;
  channels: string[];
  cursor: string;
  /** When the token expires; null: never. */
  expires_at: string | null;
}

/** The last of a connection that the server ends. */
export interface Reconnect {
  type: "reconnect";
  reason: "rotation" | "shutdown" | "slow" | "expired" | "revoked" | "too_many" | "gone" | "answered";
  message: string;
  retry_ms: number;
}

export interface Heartbeat extends Frame<"heartbeat"> {
  cursor: string;
}

export interface Pong {
  type: "pong";
  timestamp: unknown;
}

export interface Subscribed extends Frame<"subscription"> {
  status: "subscribed";
  event_types: string[] | null;
  channels: string[];
  cursor: string;
}

export interface Authenticated {
  type: "authentication";
  status: "extended";
  expires_at: string | null;
}

/** A client's frame was not understood; with a `problem`, the connection is refused. */
export interface Refusal {
  type: "error";
  message: string;
  problem?: Problem;
  /** After how many milliseconds the connection is admitted at the earliest, where that is known. */
  retry_ms?: number;
}

/** RFC 9457. */
export interface Problem {
  success: false;
  type: string;
  title: string;
  status: number;
  detail: string;
  request_id: string;
  errors?: { field: string; message: string }[];
}

export interface Ping {
  type: "ping";
  timestamp?: unknown;
}

export interface Subscribe {
  type: "subscribe";
  channels?: Channel[];
  event_types?: Message["type"][];
}

export interface Authenticate {
  type: "authenticate";
  token: string;
}
