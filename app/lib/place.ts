/** The address of a place in a conversation: of its title, or of no place, that is the conversation itself. */
export function placeOf(place: { conversationId: string; kind?: string; seq?: number }): string {
  const path = `/conversations/${place.conversationId}`;
  return place.seq === undefined || place.kind === "title" ? path : `${path}?at=${place.seq}`;
}
