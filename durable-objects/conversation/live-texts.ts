import type { Delta } from "#contract/frame";

/** Time between two delta frames of an item, and between two stored snapshots of the growing texts. */
const FRAME_MS = 16;
const STORE_MS = 250;

type Piece = { itemId: string; offset: number; text: string };
export type Taken = { kind: "taken" } | { kind: "ignored" } | { kind: "resend"; have: number };

/**
 * The texts of items that still grow. Pieces are told apart by their offset, so that one said twice adds nothing; viewers
 * get them coalesced to about one frame per 16 ms and item, storage gets a snapshot at most every 250 ms.
 */
export class LiveTexts {
  readonly #sql: SqlStorage;
  readonly #send: (frames: Delta[]) => void;
  readonly #texts = new Map<string, string>();
  readonly #unsent = new Map<string, Piece>();
  readonly #unstored = new Set<string>();
  #frameTimer: ReturnType<typeof setTimeout> | null = null;
  #storeTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(sql: SqlStorage, send: (frames: Delta[]) => void) {
    this.#sql = sql;
    this.#send = send;
  }

  /** Reads the stored snapshots back, as after a wake. */
  reload(): void {
    this.#texts.clear();
    for (const row of this.#sql.exec("SELECT item_id, text FROM live")) {
      this.#texts.set(String(row.item_id), String(row.text));
    }
  }

  get(itemId: string): string | undefined {
    return this.#texts.get(itemId);
  }

  all(): { itemId: string; text: string }[] {
    return [...this.#texts].map(([itemId, text]) => ({ itemId, text }));
  }

  /** An item begins to grow; inside the transaction of its `item.started`. */
  open(itemId: string, text: string): void {
    this.#texts.set(itemId, text);
    this.#sql.exec("INSERT OR REPLACE INTO live (item_id, text) VALUES (?, ?)", itemId, text);
  }

  /** An item is whole; inside the transaction of its `item.completed`. */
  close(itemId: string): void {
    if (!this.#texts.delete(itemId)) return;
    this.#unsent.delete(itemId);
    this.#unstored.delete(itemId);
    this.#sql.exec("DELETE FROM live WHERE item_id = ?", itemId);
  }

  /** Adds what is new in a piece; `resend` where pieces before it are missing here. */
  take(piece: Piece): Taken {
    const text = this.#texts.get(piece.itemId);
    if (text === undefined) return { kind: "ignored" };
    if (piece.offset > text.length) return { kind: "resend", have: text.length };
    const fresh = piece.text.slice(text.length - piece.offset);
    if (fresh === "") return { kind: "taken" };
    this.#texts.set(piece.itemId, text + fresh);
    const unsent = this.#unsent.get(piece.itemId);
    if (unsent) unsent.text += fresh;
    else this.#unsent.set(piece.itemId, { itemId: piece.itemId, offset: text.length, text: fresh });
    this.#unstored.add(piece.itemId);
    this.#schedule();
    return { kind: "taken" };
  }

  /** Sends now what viewers have not got yet: before an event that they must read after it. */
  flushFrames(): void {
    const frames = [...this.#unsent.values()].map((piece): Delta => ({ type: "delta", ...piece }));
    this.#unsent.clear();
    if (frames.length > 0) this.#send(frames);
  }

  /** Stores the growing texts as they are. */
  store(): void {
    for (const itemId of this.#unstored) {
      const text = this.#texts.get(itemId);
      if (text !== undefined) this.#sql.exec("UPDATE live SET text = ? WHERE item_id = ?", text, itemId);
    }
    this.#unstored.clear();
  }

  /** The first piece after a pause goes out at once, later ones with the next frame. */
  #schedule(): void {
    if (this.#frameTimer === null) {
      this.flushFrames();
      this.#frameTimer = setTimeout(() => this.#tick(), FRAME_MS);
    }
    this.#storeTimer ??= setTimeout(() => {
      this.#storeTimer = null;
      this.store();
    }, STORE_MS);
  }

  #tick(): void {
    this.#frameTimer = null;
    if (this.#unsent.size === 0) return;
    this.flushFrames();
    this.#frameTimer = setTimeout(() => this.#tick(), FRAME_MS);
  }
}
