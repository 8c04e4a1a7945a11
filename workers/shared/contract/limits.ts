/** Limits of spec/conversation.md §10. Sizes in bytes. */
export const LIMITS = {
  messageBytes: 64 * 1024,
  eventBytes: 256 * 1024,
  attachmentsPerMessage: 10,
  attachmentBytes: 25 * 1024 * 1024,
  queueDepth: 20,
  socketsPerConversation: 2_000,
  commandsPerSecond: 20,
  snapshotBytes: 1024 * 1024,
  appendsInFlight: 1_000,
  inlineOutputBytes: 16 * 1024,
  /** Snapshots of a sandbox that are kept, beside those that a fork needs. */
  snapshotsKept: 5,
  /** An archive over this is not uploaded after a run; sleep uploads it still. */
  runSnapshotBytes: 64 * 1024 * 1024,
  workspaceFileBytes: 10 * 1024 * 1024,
  requestBytes: 1024 * 1024,
} as const;
