// The Node.js agent: `net` and `dgram`, judged by sockrates.
//
// It speaks docs/agent-protocol.md: commands come as lines of JSON on standard input, answers go to
// standard output, and the data travels over real sockets. Node's sockets are driven by events; a
// receive takes what has been read, or waits for more, and a send ends when Node has handed the
// bytes over. What they have no word for (peeking, options, bare sockets) is unsupported.
"use strict";

const dgram = require("node:dgram");
const net = require("node:net");
const os = require("node:os");
const readline = require("node:readline");

const HOST = process.argv[2] || "127.0.0.1";
const STREAM = ["listen", "connect", "addresses", "deadline", "half-close", "abort", "inet"];
const DATAGRAM = ["addresses", "deadline", "inet", "buffers"];
const SUBJECTS = {
  tcp: { kind: "stream", caps: STREAM },
  udp: { kind: "datagram", caps: [...DATAGRAM, "sendto"] },
  "udp-connected": { kind: "datagram", caps: [...DATAGRAM, "refusal"] },
};

const UNSUPPORTED = Symbol("unsupported");
const TIMED_OUT = Symbol("timed out");

/** The sockets by their names. */
const sockets = new Map();

function say(answer) {
  process.stdout.write(JSON.stringify(answer) + "\n");
}

async function perform(message) {
  const { id } = message;
  try {
    say({ id, ok: (await done(message)) ?? {} });
  } catch (error) {
    say(error === UNSUPPORTED ? { id, unsupported: true } : { id, err: failure(error) });
  }
}

function failure(error) {
  if (error === TIMED_OUT) return { kind: "timed-out" };
  const code = os.constants.errno[error.code];
  if (code === undefined) return { text: error.code ?? error.message };
  return { errno: error.code, code, text: error.message };
}

function done(message) {
  const { cmd, on } = message;
  if (!(cmd in COMMANDS || METHODS.includes(cmd)) || message.flags?.length) throw UNSUPPORTED;
  for (const name of [message.as, message.and]) {
    if (sockets.has(name)) throw new Error(`the name ${name} is taken`);
  }
  const end = sockets.get(on);
  if (on !== undefined && !end) throw new Error(`there is no socket ${on}`);
  if (cmd in COMMANDS) return COMMANDS[cmd](message, end);
  // What this kind of socket has no method for, it cannot do.
  if (!end[cmd]) throw UNSUPPORTED;
  return end[cmd](message);
}

/** Says that a command waits by now; what `begin` hands on is its answer. */
function waiting(message, begin) {
  say({ id: message.id, started: true, waiting: true });
  return new Promise(begin);
}

/** Those who wait for the next thing of a kind, in the order in which they came. */
class Waiters {
  constructor() {
    this.queue = [];
  }

  /** Tries again with each change, until there is something other than undefined or time is up. */
  wait(message, attempt) {
    const now = attempt();
    if (now !== undefined) return now;
    if (message.limit_ms === 0) throw TIMED_OUT;
    return waiting(message, (resolve, reject) => {
      const waiter = { attempt, resolve, reject };
      this.queue.push(waiter);
      waiter.timer = within(message.limit_ms, () => {
        this.queue.splice(this.queue.indexOf(waiter), 1);
        reject(TIMED_OUT);
      });
    });
  }

  /** Something has changed: the first ones take what there is. */
  changed() {
    while (this.queue.length > 0) {
      const [{ attempt, resolve, reject, timer }] = this.queue;
      let settle;
      try {
        const value = attempt();
        if (value === undefined) return;
        settle = () => resolve(value);
      } catch (error) {
        settle = () => reject(error);
      }
      this.queue.shift();
      clearTimeout(timer);
      settle();
    }
  }
}

/** Calls once the time is up, if it ever is; Node's timers may fire a millisecond early. */
function within(limit_ms, late) {
  return limit_ms == null ? undefined : setTimeout(late, Math.ceil(limit_ms) + 1);
}

const address = ({ address, port }) => [address, port];
const errno = (name) => Object.assign(new Error(name), { code: name });

class Stream {
  constructor(socket) {
    this.socket = socket;
    [this.receivers, this.senders] = [new Waiters(), new Waiters()];
    [this.ended, this.error] = [false, undefined];
    const change = () => {
      this.receivers.changed();
      this.senders.changed();
    };
    socket.setNoDelay(true);
    for (const event of ["readable", "close", "drain"]) socket.on(event, change);
    socket.on("end", () => change((this.ended = true)));
    socket.on("error", (error) => change((this.error = error)));
  }

  /** An error of the connection, which Node tells once: so does this. */
  fail() {
    const { error } = this;
    this.error = undefined;
    if (error) throw error;
  }

  recv(message) {
    if (message.max === 0) return { data: "" };
    return this.receivers.wait(message, () => {
      const queued = this.socket.readableLength;
      const bytes = queued > 0 ? this.socket.read(Math.min(message.max, queued)) : null;
      if (bytes) return { data: bytes.toString("base64") };
      // The end shows only once a read has asked for more than there is.
      if (queued === 0 && !this.ended) this.socket.read(0);
      if (this.ended) return { data: "" };
      this.fail();
      return this.socket.destroyed ? { data: "" } : undefined;
    });
  }

  send(message) {
    const data = Buffer.from(message.data, "base64");
    return this.senders.wait(message, () => {
      this.fail();
      if (this.socket.destroyed || this.socket.writableEnded) throw errno("EPIPE");
      if (this.socket.writableNeedDrain) return undefined;
      this.socket.write(data);
      return { n: data.length };
    });
  }

  close_send() {
    if (this.socket.destroyed) throw errno("ENOTCONN");
    return new Promise((resolve) => this.socket.end(() => resolve({})));
  }

  abort() {
    this.socket.resetAndDestroy();
  }

  local_addr() {
    return { addr: [this.socket.localAddress, this.socket.localPort] };
  }

  peer_addr() {
    if (this.socket.remotePort === undefined) throw errno("ENOTCONN");
    return { addr: [this.socket.remoteAddress, this.socket.remotePort] };
  }

  release() {
    // What was written is still delivered; what was not read is dropped.
    return new Promise((resolve) => {
      if (this.socket.destroyed) return resolve({});
      this.socket.on("close", () => resolve({}));
      this.socket.destroySoon();
    });
  }

  drop() {
    this.socket.destroy();
  }
}

class Listener {
  constructor(server) {
    this.server = server;
    this.queue = [];
    this.acceptors = new Waiters();
    server.on("connection", (socket) => {
      this.queue.push(new Stream(socket));
      this.acceptors.changed();
    });
  }

  accept(message) {
    return this.acceptors.wait(message, () => {
      const end = this.queue.shift();
      if (!end) return undefined;
      sockets.set(message.as, end);
      const { remoteAddress, remotePort } = end.socket;
      return { addr: [remoteAddress, remotePort] };
    });
  }

  local_addr() {
    return { addr: address(this.server.address()) };
  }

  release() {
    this.queue.forEach((end) => end.drop());
    // Closing ends listening at once; that it is told waits for the connections.
    this.server.close();
  }

  drop() {
    this.release();
  }
}

function listen() {
  return new Promise((resolve, reject) => {
    const server = net.createServer({ allowHalfOpen: true });
    server.on("error", reject);
    server.listen({ host: HOST, port: 0 }, () => resolve(new Listener(server)));
  });
}

function connect([host, port], limit_ms) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, allowHalfOpen: true });
    const timer = within(limit_ms, () => {
      socket.destroy();
      reject(TIMED_OUT);
    });
    socket.once("error", reject);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.removeAllListeners("error");
      resolve(new Stream(socket));
    });
  });
}

class Datagrams {
  constructor(socket) {
    this.socket = socket;
    this.queue = [];
    this.receivers = new Waiters();
    socket.on("message", (data, from) => {
      this.queue.push({ data, from });
      this.receivers.changed();
    });
    socket.on("error", (error) => {
      this.queue.push({ error });
      this.receivers.changed();
    });
  }

  recv(message) {
    return this.receivers.wait(message, () => {
      const next = this.queue.shift();
      if (!next) return undefined;
      if (next.error) throw next.error;
      const data = next.data.subarray(0, message.max);
      const truncated = data.length < next.data.length;
      return { data: data.toString("base64"), from: address(next.from), truncated };
    });
  }

  send(message) {
    const data = Buffer.from(message.data, "base64");
    const to = message.to ? [message.to[1], message.to[0]] : [];
    return waiting(message, (resolve, reject) => {
      const sent = (error, n) => (error ? reject(error) : resolve({ n }));
      this.socket.send(data, 0, data.length, ...to, sent);
    });
  }

  local_addr() {
    return { addr: address(this.socket.address()) };
  }

  peer_addr() {
    try {
      return { addr: address(this.socket.remoteAddress()) };
    } catch {
      throw errno("ENOTCONN");
    }
  }

  get_option({ option }) {
    if (option === "SO_SNDBUF") return { value: this.socket.getSendBufferSize() };
    if (option === "SO_RCVBUF") return { value: this.socket.getRecvBufferSize() };
    throw UNSUPPORTED;
  }

  set_option({ option, value }) {
    if (option === "SO_SNDBUF") return this.socket.setSendBufferSize(value);
    if (option === "SO_RCVBUF") return this.socket.setRecvBufferSize(value);
    throw UNSUPPORTED;
  }

  release() {
    return new Promise((resolve) => this.socket.close(() => resolve({})));
  }

  drop() {
    this.socket.close();
  }
}

function bind() {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket(net.isIPv6(HOST) ? "udp6" : "udp4");
    socket.once("error", reject);
    socket.bind(0, HOST, () => {
      socket.removeAllListeners("error");
      resolve(new Datagrams(socket));
    });
  });
}

function associate(end, peer) {
  const { address, port } = peer.socket.address();
  return new Promise((resolve, reject) => {
    end.socket.connect(port, address, (error) => (error ? reject(error) : resolve()));
  });
}

async function pair(message) {
  let a, b;
  if (message.subject === "tcp") {
    const listener = await listen();
    a = await connect(listener.local_addr().addr);
    b = await listener.acceptors.wait({ id: message.id }, () => listener.queue.shift());
    listener.release();
  } else {
    [a, b] = [await bind(), await bind()];
    if (message.subject === "udp-connected") {
      await associate(a, b);
      await associate(b, a);
    }
  }
  sockets.set(message.as, a).set(message.and, b);
}

function of_kind(kind, make) {
  return async (message) => {
    if (SUBJECTS[message.subject].kind !== kind) throw UNSUPPORTED;
    sockets.set(message.as, await make(message));
  };
}

/** What is done with a socket, where its kind has it. */
const METHODS = ["accept", "recv", "send", "close_send", "abort", "local_addr", "peer_addr"]
  .concat(["get_option", "set_option"]);

const COMMANDS = {
  hello: () => ({
    proto: 1,
    name: "node",
    version: process.versions.node,
    os: process.platform,
    subjects: Object.entries(SUBJECTS).map(([name, { kind, caps }]) => ({ name, kind, caps })),
  }),
  ping: () => ({}),
  reset: () => sockets.forEach((end, name) => end.drop(sockets.delete(name))),
  pair,
  listener: of_kind("stream", listen),
  client: of_kind("stream", (message) =>
    waiting(message, (resolve, reject) => {
      connect(message.to, message.limit_ms).then(resolve, reject);
    }),
  ),
  release: (message, end) => {
    sockets.delete(message.on);
    return end.release();
  },
  // Node's sockets block nobody, and have no timeouts but of silence.
  timeout: () => ({ ms: null }),
  set_timeout: ({ ms }) => (ms === null ? {} : Promise.reject(UNSUPPORTED)),
};
readline
  .createInterface({ input: process.stdin, crlfDelay: Infinity })
  .on("line", (line) => perform(JSON.parse(line)))
  .on("close", () => process.exit(0));
