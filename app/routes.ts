/** Every page of the app; `file` is relative to this directory. */
export default [
  {
    file: "routes/frame.tsx",
    children: [
      { index: true, file: "routes/home.tsx" },
      { path: "conversations", file: "routes/conversations.tsx" },
      { path: "conversations/new", file: "routes/conversation-new.tsx" },
      { path: "conversations/:id", file: "routes/conversation.tsx" },
      {
        path: "settings",
        file: "routes/settings.tsx",
        children: [
          { index: true, file: "routes/settings-appearance.tsx" },
          { path: "models", file: "routes/settings-models.tsx" },
          { path: "repositories", file: "routes/settings-repositories.tsx" },
          { path: "audit", file: "routes/settings-audit.tsx" },
        ],
      },
      { path: "*", file: "routes/not-found.tsx" },
    ],
  },
];
