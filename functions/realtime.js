// A user's messages as they come, over one connection for all tabs. How to use it, and all types: realtime.d.ts.
import { maintain, now, SILENCE, union, unslashed } from "./connection.js";

const CHANNELS = ["activity", "notifications", "tasks", "executions", "batch"];
const CHANNEL = /^(activity|notifications|tasks|executions|batch|documents:\w+\/[^/,\s]+)$/;
const EVENTS = ["online", "visibilitychange", "pagehide", "pageshow"];
const PATIENCE = 5_000; // ms with a tab that does not answer
const SEEN = 2_000; // messages, of which none is handed on again

export function connect({ url = "", token = () => null, channels, cursor = null, on = {}, storage } = {}) {
  const api = unslashed(url) || location.origin;
  const tab = Math.random().toString(36).slice(2);
  const [seen, peers, waiters] = [new Set(), new Map(), new Set()]; // peers: the channels of the other tabs
  let own = valid(channels);
  let held = { cursor, channels: own }; // of the connection: its channels, of which the cursor is
  let status = { state: "connecting" };
  let [heard, closed] = [0, false];
  let shown, user, name, bus, leader, connection, turn, wake, saving;

  async function start() {
    for (let failures = 0; !closed; failures++) {
      try {
        user = userOf(await token(failures > 0));
        break;
      } catch (error) {
        tell({ state: "unauthorized", problem: { detail: String(error) } });
        await new Promise((go) => setTimeout((wake = go), Math.random() * Math.min(30_000, 1_000 * 2 ** failures)));
      }
    }
    if (closed) return;
    name = `realtime/1 ${api} ${user}`;
    if (user !== undefined && !cursor) held = guard(() => JSON.parse(storage?.getItem(name) ?? null)) ?? held;
    if (user !== undefined && globalThis.navigator?.locks && globalThis.BroadcastChannel) {
      bus = new BroadcastChannel(name);
      bus.onmessage = listen;
    }
    enter();
  }

  /** This user's token. Throws what the server would answer to none, or to another user's. */
  async function credential(force) {
    let given;
    try {
      given = await token(force);
    } catch (error) {
      throw { status: 401, problem: { detail: String(error) } };
    }
    if (user === userOf(given)) return given;
    throw { status: given ? 403 : 401, problem: { detail: "token() gave none, or another user's." } };
  }

  // The tabs: the one that has the lock leads. It holds the connection, and hands on what comes.

  function enter() {
    leader = undefined;
    if (!bus) return lead();
    elect();
    seek();
  }

  /** Asks who leads; a tab that leads and does not answer is asleep. */
  function seek() {
    heard = now();
    say({ hello: own, wakes: true });
    setTimeout(() => bus && !connection && now() - heard >= PATIENCE && elect(true), PATIENCE);
  }

  function elect(steal) {
    turn?.abort();
    const { signal } = (turn = new AbortController());
    navigator.locks.request(name, steal ? { steal } : { signal }, lead).catch((error) => {
      if (signal.aborted) return;
      connection?.stop();
      connection = undefined;
      if (error.name === "AbortError") elect(); // another tab, to which this one seemed asleep, leads from now on
      else lead(); // this page may have no locks
    });
  }

  async function lead() {
    leader = tab;
    say({ claims: true, held, status });
    const isSignedIn = user !== "";
    const { transport } = status;
    const hand = (frame) => {
      say({ frame, held });
      deliver(frame);
    };
    const mine = maintain({ api, credential, isSignedIn, transport, held: () => held, wanted, hold, tell, hand });
    connection = mine;
    await mine.ended;
    if (connection === mine) close(status.state, status.problem);
  }

  const wanted = () => union(own, ...peers.values());
  const say = (message) => bus?.postMessage({ ...message, from: tab });

  function tell(next) {
    status = { transport: status.transport, ...next };
    say({ status, held });
    settle();
  }

  function listen({ data: { from, hello, wakes, claims, bye, frame, ...theirs } }) {
    if (bye) return peers.delete(from);
    if (hello) {
      peers.set(from, hello);
      if (!connection) return;
      if (wakes) connection.wake();
      connection.fit();
      return say({ status, held });
    }
    const joins = !leader;
    if (joins && frame) return; // the leader answers our hello, and with a later cursor
    if (!connection && (joins || claims)) leader = from;
    // What a tab that has led sends last is news, but its cursor is not; nor is that of who leads now, before it sends.
    if (from === leader) {
      heard = now();
      const { cursor: at } = theirs.held;
      if (joins && held.cursor && held.cursor !== at) deliver({ type: "reset", reason: "joined", reload: own });
      if (at && !claims) hold(theirs.held);
      if (!frame) status = theirs.status;
    }
    if (frame) return deliver(frame);
    if (claims) say({ hello: own });
    settle();
  }

  function leave() {
    save();
    say({ bye: true });
    const mine = connection;
    connection = undefined;
    turn?.abort();
    mine?.stop();
  }

  function tick() {
    if (connection) connection.tick();
    else if (bus && now() - heard > 1.2 * SILENCE) elect(true);
  }

  /** The page comes or goes. */
  function notice({ type, persisted }) {
    if (type === "pagehide") return leave();
    if (type === "pageshow") return persisted && enter();
    if (globalThis.document?.hidden && type !== "online") return;
    wake?.();
    if (connection) connection.wake(type === "online");
    else if (bus) seek();
  }

  // The page: what it gets, and what it is told.

  function hold(next) {
    held = next;
    if (storage) saving ??= setTimeout(save, 500);
  }

  function save() {
    clearTimeout(saving);
    saving = undefined;
    if (storage && user !== undefined && held.cursor) guard(() => storage.setItem(name, JSON.stringify(held)));
  }

  function deliver(frame) {
    if (frame.type === "reset") {
      const reload = frame.reload.filter((each) => own.includes(each) || own.includes(`documents:${each}`));
      if (reload.length) guard(() => on.reset?.({ ...frame, reload }));
      return;
    }
    const id = `${frame.type} ${frame.id}`;
    if (seen.has(id)) return;
    if (frame.id) seen.add(id);
    if (seen.size > SEEN) seen.delete(seen.values().next().value);
    const channel = channelOf(frame);
    if (!channel || own.includes(channel)) guard(() => on.message?.(frame));
  }

  function settle() {
    const has = (channels) => status.state === "open" && channels.every((each) => held.channels.includes(each));
    const state = status.state === "open" && !has(own) ? "connecting" : status.state;
    const detail = { transport: status.transport, leads: Boolean(connection), problem: status.problem };
    const next = JSON.stringify([state, detail]);
    if (shown !== next) {
      shown = next;
      guard(() => on.state?.(state, detail));
    }
    for (const waiter of waiters) {
      if (!closed && !has(waiter.channels)) continue;
      waiters.delete(waiter);
      waiter.resolve(!closed);
    }
  }

  function close(state = "closed", problem) {
    if (closed) return;
    closed = true;
    leave();
    wake?.();
    clearInterval(ticking);
    for (const type of EVENTS) globalThis.removeEventListener?.(type, notice, true);
    bus?.close();
    bus = undefined;
    status = { state, problem };
    settle();
  }

  for (const type of EVENTS) globalThis.addEventListener?.(type, notice, true);
  const ticking = setInterval(tick, 1_000);
  start();
  return {
    close: () => close(),
    subscribe(channels) {
      own = valid(channels);
      say({ hello: own });
      connection?.fit();
      return new Promise((resolve) => {
        waiters.add({ channels: own, resolve });
        settle();
      });
    },
    get cursor() {
      return held.cursor;
    },
    get state() {
      return shown ? JSON.parse(shown)[0] : status.state;
    },
  };
}

function valid(channels = CHANNELS) {
  const wrong = channels.find((each) => !CHANNEL.test(each));
  if (wrong !== undefined) throw new TypeError(`${wrong} is no channel`);
  return union(channels.length ? channels : CHANNELS);
}

/** Whose token it is; "" of none, undefined where it does not say so: then tabs share nothing. */
function userOf(token) {
  if (!token) return "";
  try {
    return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub;
  } catch {
    return undefined;
  }
}

function channelOf({ type, path, execution_id: execution }) {
  if (type === "task_update") return execution ? "executions" : "tasks";
  if (type === "batch_update") return "batch";
  if (type === "document") return `documents:${path}`;
  return { activity: type, notification: "notifications", notification_update: "notifications" }[type];
}

/** What a page's own function throws ends nothing here. */
function guard(does) {
  try {
    return does();
  } catch (error) {
    console.error(error);
  }
}
