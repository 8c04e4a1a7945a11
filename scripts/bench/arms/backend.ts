/** What a Node arm does with what it is sent. The frames are the product's own, so every arm is asked the same. */
export interface Backend {
  /** One append; settles when it is on disk. */
  append(body: string): Promise<void>;
  /** A frame of the report socket; the replies, once what it holds is on disk. */
  report(frame: string): Promise<string[]>;
  attach(viewer: ViewerSocket): void;
  detach(viewer: ViewerSocket): void;
  /** The number of stored events. */
  stored(): number;
}

export interface ViewerSocket {
  send(text: string): void;
}
