/** Props of every region that scrolls by itself: it can be reached, and so scrolled, from the keyboard. */
export const SCROLLABLE = { tabIndex: 0 } as const;
