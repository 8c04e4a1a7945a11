import type { Result } from "#contract/problem";
import { type Report, type ReportFrame, reportReply } from "#contract/report";

/** What a report socket carries, and whom it tells what came back. */
export interface ReportSource {
  runId: string;
  epoch(): number;
  ackedN(): number;
  reportsAfter(n: number, limit: number): { n: number; report: Report; size: number }[];
  /** Growing text since the last call, one piece an item. */
  takeDeltas(): ReportFrame["deltas"];
  /** True while more may come soon: the socket then stays open. */
  busy(): boolean;
  acknowledged(n: number): void;
  resend(itemId: string, have: number): void;
  fenced(): void;
  connect(): Promise<Result<WebSocket>>;
}

const TICK_MS = 16;
const MAX_FRAME_REPORTS = 256;
/** Frames that may wait for their acknowledgement: fewer reports than a conversation takes at once (CV8). */
const MAX_UNANSWERED = 3;
/** A WebSocket message may hold 1 MiB. */
const MAX_FRAME_CHARS = 300_000;
const FIRST_BACK_OFF_MS = 50;
const MAX_BACK_OFF_MS = 5_000;

/**
 * The one socket of a run to its conversation. Reports go out at once and in order, and stay stored until they are
 * acknowledged; while three frames are not, what comes is gathered. Growing text goes out a piece a tick. After a break
 * everything un-acknowledged is sent again, which the other side recognises by its number. An acknowledgement that falls
 * short of what was sent names where to go on from.
 */
export class ReportSocket {
  readonly #source: ReportSource;
  #socket: WebSocket | null = null;
  #connecting = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Something is to be sent when the timer goes off. */
  #more = false;
  /** A flush waits for the end of the present turn. */
  #queued = false;
  /** The timer waits before the next try to connect. */
  #backingOff = false;
  #sentN = 0;
  #unanswered = 0;
  #backOffMs = FIRST_BACK_OFF_MS;

  constructor(source: ReportSource) {
    this.#source = source;
  }

  /** There are reports: they go in a microtask, after the transaction that made them, together with what text there is. */
  nudge(): void {
    if (this.#closed || this.#queued) return;
    if (this.#backingOff) {
      this.#more = true;
      return;
    }
    this.#queued = true;
    this.#pause(TICK_MS);
    queueMicrotask(() => {
      this.#queued = false;
      void this.#flush();
    });
  }

  /** There is more text of an open item: it goes at once after a pause, otherwise with the next tick. */
  nudgeText(): void {
    if (this.#timer === null) this.nudge();
    else this.#more = true;
  }

  /** Begins anew with a fresh connection: what is not acknowledged goes out again, under the source's present epoch. */
  reconnect(): void {
    this.#drop();
    this.#unanswered = 0;
    this.nudge();
  }

  /** Stops for good. Nothing is sent afterwards. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#drop();
  }

  /** Nothing more is sent for so long unless reports come; then what was asked for meanwhile. */
  #pause(forMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#more = false;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#backingOff = false;
      if (this.#more) this.nudge();
    }, forMs);
  }

  async #flush(): Promise<void> {
    if (this.#closed || this.#connecting) return;
    if (!this.#socket) {
      if (this.#source.busy() || this.#pending()) await this.#connect();
      return;
    }
    this.#send(this.#socket);
  }

  #pending(): boolean {
    return this.#source.reportsAfter(this.#source.ackedN(), 1).length > 0;
  }

  async #connect(): Promise<void> {
    this.#connecting = true;
    const result = await this.#source.connect().catch((): Result<WebSocket> => UNREACHABLE);
    this.#connecting = false;
    if (this.#closed) {
      if (result.ok) result.value.close();
      return;
    }
    if (result.ok) this.#attach(result.value);
    else if (FINAL_CODES.has(result.problem.code)) this.#source.fenced();
    else this.#retry();
  }

  #attach(socket: WebSocket): void {
    this.#socket = socket;
    this.#sentN = this.#source.ackedN();
    this.#unanswered = 0;
    socket.addEventListener("message", (message) => {
      if (this.#socket === socket) this.#receive(String(message.data));
    });
    for (const type of ["close", "error"] as const)
      socket.addEventListener(type, () => {
        if (this.#socket !== socket) return;
        this.#drop();
        if (this.#source.busy() || this.#pending()) this.#retry();
      });
    this.#send(socket);
  }

  #retry(): void {
    if (this.#closed) return;
    this.#pause(this.#backOffMs);
    this.#backingOff = true;
    this.#more = true;
    this.#backOffMs = Math.min(this.#backOffMs * 2, MAX_BACK_OFF_MS);
  }

  #send(socket: WebSocket): void {
    try {
      while (this.#unanswered < MAX_UNANSWERED) {
        const reports = this.#nextReports();
        const last = reports.length === 0 || this.#nothingAfter(reports.length);
        // Growing text comes after the reports that opened its item.
        const deltas = last ? this.#source.takeDeltas() : [];
        if (reports.length > 0 || deltas.length > 0) this.#sendFrame(socket, reports, deltas);
        if (last) return;
      }
    } catch {
      this.#drop();
      this.#retry();
    }
  }

  #sendFrame(socket: WebSocket, reports: { report: Report }[], deltas: ReportFrame["deltas"]): void {
    const frame: ReportFrame = {
      runId: this.#source.runId,
      epoch: this.#source.epoch(),
      n: this.#sentN + 1,
      reports: reports.map((one) => one.report),
      deltas,
    };
    socket.send(JSON.stringify(frame));
    this.#sentN += reports.length;
    if (reports.length > 0) this.#unanswered += 1;
  }

  #nothingAfter(count: number): boolean {
    return this.#source.reportsAfter(this.#sentN + count, 1).length === 0;
  }

  /** The next reports in order that fit into one frame; at least one where there is any. */
  #nextReports(): { report: Report }[] {
    const batch: { report: Report }[] = [];
    let chars = 0;
    for (const one of this.#source.reportsAfter(this.#sentN, MAX_FRAME_REPORTS)) {
      chars += one.size;
      if (batch.length > 0 && chars > MAX_FRAME_CHARS) break;
      batch.push(one);
    }
    return batch;
  }

  #receive(data: string): void {
    const reply = reportReply.safeParse(parseJson(data)).data;
    if (!reply || this.#closed) return;
    this.#backOffMs = FIRST_BACK_OFF_MS;
    if (reply.type === "fenced") this.#source.fenced();
    if (reply.type === "resend") this.#source.resend(reply.itemId, reply.have);
    if (reply.type === "ack") this.#acknowledge(reply.n);
  }

  #acknowledge(n: number): void {
    const full = this.#unanswered >= MAX_UNANSWERED;
    this.#unanswered = Math.max(0, this.#unanswered - 1);
    this.#source.acknowledged(n);
    const short = this.#unanswered === 0 && n < this.#sentN;
    if (short) this.#sentN = n;
    if (short || full) this.nudge();
    else if (!this.#source.busy() && !this.#pending()) this.#drop();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    try {
      socket?.close(1000, "done");
    } catch {}
  }
}

const UNREACHABLE: Result<WebSocket> = {
  ok: false,
  problem: { code: "unavailable", detail: "The conversation did not answer." },
};

/** Answers to the upgrade that no later try can change: the conversation does not know the run, or not any more. */
const FINAL_CODES: ReadonlySet<string> = new Set(["not_found", "forbidden", "invalid"]);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
