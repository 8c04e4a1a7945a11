/** Where a streamed answer comes from, in the bytes that the client gets. */
export interface AnswerSource {
  /** The next bytes; null at the end. */
  read(): Promise<Uint8Array | null>;
  /** Nobody reads any more. */
  cancel(): Promise<void>;
}

export interface Streamed {
  source: AnswerSource;
  /** Aborts when nobody reads any more; the stream's own cancel does not always come then. */
  client: AbortSignal;
  /** Called once, whatever ends the stream. It settles before the reader of the stream sees the end. */
  finish(outcome: "complete" | "broken" | "client_gone"): Promise<void>;
  /** The event put at the end of a stream that broke. */
  broken(error: unknown): Uint8Array;
}

/** An answer as it comes, one read for one chunk. A break becomes an error event at the end, never a retry. */
export function streamAnswer({ source, client, finish, broken }: Streamed): Response {
  const end = once(finish);
  let isGone = false;
  const leave = async () => {
    isGone = true;
    const written = end("client_gone");
    await source.cancel().catch(() => undefined);
    await written;
  };
  client.addEventListener("abort", () => void leave());
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = await source.read();
          if (isGone) return;
          if (chunk) return controller.enqueue(chunk);
          await end("complete");
        } catch (error) {
          if (isGone) return;
          controller.enqueue(broken(error));
          await end("broken");
        }
        controller.close();
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
}

/** The first call alone counts; later ones get its answer. */
function once<A>(work: (argument: A) => Promise<void>): (argument: A) => Promise<void> {
  let done: Promise<void> | null = null;
  return (argument) => {
    done ??= work(argument);
    return done;
  };
}
