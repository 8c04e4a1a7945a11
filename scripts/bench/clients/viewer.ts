import { WebSocket } from "ws";
import type { ServerFrame } from "#contract/frame";

/** A viewer's socket whose frames go to one listener. */
export interface Viewer {
  close(): void;
  /** Bytes of every frame since it was opened, the first one included. */
  bytes(): number;
}

type Take = (frame: ServerFrame, atMs: number) => void;

/** Opens a viewer and waits for its hello. */
export function openViewer(url: string, take: Take = () => undefined): Promise<Viewer> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  let bytes = 0;
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.on("message", (data) => {
      const atMs = performance.now();
      const text = String(data);
      bytes += Buffer.byteLength(text);
      const frame = JSON.parse(text) as ServerFrame;
      take(frame, atMs);
      if (frame.type === "hello") resolve({ close: () => socket.close(), bytes: () => bytes });
    });
  });
}
