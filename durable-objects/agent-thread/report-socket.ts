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
/** A WebSocket message may hold 1 MiB. */
const MAX_FRAME_CHARS = 300_000;
const FIRST_BACK_OFF_MS = 50;
const MAX_BACK_OFF_MS = 5_000;

/**
 * The one socket of a run to its conversation. Reports go out in order, a batch a tick, and stay stored until they are
 * acknowledged; after a break everything un-acknowledged is sent again, which the other side recognises by its number.
 */
export class ReportSocket {
  readonly #source: ReportSource;
  #socket: WebSocket | null = null;
  #connecting = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #sentN = 0;
  #backOffMs = FIRST_BACK_OFF_MS;

  constructor(source: ReportSource) {
    this.#source = source;
  }

  /** Something may be sent: it goes with the next tick. */
  nudge(): void {
    this.#schedule(TICK_MS);
  }

  /** Begins anew with a fresh connection: what is not acknowledged goes out again, under the source's present epoch. */
  reconnect(): void {
    this.#drop();
    this.nudge();
  }

  /** Stops for good. Nothing is sent afterwards. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#drop();
  }

  #schedule(afterMs: number): void {
    if (this.#closed || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#flush();
    }, afterMs);
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
    this.#schedule(this.#backOffMs);
    this.#backOffMs = Math.min(this.#backOffMs * 2, MAX_BACK_OFF_MS);
  }

  #send(socket: WebSocket): void {
    try {
      let reports = this.#nextReports();
      let deltas = this.#source.takeDeltas();
      while (reports.length > 0 || deltas.length > 0) {
        const frame: ReportFrame = {
          runId: this.#source.runId,
          epoch: this.#source.epoch(),
          n: this.#sentN + 1,
          reports: reports.map((one) => one.report),
          deltas,
        };
        socket.send(JSON.stringify(frame));
        this.#sentN += reports.length;
        reports = this.#nextReports();
        deltas = [];
      }
    } catch {
      this.#drop();
      this.#retry();
    }
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
    if (reply.type === "ack") {
      this.#source.acknowledged(reply.n);
      if (!this.#source.busy() && !this.#pending()) this.#drop();
    }
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
