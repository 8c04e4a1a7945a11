import type { SandboxState } from "#contract/sandbox";

const listed = (names: string[]) =>
  names.length > 2 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(" and ");

const KEY_NAMES: Record<string, string> = { "↑": "up", "↓": "down", "←": "left", "→": "right" };

/** The words of a conversation's page. */
export const conversationText = {
  header: {
    renameThis: (title: string) => `${title} (click to rename)`,
    titleLabel: "Title of this conversation",
    cost: "What this conversation has cost",
    more: "More actions",
    archive: "Archive",
    restore: "Restore",
    reload: "Reload the page",
    exportAs: {
      md: { label: "Export as Markdown", detail: "To read and edit" },
      html: { label: "Export as HTML", detail: "To read in a browser" },
      jsonl: { label: "Export as JSON lines", detail: "The whole log, with digests" },
    },
    openPanel: "Show the workspace",
    closePanel: "Hide the workspace",
  },

  transcript: {
    label: "Transcript",
    empty: "Nothing has been said yet. Write what you want done; the agent shows each step here.",
    older: "Show older entries",
    loadingOlder: "Loading older entries",
    toLatest: "Jump to latest",
  },

  announce: {
    asks: (n: number) => (n === 1 ? "Something waits for your answer." : `${n} things wait for your answer.`),
    messages: (n: number) => (n === 1 ? "New message." : `${n} new messages.`),
    steps: (n: number) => (n === 1 ? "One step done." : `${n} steps done.`),
    finished: "The run has ended.",
  },

  turn: {
    agent: "Agent",
    label: (name: string) => `Turn of ${name}`,
    starting: "Accepted. Starting.",
    failed: "The run failed.",
    keptSoFar: "What it did until then is kept.",
    cancelled: "Stopped. What it did until then is kept.",
    retry: "Run again",
  },

  waitingFor: {
    approval: "Waits for your approval.",
    question: "Waits for your answer.",
    stalled: "Nothing has been heard from this run for a while. You can stop it, or wait.",
    sandbox: "Waits for the sandbox.",
  },

  message: {
    someone: "Someone",
    you: "You",
    label: (name: string) => `Message from ${name}`,
    pendingLabel: "Your message, not stored yet",
    edited: "edited",
    steered: "to the running agent",
    deleted: "This message was deleted.",
    attachments: "Attachments",
    task: (done: boolean) => (done ? "done" : "to do"),
    sending: "Sending",
    willBeSent: "Will be sent when the connection is back",
    sendAgain: "Send again",
    discard: "Discard",
    edit: "Edit your message",
    editLabel: "Your message, edited",
    editNote: "The agent has read it as it was; what it did stays.",
    remove: "Delete your message",
    removeTitle: "Delete this message?",
    removeDetail: "Its words and attachments go for everyone. What the agent did stays. This cannot be undone.",
    removeAction: "Delete message",
  },

  approval: {
    title: "Allow this?",
    tool: (tool: string) => `The agent wants to use ${tool}.`,
    label: (summary: string) => `Approval: ${summary}`,
    approve: "Approve",
    always: "Always allow",
    deny: "Deny",
    reason: "Reason, which the agent will read (optional)",
    keys: "or Enter to approve",
    pinned: "Waiting for you",
    more: (n: number) => `1 of ${n} things that wait for you`,
  },

  question: {
    label: "Question from the agent",
    own: "Answer in your own words",
    answer: "Answer",
    dismiss: "Dismiss",
  },

  queue: {
    label: "Queued messages",
    title: (n: number) => (n === 1 ? "1 queued message" : `${n} queued messages`),
    up: "Move up",
    down: "Move down",
    edit: "Edit this message",
    remove: "Remove from the queue",
    unknown: "A queued message",
  },

  composer: {
    label: "Your message",
    placeholder: "Say what you want done",
    attach: "Attach files",
    model: "Model",
    engine: "Engine",
    autonomy: "Autonomy",
    goneModel: (id: string) => `${id} (no longer offered)`,
    send: "Send",
    queue: "Queue",
    queueDetail: "Starts when the present run ends",
    steer: "Steer",
    steerDetail: "Given to the agent at its next step",
    interrupt: "Interrupt",
    interruptDetail: "Stops the present run and starts this",
    otherWays: "Other ways to send",
    stop: "Stop",
    archived: "This conversation is archived. Restore it to go on.",
    uploading: "uploading",
    tooLarge: (limit: string) => `larger than ${limit}, not attached`,
    removeAttachment: (name: string) => `Remove ${name}`,
  },

  suggest: {
    prompts: "Suggested prompts",
    mentions: "People and files",
  },

  connection: {
    catching_up: "Catching up",
    reconnecting: "Reconnecting. Messages you send now are kept and sent once.",
    offline: "Offline. Your message will be sent when the connection is back.",
  },

  presence: {
    typing: (names: string[]) => `${listed(names)} ${names.length === 1 ? "is" : "are"} typing.`,
    viewing: (names: string[]) => `${listed(names)} ${names.length === 1 ? "is" : "are"} here.`,
  },

  sandbox: {
    label: (state: string) => `Sandbox: ${state}`,
    state: {
      none: "Not started",
      provisioning: "Starting",
      ready: "Ready",
      busy: "Busy",
      sleeping: "Sleeping",
      stopped: "Stopped",
      failed: "Failed",
      deleted: "Deleted",
    } satisfies Record<SandboxState, string>,
    start: "Start the sandbox",
    stop: "Stop the sandbox",
    restart: "Restart the sandbox",
    refused: "Not done",
    failed: "The sandbox failed.",
    afterFailure: "The conversation is whole. Restart the sandbox to go on from its last snapshot.",
  },

  asleep: {
    first: "The sandbox starts with the first command.",
    starting: "Starting",
    state: {
      none: "The sandbox is not started.",
      provisioning: "The sandbox is starting.",
      ready: "The sandbox runs.",
      busy: "The sandbox runs.",
      sleeping: "The sandbox sleeps. Its files are kept.",
      stopped: "The sandbox is stopped. Its files are kept.",
      failed: "The sandbox failed.",
      deleted: "The sandbox and its files are deleted.",
    } satisfies Record<SandboxState, string>,
    known: (n: number) =>
      n === 1 ? "1 file was changed when the sandbox last ran." : `${n} files were changed when the sandbox last ran.`,
    stale: "What follows is as it was when the sandbox last ran.",
    touched: "Files the agent wrote or changed",
  },

  panel: {
    label: "Workspace",
    resize: "Width of the workspace",
    tab: { changes: "Changes", files: "Files", terminal: "Terminal", run: "Run details" },
  },

  changes: {
    files: "Changed files",
    emptyTitle: "No changes",
    emptyDetail: "Files that you or the agent change in the sandbox are listed here, with what is different.",
    choose: "Choose a file to see what is different.",
    onBranch: (branch: string) => `On ${branch}`,
    noBranch: "No branch",
    unpushed: (n: number) => (n === 1 ? "1 commit not pushed" : `${n} commits not pushed`),
    reload: "Load the changes again",
    binary: "binary",
    binaryDetail: "This file is not text, so it cannot be shown here.",
    before: (path: string) => `${path}, before`,
    after: (path: string) => `${path}, after`,
    status: { added: "Added", modified: "Changed", deleted: "Deleted", renamed: "Renamed", conflicted: "In conflict" },
    letter: { added: "A", modified: "M", deleted: "D", renamed: "R", conflicted: "C" },
    message: "Commit message",
    commit: "Commit",
    push: "Push",
    pushCount: (n: number) => `Push ${n}`,
    committed: (files: number, branch: string, commit: string) =>
      `${files === 1 ? "1 file" : `${files} files`} committed to ${branch} as ${commit}. Not pushed yet.`,
    pushed: (branch: string, commit: string) => `${branch} is pushed, up to ${commit}.`,
    discard: (path: string) => `Discard changes of ${path}`,
    discardAll: "Discard all changes",
    discardTitle: (n: number) => (n === 1 ? "Discard the changes of this file?" : `Discard the changes of ${n} files?`),
    discardDetail: (path: string) =>
      `${path} is put back as it was when the conversation began, and goes if it is new. This cannot be undone.`,
    discardAllDetail:
      "All files are put back as they were when the conversation began, and new ones go. This cannot be undone.",
    discardAction: "Discard changes",
    rejected: "Nothing was pushed; your commits are still here. Ask the agent to pull and merge, then push again.",
  },

  files: {
    tree: "Files of the workspace",
    back: "Back to all files",
    emptyFolder: "Empty",
    emptyTitle: "No files yet",
    emptyDetail: "The workspace fills when the sandbox starts and the repository is cloned.",
    more: "There are more files than are listed.",
    truncated: "This file is long; only its beginning is shown.",
    editor: (path: string) => `${path}, to edit`,
    unsaved: "Not saved yet.",
    saving: "Saving",
    saved: "Saved.",
    revert: "Undo all",
    tooLarge: (limit: string) => `A file may be ${limit} at the most. Nothing was saved.`,
    conflict: "This file was changed or deleted in the sandbox after you opened it. Nothing was saved.",
    overwrite: "Save mine over it",
    loadAgain: "Drop mine and load it again",
    leaveTitle: "Leave without saving?",
    leaveDetail: (path: string) => `What you changed in ${path} is not in the sandbox yet, and would be lost.`,
    leaveAction: "Leave without saving",
  },

  terminal: {
    label: "Terminal in the sandbox",
    input: "Terminal input. Shift Tab leaves it.",
    connecting: "Connecting to the sandbox.",
    disconnected: "The connection to the terminal was lost. What runs in it and your files are not affected.",
    stopped: "The sandbox does not run any more. Its files are kept; what ran in the terminal has ended.",
    ended: "The shell has ended.",
    connect: "Connect",
    startAndConnect: "Start the sandbox and connect",
    keys: "Keys",
    key: (name: string) => `Key ${KEY_NAMES[name] ?? name}`,
  },

  run: {
    cost: "Cost",
    input: "Input tokens",
    output: "Output tokens",
    cached: "Cached tokens",
    engine: "Engine",
    model: "Model",
    autonomy: "Autonomy",
    tokens: "Tokens",
    inOut: (input: string, output: string) => `${input} in, ${output} out`,
    emptyTitle: "No runs yet",
    emptyDetail: "Each run's steps, tokens and cost are listed here once the agent has started.",
    rawEvents: "Raw events",
  },

  start: {
    title: "New conversation",
    repository: "Repository",
    noRepository: "None, start with an empty workspace",
    noRepositories: "No repositories yet.",
    addRepository: "Add a repository",
    prompt: "What should be done?",
    promptHint: "The agent starts as soon as you send this. You can steer or stop it at any time.",
    model: "Model",
    engine: "Engine",
    autonomy: "Autonomy",
    submit: "Start",
    starting: "Starting",
    suggestions: "Suggestions",
    demoNote:
      "This is the built-in demo model. It follows a script of commands and needs no key; add a real model under Models.",
    blank: "Write what should be done.",
  },
};
