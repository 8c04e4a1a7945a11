/** The words of what opens over every page; apart from those that every page loads. */
export const paletteText = {
  title: "Search and commands",
  placeholder: "Search messages, or go to a conversation, repository or setting",
  results: "Results",
  nothing: "Nothing matches. Try fewer letters.",
  actions: "Actions",
  conversations: "Conversations",
  messages: "In conversations",
  repositories: "Repositories",
  archived: "Archived conversations",
  startIn: (name: string) => `New conversation in ${name}`,
};

export const shortcutsText = {
  title: "Keyboard shortcuts",
  list: [
    [["⌘K", "Ctrl K"], "Search and commands"],
    [["C"], "New conversation"],
    [["Enter"], "Send, or queue while the agent works"],
    [["Shift Enter"], "New line"],
    [["/"], "Suggested prompts, at the start of a message"],
    [["@"], "People, and files while the sandbox runs"],
    [["1", "–", "9"], "Choose an option of a pending question or approval"],
    [["Enter"], "Approve, outside text fields"],
    [["Esc"], "Close what is open"],
    [["?"], "This list"],
  ] as [string[], string][],
};
