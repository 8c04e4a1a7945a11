/** The words of who takes part in a conversation. */
export const peopleText = {
  title: "People",
  count: (n: number) => (n === 1 ? "1 takes part" : `${n} take part`),
  seenBy: {
    everybody: "Every member who is no guest sees this conversation. Guests see it only while they take part.",
    space: "The people of its space see this conversation, and those who take part.",
  },
  agent: "Agent",
  you: "You",
  takeOut: "Take out",
  takeOutOne: (name: string) => `Take out ${name}`,
  leave: "Leave",
  leaveAsk: "Leave this conversation?",
  leaveDetail:
    "It may be out of your sight from then on: guests, and people outside its space, need somebody to add them again.",
  add: "Add",
  addSomebody: "Add somebody",
  guest: (name: string) => `${name} (guest)`,
};
