/** Something the person at the keyboard must know or change, in one sentence; shown without a stack. */
export class Sentence extends Error {}
