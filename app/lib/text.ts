import type { ItemKind, ItemStatus } from "#contract/run";
import { conversationText } from "./text-conversation.ts";
import { settingsText } from "./text-settings.ts";

const plural = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** Every word that people read, by place. A function where the words depend on something. */
export const text = {
  product: "Quayside",
  pageTitle: (title: string) => `${title} · Quayside`,

  actions: {
    close: "Close",
    back: "Back",
    copy: "Copy",
    copied: "Copied",
    paste: "Paste",
    retry: "Try again",
    save: "Save",
    cancel: "Cancel",
    edit: "Edit",
    remove: "Remove",
  },

  /** What a field's message says is about "it". */
  fieldError: (message: string) => `This ${message.replace(/\.$/, "")}.`,

  keys: { palette: (mac: boolean) => (mac ? "⌘K" : "Ctrl K") },

  nav: {
    label: "Navigation",
    skip: "Skip to the content",
    open: "Open navigation",
    narrow: "Make the navigation narrow",
    widen: "Make the navigation wide",
    search: "Search",
    newConversation: "New conversation",
    conversations: "Conversations",
    recent: "Recent",
    noneYet: "No conversations yet.",
    models: "Models",
    repositories: "Repositories",
    settings: "Settings",
    signedInAs: (name: string) => `Signed in as ${name}`,
  },

  list: {
    unread: "unread",
    asks: (n: number) => (n === 1 ? "Waits for you" : `${n} things wait for you`),
    askTitle: (title: string) => `Waits for you: ${title}`,
    searchLabel: "Search titles, messages and output",
    search: "Search",
    older: "Older conversations",
    archivedTitle: "Archived conversations",
    space: "Space",
    anySpace: "Every space",
    personalSpace: (name: string) => `${name} (yours alone)`,
    showArchived: "Archived",
    showOpen: "Back to open ones",
    emptyTitle: "Start the first conversation",
    emptyDetail:
      "A conversation is where you and an agent work on code together. Pick a repository, say what you want, and watch each step. The built-in demo model works without any key.",
    guestDetail: "Guests see the conversations they are added to. Somebody who takes part can add you.",
    addModel: "Add a model",
    noMatchTitle: "Nothing matches",
    noMatchDetail:
      "Search looks at titles, messages and the output of tools, for whole words or the beginning of the last one. Try fewer or other words.",
    noArchivedTitle: "Nothing is archived",
    noArchivedDetail: "Conversations you archive are kept here, and can be restored.",
  },

  runStatus: {
    none: "No runs yet",
    queued: "Queued",
    running: "Running",
    waiting: "Waiting for you",
    succeeded: "Done",
    failed: "Failed",
    cancelled: "Stopped",
  },

  itemStatus: {
    in_progress: "in progress",
    completed: "done",
    failed: "failed",
    declined: "declined",
    cancelled: "stopped",
    interrupted: "interrupted",
  } satisfies Record<ItemStatus, string>,

  itemKind: {
    text: "Text",
    reasoning: "Thinking",
    tool_call: "Tool call",
    command: "Command",
    file_change: "File change",
    plan: "Plan",
    question: "Question",
    approval: "Approval",
    handoff: "Handoff",
    artifact: "Artifact",
    error: "Error",
  } satisfies Record<ItemKind, string>,

  executor: { edge: "Quayside", opencode: "OpenCode", worker: "Worker", echo: "Echo", noop: "No-op" },
  autonomy: { ask: "Ask before each change", auto_safe: "Ask before going out", auto: "Never ask" },
  agentMode: { build: "Build", plan: "Plan only" },
  planStatus: { pending: "to do", in_progress: "in progress", completed: "done" },

  steps: {
    thinking: "Thinking",
    thought: (took: string | null) => (took ? `Thought for ${took}` : "Thought"),
    exit: (code: number) => `exit ${code}`,
    counts: (added: number, removed: number) => `${plural(added, "line")} added, ${plural(removed, "line")} removed`,
    diffOf: (path: string) => `Changes of ${path}`,
    showAll: (n: number) => `Show all ${n} lines`,
    lines: (n: number) => plural(n, "line"),
    wholeOutput: (size: string) => `Whole output, ${size}`,
    noOutput: "No output.",
  },

  errors: {
    notFoundTitle: "There is nothing here",
    notFoundDetail: "The address may be wrong, or it belongs to something you cannot see.",
    refusedTitle: "This page could not be shown",
    brokenTitle: "This page broke",
    brokenDetail: "Something failed on our side while the page was made.",
    nothingLost: "Nothing you wrote is lost: conversations are stored as they happen, and drafts stay in this browser.",
    toConversations: "Go to conversations",
    toStart: "Back to the start",
    reload: "Reload",
  },

  ...conversationText,
  ...settingsText,
};
